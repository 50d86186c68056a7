/** Sends datagrams of 200 bytes on the wire at a rate: `node bench/live-generator.mjs RATE SECONDS ADDRESS`. Says how many
 *  it has sent, and in how many seconds. Many at once, by sendmmsg(2), since a call for each would be the limit. */
import koffi from 'koffi'

const [rate, seconds] = process.argv.slice(2, 4).map(Number)
const address = process.argv[4].split('.').map(Number)

const AF_INET = 2
const SOCK_DGRAM = 2
const HEADERS_BYTES = 14 + 20 + 8
const PACKET_BYTES = 200
const BATCH = 32
/** struct mmsghdr and its place for the address of struct iovec, on machines with addresses of 64 bits. */
const MESSAGE_BYTES = 64
const IOVEC_AT = 16

const libc = koffi.load(null)
const socket = libc.func('int socket(int, int, int)')
const connect = libc.func('int connect(int, void *, unsigned int)')
const sendMany = libc.func('int sendmmsg(int, void *, unsigned int, int)')

const payload = Buffer.alloc(PACKET_BYTES - HEADERS_BYTES, 'x')
const vector = BigUint64Array.of(koffi.address(payload), BigInt(payload.length))
const messages = new Uint8Array(BATCH * MESSAGE_BYTES)
const words = new BigUint64Array(messages.buffer)
for (let i = 0; i < BATCH; i++) {
  words[(i * MESSAGE_BYTES + IOVEC_AT) / 8] = koffi.address(vector)
  words[(i * MESSAGE_BYTES + IOVEC_AT) / 8 + 1] = 1n
}

const fd = socket(AF_INET, SOCK_DGRAM, 0)
const peer = Buffer.alloc(16)
new Uint16Array(peer.buffer, peer.byteOffset, 1)[0] = AF_INET
peer.writeUInt16BE(9, 2)
peer.set(address, 4)
if (fd < 0 || connect(fd, peer, peer.length) !== 0) throw new Error(`cannot send: error ${koffi.errno()}`)

const idle = new Int32Array(new SharedArrayBuffer(4))
const began = performance.now()
const total = Math.round(rate * seconds)
let sent = 0
while (sent < total) {
  const due = Math.min(total, ((performance.now() - began) / 1000) * rate)
  if (sent + 1 > due) {
    Atomics.wait(idle, 0, 0, 1)
    continue
  }
  const done = sendMany(fd, messages, Math.max(1, Math.min(BATCH, Math.floor(due - sent))), 0)
  if (done > 0) sent += done
}
console.log(`${sent} ${(performance.now() - began) / 1000}`)
