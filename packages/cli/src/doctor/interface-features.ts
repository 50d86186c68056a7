import type { Koffi, Pointer } from '../capture/koffi.ts'
import type { Offload } from './check.ts'

/** linux/sockios.h, linux/ethtool.h, socket(2). */
const SIOCETHTOOL = 0x8946
const AF_INET = 2
const SOCK_DGRAM = 2
const FLAG_LRO = 1 << 15
/** Each asks for one feature; the answer is in these bits. */
const QUESTIONS: readonly (readonly [question: number, bits: number, offload: Offload])[] = [
  [0x1e, ~0, 'tso'],
  [0x23, ~0, 'gso'],
  [0x2b, ~0, 'gro'],
  [0x25, FLAG_LRO, 'lro'],
  [0x16, ~0, 'tx-checksum'],
  [0x14, ~0, 'rx-checksum'],
]

/** struct ifreq: the name, then what is asked, here the address of a struct ethtool_value: question and answer. */
const NAME_BYTES = 16
const IFREQ_BYTES = 40

/** What is switched on of a Linux interface; null: the kernel does not say. */
export function readFeatures(koffi: Koffi, device: string): Offload[] | null {
  const name = Buffer.from(device)
  if (name.length >= NAME_BYTES) return null
  const libc = koffi.load(null)
  const socket = libc.func('int socket(int, int, int)') as unknown as (...numbers: number[]) => number
  const close = libc.func('int close(int)') as unknown as (fd: number) => number
  type Control = (fd: number, request: number, argument: Uint8Array) => number
  const ioctl = libc.func('int ioctl(int, ulong, void *)') as unknown as Control
  const value = new Uint32Array(2)
  const request = new Uint8Array(IFREQ_BYTES)
  request.set(name)
  putAddress(koffi, request, koffi.address(value))
  const fd = socket(AF_INET, SOCK_DGRAM, 0)
  if (fd < 0) return null
  try {
    const enabled: Offload[] = []
    let answers = 0
    for (const [question, bits, offload] of QUESTIONS) {
      value[0] = question
      value[1] = 0
      // What a driver does not know of, it does not do.
      if (ioctl(fd, SIOCETHTOOL, request) < 0) continue
      answers++
      if ((value[1] & bits) !== 0) enabled.push(offload)
    }
    return answers === 0 ? null : enabled
  } finally {
    close(fd)
  }
}

function putAddress(koffi: Koffi, request: Uint8Array, address: Pointer): void {
  if (koffi.sizeof('void *') === 8) new BigUint64Array(request.buffer, NAME_BYTES, 1)[0] = address
  else new Uint32Array(request.buffer, NAME_BYTES, 1)[0] = Number(address)
}
