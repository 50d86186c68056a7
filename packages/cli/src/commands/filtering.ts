import { existsSync } from 'node:fs'
import {
  type CaptureSink,
  compileFilter,
  createPredicate,
  escapeText,
  FilterError,
  type FilterNames,
  type PacketRecord,
  type Predicate,
} from '@wiretale/core'
import { UsageError } from '../flags/flag.ts'
import { findFilterNames } from '../names/filter-names.ts'

const LINK_EN10MB = 1
const SNAPLEN = 262_144

/** Words that follow the files are a filter: from the first on that names none. The very first word is always a file. */
export function splitOperands(operands: readonly string[]): { paths: readonly string[]; words: readonly string[] } {
  const at = operands.findIndex((word, index) => index > 0 && word !== '-' && !existsSync(word))
  return at < 0 ? { paths: operands, words: [] } : { paths: operands.slice(0, at), words: operands.slice(at) }
}

/** A filter for captures of any link type: compiled for each one that comes. */
export class PacketFilter {
  private readonly expression: string
  private readonly names: FilterNames
  private readonly predicates = new Map<number, Predicate>()

  private constructor(expression: string, names: FilterNames) {
    this.expression = expression
    this.names = names
  }

  /** Looks up the hosts that the expression names. Throws UsageError if it is none; `remark`: what else to say then. */
  static async create(expression: string, remark: string | null): Promise<PacketFilter> {
    const names = await findFilterNames(expression)
    try {
      const filter = new PacketFilter(expression, names)
      filter.predicateOf(LINK_EN10MB)
      return filter
    } catch (error) {
      // What an Ethernet capture cannot tell, another may.
      if (error instanceof FilterError && error.code === 'unsupported') return new PacketFilter(expression, names)
      throw asUsageError(error, expression, remark)
    }
  }

  /** The same calls for `sink`, with the packets alone that the filter accepts; they keep their numbers. */
  before(sink: CaptureSink): CaptureSink & { finish(): void } {
    let failure: unknown = null
    return {
      capture: (info) => sink.capture(info),
      interface: (info) => sink.interface(info),
      packet: (record) => {
        if (failure !== null) return
        try {
          if (this.accepts(record)) sink.packet(record)
        } catch (error) {
          failure = error
        }
      },
      name: (address, name) => sink.name?.(address, name),
      secrets: (type, data) => sink.secrets?.(type, data),
      comment: (text) => sink.comment?.(text),
      dropped: (index, packets) => sink.dropped?.(index, packets),
      unknownBlock: (type) => sink.unknownBlock?.(type),
      clientLog: (lines) => sink.clientLog?.(lines),
      /** All has been read. Throws UsageError if the filter makes no sense for a packet's link type. */
      finish: () => {
        if (failure !== null) throw asUsageError(failure, this.expression, 'filter by what such a capture has')
      },
    }
  }

  private accepts(record: PacketRecord): boolean {
    const predicate = this.predicates.get(record.link) ?? this.predicateOf(record.link)
    return predicate(record.bytes, record.at, record.end - record.at, record.wireBytes) !== 0
  }

  private predicateOf(link: number): Predicate {
    const options = { link, snaplen: SNAPLEN, optimize: true, netmask: 0, names: this.names, isSavefile: true }
    const predicate = createPredicate(compileFilter(this.expression, options).program)
    this.predicates.set(link, predicate)
    return predicate
  }
}

/** What is wrong with a filter, as a wrong command line. */
export function asUsageError(error: unknown, expression: string, remark: string | null): unknown {
  if (!(error instanceof FilterError)) return error
  const hint = [error.hint, remark].filter((part) => part !== null).join('; ')
  const message = `${error.message}: '${escapeText(expression.slice(0, 80))}'`
  return new UsageError(message, hint === '' ? 'a filter is a pcap-filter(7) expression' : hint)
}
