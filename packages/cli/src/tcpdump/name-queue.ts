import { type InterfaceInfo, type PacketPrinter, PacketRecord } from '@wiretale/core'
import type { HostNames } from '../names/host-names.ts'

const MAX_HELD = 50_000

/** A packet that waits, or lines that follow one. */
type Held = { readonly record: PacketRecord; readonly ticks: number } | { readonly lines: string }

/** Packets that wait for the names of their hosts. Which those are is found out by printing each packet to nowhere:
 *  every printer then asks for what it will print. */
export class NameQueue {
  private readonly hosts: HostNames
  private readonly rehearsal: PacketPrinter
  private held: Held[] = []

  /** `rehearsal`: prints like the real one, to nowhere, with names from `hosts`. */
  constructor(hosts: HostNames, rehearsal: PacketPrinter) {
    this.hosts = hosts
    this.rehearsal = rehearsal
  }

  get isEmpty(): boolean {
    return this.held.length === 0
  }

  /** More packets wait than a buffer of input has: they go without names. */
  get isFull(): boolean {
    return this.held.length >= MAX_HELD
  }

  /** True if the packet has to wait: it was copied. */
  holds(record: PacketRecord, source: InterfaceInfo): boolean {
    const { hosts, held } = this
    if (hosts.asks) this.rehearsal.print(record, source.ticksPerSecond)
    if (held.length === 0 && !hosts.hasPending) return false
    held.push({ record: copyOf(record), ticks: source.ticksPerSecond })
    return true
  }

  /** True if the lines have to wait, too. */
  holdsLines(lines: string): boolean {
    if (this.held.length === 0) return false
    this.held.push({ lines })
    return true
  }

  /** Waits, a second at most, for the names. */
  async resolve(): Promise<void> {
    if (this.hosts.hasPending) await this.hosts.resolve()
  }

  /** Hands on all that waited, in order. */
  release(print: (record: PacketRecord, ticks: number) => void, append: (lines: string) => void): void {
    const { held } = this
    this.held = []
    for (const item of held) {
      if ('lines' in item) append(item.lines)
      else print(item.record, item.ticks)
    }
  }
}

function copyOf(record: PacketRecord): PacketRecord {
  return Object.assign(new PacketRecord(), record, {
    bytes: record.bytes.slice(record.at, record.end),
    at: 0,
    end: record.end - record.at,
  })
}
