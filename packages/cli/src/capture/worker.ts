import { parentPort, workerData } from 'node:worker_threads'
import { dropCapabilities } from './capabilities.ts'
import { loadKoffi, type Pointer } from './koffi.ts'
import { openLibpcap } from './libpcap.ts'
import { turnAwayPackets } from './native-program.ts'
import { type CaptureTask, type CaptureWord, READ_TIMEOUT_MS, Slot, STOP_AT_ONCE } from './slabs.ts'

/** The capture thread: has libpcap write batches of packets into slabs, as fast as the main thread gives them back. In
 *  between it waits, and the kernel keeps the packets as long as it has room. It looks at no packet itself: a call into
 *  C for each costs more than everything else here. */

const task = workerData as CaptureTask
const { handle, shared, slabs, slabBytes, recordBytes, packetsFd, wakeFd } = task
const pcap = openLibpcap(loadKoffi(task.base))

/** Longest wait for packets. An interface that vanishes is noticed after this at the latest. */
const IDLE_MS = 250
/** How long the kernel may still hold back a packet: see READ_TIMEOUT_MS. */
const HELD_BACK_MS = 2 * READ_TIMEOUT_MS + 20
/** Where packets cannot be turned away, they could go on for ever. */
const LONGEST_DRAIN_MS = 1000

/** The wait for packets while the last ones are collected, or where nothing tells of packets. */
const ENDING_MS = 10

const STREAM_BUFFER_BYTES = 65_536
const FULLY_BUFFERED = 0
const POLLIN = 1

/** struct pollfd, twice: fd, events and revents. */
const polled = new Int32Array([packetsFd, POLLIN, wakeFd, POLLIN])
const dumpers = slabs.map(openSlab)
const say = (word: CaptureWord): void => parentPort?.postMessage(word)

/** Packets in the current slab, and bytes of them. */
let packets = 0
let bytes = 0
let left = Number.POSITIVE_INFINITY
let failure: string | null = null
/** Capturing ends when there is no packet after the first time, or anyway after the second: milliseconds, as
 *  performance.now() has them. Infinite while nobody has asked for an end. */
let drainedAt = Number.POSITIVE_INFINITY
let enoughAt = Number.POSITIVE_INFINITY

say(null)
while (Atomics.load(shared, Slot.GO) === 0) Atomics.wait(shared, Slot.GO, 0)
dropCapabilities(pcap.koffi)
left = Atomics.load(shared, Slot.LIMIT) || Number.POSITIVE_INFINITY
say(capture())
for (const dumper of dumpers) pcap.dumpClose(dumper)

function capture(): CaptureWord {
  for (let index = 0; awaitSlab(index); index = (index + 1) % slabs.length) {
    const goesOn = fill(dumpers[index])
    if (packets > 0) {
      pcap.dumpFlush(dumpers[index])
      Atomics.store(shared, Slot.FILLED + index, bytes)
      if (Atomics.exchange(shared, Slot.TOLD, 1) === 0) say(null)
    }
    if (!goesOn) break
  }
  if (failure !== null) return { reason: 'failed', message: failure }
  return { reason: left === 0 ? 'limit' : 'asked' }
}

/** Waits until the main thread has emptied the slab; false if there is to be an end at once. */
function awaitSlab(index: number): boolean {
  for (;;) {
    if (Atomics.load(shared, Slot.STOP) === STOP_AT_ONCE) return false
    const filled = Atomics.load(shared, Slot.FILLED + index)
    if (filled === 0) return true
    Atomics.wait(shared, Slot.FILLED + index, filled, IDLE_MS)
  }
}

/** Fills a slab with what is there; waits for the first packet. False when capturing ends after it. */
function fill(dumper: Pointer): boolean {
  pcap.seek(dumper, 0, 0)
  packets = 0
  bytes = 0
  while (left > 0) {
    const room = Math.min(left, Math.floor((slabBytes - bytes) / recordBytes))
    const status = pcap.dispatch(handle, room, pcap.dump, dumper)
    if (status > 0) {
      packets += status
      left -= status
      bytes = pcap.dumpTell(dumper)
      if (bytes > slabBytes / 2 || slabBytes - bytes < recordBytes) return left > 0 && !isDrained(false)
      continue
    }
    // What has been captured before an interface vanished is still to be had.
    if (status < 0) {
      if (failure === null) {
        failure = pcap.geterr(handle)
        beginDrain()
      }
    }
    if (isDrained(true)) return false
    if (packets > 0) return true
    waitForPackets()
  }
  return false
}

function waitForPackets(): void {
  const isEnding = drainedAt !== Number.POSITIVE_INFINITY
  if (packetsFd < 0) Atomics.wait(shared, Slot.STOP, 0, ENDING_MS)
  else pcap.poll(polled, isEnding || wakeFd < 0 ? 1 : 2, isEnding ? ENDING_MS : IDLE_MS)
}

/** Whether capturing has come to its end, once that has been asked for. `isEmpty`: just now there was no packet. */
function isDrained(isEmpty: boolean): boolean {
  const stop = Atomics.load(shared, Slot.STOP)
  if (stop === STOP_AT_ONCE) return true
  if (stop !== 0 && drainedAt === Number.POSITIVE_INFINITY) beginDrain()
  const now = performance.now()
  return now >= enoughAt || (isEmpty && now >= drainedAt)
}

function beginDrain(): void {
  const hasEnd = failure !== null || turnAwayPackets(pcap, packetsFd)
  drainedAt = performance.now() + HELD_BACK_MS
  if (!hasEnd) enoughAt = drainedAt + LONGEST_DRAIN_MS
}

/** A stream that writes into a slab, ready for pcap_dump. */
function openSlab(slab: Pointer): Pointer {
  const stream = pcap.openMemory(slab, slabBytes, 'w')
  if (!stream) throw new Error(`fmemopen: error ${pcap.koffi.errno()}`)
  pcap.setStreamBuffer(stream, null, FULLY_BUFFERED, STREAM_BUFFER_BYTES)
  const dumper = pcap.dumpOpen(handle, stream)
  if (!dumper) throw new Error(pcap.geterr(handle))
  return dumper
}
