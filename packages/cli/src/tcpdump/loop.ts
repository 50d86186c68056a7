import type { InterfaceInfo, PacketRecord, Predicate } from '@wiretale/core'
import type { Tally } from './fast-lane.ts'
import type { Dump } from './rotation.ts'

/** Prints packets; what else is to follow each printed packet is its matter. */
export interface PacketSink {
  packet(record: PacketRecord, source: InterfaceInfo): void
  /** Writes out what is held back. */
  flush(): void
  /** Called after each buffer of input: what packets have to wait for before they are printed (names). */
  settle?(): Promise<void> | null
}

/** What happens to each packet: the filter, then -w's file, then the text. */
export class PacketLoop implements Tally {
  /** Packets that the filter has let through, of all inputs. */
  captured = 0
  /** Null: every packet. */
  predicate: Predicate | null = null
  dump: Dump | null = null
  printer: PacketSink | null = null
  /** How many more packets are wanted of this input. */
  left = 0
  private source: InterfaceInfo | null = null
  private link = 0
  /** Text and file share standard output: each is written out at once, so that they stay in order. */
  private readonly interleaved: boolean

  constructor(options: { readonly interleaved: boolean }) {
    this.interleaved = options.interleaved
  }

  /** The next input: what was wanted of the one before does not matter any more. */
  next(): void {
    this.left = Number.POSITIVE_INFINITY
  }

  /** Begins an input; `count` packets of it are wanted, 0: all. */
  begin(source: InterfaceInfo, count: number): void {
    this.source = source
    this.link = source.link
    this.left = count === 0 ? Number.POSITIVE_INFINITY : count
  }

  /** Counts packets that were let through, and written if need be, without being handed over. */
  add(packets: number): void {
    this.captured += packets
    this.left -= packets
  }

  /** False once no more packets are wanted. */
  packet(record: PacketRecord): boolean {
    const { predicate, dump, printer } = this
    if (predicate !== null && predicate(record.bytes, record.at, record.end - record.at, record.wireBytes) === 0) {
      return true
    }
    record.number = ++this.captured
    record.link = this.link
    if (dump !== null) {
      dump.packet(record)
      if (this.interleaved) dump.flush()
    }
    if (printer !== null && this.source !== null) {
      printer.packet(record, this.source)
      if (this.interleaved) printer.flush()
    }
    return --this.left > 0
  }
}
