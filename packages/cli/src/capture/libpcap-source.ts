import { closeSync, writeSync } from 'node:fs'
import { Worker } from 'node:worker_threads'
import type { BpfProgram } from '@wiretale/core'
import type { Activated } from './activate.ts'
import { dropCapabilities } from './capabilities.ts'
import type { Pointer } from './koffi.ts'
import type { Libpcap } from './libpcap.ts'
import { type LiveEnd, LiveError, type LiveSource, type LiveStatistics, type TakeBatch } from './live-source.ts'
import { installFilter } from './native-program.ts'
import { Pump, THREAD_ENDED } from './pump.ts'
import { type CaptureTask, SLAB_BYTES, SLABS, SLOTS, Slot, STOP_AT_ONCE, STOP_IN_ORDER } from './slabs.ts'
import workerSource from './worker.ts?source'

const RECORD_HEADER_BYTES = 16
const FILE_HEADER_BYTES = 24
/** Offset and bits of the link type in the header of a pcap file. */
const LINK_AT = 20
const LINK_BITS = 0x03ffffff
/** What eventfd(2) adds to its counter. */
const ONE = BigUint64Array.of(1n)

/** The capture thread and what it fills. */
interface Thread {
  readonly worker: Worker
  readonly slabs: readonly Uint8Array[]
}

/** What starts the capture thread. */
export type StartThread = (task: CaptureTask) => Worker

const startThread: StartThread = (workerData) => new Worker(workerSource, { eval: true, workerData, execArgv: [] })

/** An interface that libpcap reads, in a thread of its own. */
export class LibpcapSource implements LiveSource {
  readonly device: string
  readonly link: number
  readonly snaplen: number
  readonly ticksPerSecond: 1_000_000 | 1_000_000_000
  readonly netmask: number | null
  readonly warnings: readonly string[]
  private readonly pcap: Libpcap
  private handle: Pointer | null
  private readonly start: StartThread
  private readonly shared = new Int32Array(new SharedArrayBuffer(4 * SLOTS))
  /** Wakes the capture thread, which waits for packets and for this; -1 where there is no such thing. */
  private readonly wakeFd: number
  private thread: Thread | null = null
  private running: Promise<unknown> = Promise.resolve()

  constructor(pcap: Libpcap, device: string, nano: boolean, activated: Activated, start = startThread) {
    const { handle, warnings } = activated
    this.pcap = pcap
    this.handle = handle
    this.start = start
    this.device = device
    this.warnings = warnings
    this.link = fileLinkType(pcap, handle)
    this.snaplen = pcap.snapshot(handle)
    this.ticksPerSecond = nano ? 1_000_000_000 : 1_000_000
    this.netmask = findNetmask(pcap, device)
    this.wakeFd = pcap.openEvent(0, 0o4000)
  }

  async setFilter(program: BpfProgram | null): Promise<void> {
    const handle = this.opened()
    if (!installFilter(this.pcap, handle, program)) throw new LiveError('other', this.pcap.geterr(handle))
  }

  /** Starts the capture thread. It loads what it needs with the privileges that the process has now: later it may no
   *  longer be allowed to read its own program. Rejects with LiveError. */
  async prepare(): Promise<void> {
    const { pcap, shared } = this
    const handle = this.opened()
    if (pcap.setNonblock(handle, 1, pcap.error) < 0) throw new LiveError('other', pcap.errorText())
    const recordBytes = this.snaplen + RECORD_HEADER_BYTES
    const slabBytes = Math.max(SLAB_BYTES, 2 * recordBytes)
    // Ordinary memory of this thread: a view of it that somebody keeps stays valid when all is over.
    const slabs = Array.from({ length: SLABS }, () => new Uint8Array(slabBytes))
    const worker = this.start({
      base: import.meta.url,
      handle,
      shared,
      slabs: slabs.map((slab) => pcap.koffi.address(slab)),
      slabBytes,
      recordBytes,
      packetsFd: pcap.selectableFd(handle),
      wakeFd: this.wakeFd,
    })
    this.thread = { worker, slabs }
    this.running = new Promise((resolve) => worker.once('exit', resolve))
    await new Promise<void>((resolve, reject) => {
      const fail = (why: string): void => reject(new LiveError('other', `the capture thread does not start: ${why}`))
      worker.once('message', resolve)
      worker.once('error', ({ message }) => fail(message))
      worker.once('exit', () => fail('it has ended'))
    })
    // Until run() listens, nobody else hears of an error; the thread is gone then.
    worker.on('error', () => {})
  }

  async run(take: TakeBatch, limit: number): Promise<LiveEnd> {
    this.opened()
    if (this.thread === null) await this.prepare()
    const { thread, shared } = this
    if (thread === null) throw new LiveError('other', `${this.device} has been closed`)
    if (thread.worker.threadId < 0) return { reason: 'failed', message: THREAD_ENDED }
    dropCapabilities(this.pcap.koffi)
    const { done } = new Pump(thread.worker, shared, thread.slabs, take, () => this.ask(STOP_AT_ONCE))
    this.running = done.catch(() => {})
    Atomics.store(shared, Slot.LIMIT, limit)
    this.begin()
    return done
  }

  stop(): void {
    if (this.handle !== null && Atomics.load(this.shared, Slot.STOP) === 0) this.ask(STOP_IN_ORDER)
  }

  async statistics(): Promise<LiveStatistics | null> {
    if (this.handle === null) return null
    const numbers = new Uint32Array(3)
    if (this.pcap.stats(this.handle, numbers) < 0) throw new LiveError('other', this.pcap.geterr(this.handle))
    const [received, dropped, droppedByInterface] = numbers
    return { received, dropped, droppedByInterface }
  }

  async close(): Promise<void> {
    if (this.handle === null) return
    this.ask(STOP_AT_ONCE)
    this.begin()
    await this.running
    if (this.handle === null) return
    this.pcap.close(this.handle)
    this.handle = null
    if (this.wakeFd >= 0) closeSync(this.wakeFd)
  }

  private opened(): Pointer {
    if (this.handle === null) throw new LiveError('other', `${this.device} has been closed`)
    return this.handle
  }

  private begin(): void {
    Atomics.store(this.shared, Slot.GO, 1)
    Atomics.notify(this.shared, Slot.GO)
  }

  private ask(how: number): void {
    const { shared } = this
    Atomics.store(shared, Slot.STOP, how)
    Atomics.notify(shared, Slot.STOP)
    if (how === STOP_AT_ONCE) for (let index = 0; index < SLABS; index++) Atomics.notify(shared, Slot.FILLED + index)
    if (this.wakeFd >= 0) writeSync(this.wakeFd, ONE)
  }
}

/** The link type as files have it, which for a few types is not the number that libpcap itself counts with. */
function fileLinkType(pcap: Libpcap, handle: Pointer): number {
  const header = new Uint8Array(FILE_HEADER_BYTES + 1)
  const stream = pcap.openMemory(pcap.koffi.address(header), header.length, 'w')
  const dumper = stream ? pcap.dumpOpen(handle, stream) : null
  if (!dumper) return pcap.datalink(handle)
  pcap.dumpClose(dumper)
  return new Uint32Array(header.buffer, LINK_AT, 1)[0] & LINK_BITS
}

function findNetmask(pcap: Libpcap, device: string): number | null {
  const net = new Uint8Array(4)
  const mask = new Uint8Array(4)
  if (pcap.lookupNet(device, net, mask, pcap.error) < 0) return null
  return new DataView(mask.buffer).getUint32(0) || null
}
