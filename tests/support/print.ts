import { readFileSync } from 'node:fs'
import {
  ChunkFeeder,
  compileFilter,
  createPredicate,
  type FilterNames,
  noNames,
  openCapture,
  PacketPrinter,
  type PacketRecord,
  type Predicate,
  type PrintOptions,
} from '../../packages/core/src/index.ts'

const none: PrintOptions = {
  format: 'modern',
  timeStamp: 0,
  nanoseconds: false,
  numeric: false,
  unqualified: false,
  verbose: 0,
  quiet: 0,
  link: false,
  absoluteSequence: false,
  hex: 0,
  hexAndText: 0,
  text: 0,
  number: false,
  noChecksums: false,
  asDot: false,
  oneLine: false,
  mesh: false,
  snaplen: 0,
  packetType: null,
  nfsHandles: false,
  seed: 1,
  zoneSeconds: () => 0,
}

type Changes = { -readonly [K in keyof PrintOptions]?: PrintOptions[K] }

const letters: Record<string, (changes: Changes) => void> = {
  t: (o) => (o.timeStamp = (o.timeStamp ?? 0) + 1),
  n: (o) => (o.numeric = true),
  N: (o) => (o.unqualified = true),
  v: (o) => (o.verbose = (o.verbose ?? 0) + 1),
  q: (o) => (o.quiet = (o.quiet ?? 0) + 1),
  e: (o) => (o.link = true),
  S: (o) => (o.absoluteSequence = true),
  x: (o) => (o.hex = (o.hex ?? 0) + 1),
  X: (o) => (o.hexAndText = (o.hexAndText ?? 0) + 1),
  A: (o) => (o.text = (o.text ?? 0) + 1),
  '#': (o) => (o.number = true),
  K: (o) => (o.noChecksums = true),
  b: (o) => (o.asDot = true),
  g: (o) => (o.oneLine = true),
  u: (o) => (o.nfsHandles = true),
}

/** Options of a tcpdump command line that change the text, in UTC; `rest` are the words of its filter. */
export function printOptions(line: string): { readonly options: PrintOptions; readonly rest: readonly string[] } {
  const changes: Changes = {}
  const words = line.split(/\s+/).filter((word) => word !== '')
  const rest: string[] = []
  for (let i = 0; i < words.length; i++) {
    if (words[i] === '--nano') changes.nanoseconds = true
    else if (words[i] === '-T') changes.packetType = words[++i]
    else if (words[i] === '-s') changes.snaplen = Number(words[++i])
    else if (words[i].startsWith('-')) for (const letter of words[i].slice(1)) letters[letter](changes)
    else rest.push(words[i])
  }
  return { options: { ...none, ...changes }, rest }
}

const noFilterNames: FilterNames = {
  hostAddresses: () => [],
  servicePorts: () => null,
  ipProtocol: () => null,
  network: () => null,
  etherHost: () => null,
}

/** What a PacketPrinter prints of a capture file, of the packets that the filter's words let through. */
export function printFile(path: string, options: PrintOptions, filter: readonly string[] = []): Buffer {
  const expression = filter.join(' ')
  const predicates = new Map<number, Predicate>()
  const accept = (record: PacketRecord): boolean => {
    let predicate = predicates.get(record.link)
    if (predicate === undefined) {
      const given = { link: record.link, snaplen: 262_144, optimize: true, netmask: null, names: noFilterNames }
      predicate = createPredicate(compileFilter(expression, given).program)
      predicates.set(record.link, predicate)
    }
    return predicate(record.bytes, record.at, record.end - record.at, record.wireBytes) !== 0
  }
  const parts: Buffer[] = []
  const ticks: number[] = []
  const printer = new PacketPrinter(options, noNames, (bytes, at, end) => {
    parts.push(Buffer.from(bytes.subarray(at, end)))
  })
  let number = 0
  const feeder = new ChunkFeeder(
    openCapture({
      capture() {},
      interface: (info) => {
        ticks[info.index] = info.ticksPerSecond
      },
      packet: (record) => {
        if (expression === '' || accept(record)) printer.print(record, ticks[record.interfaceIndex], ++number)
      },
    }),
  )
  feeder.push(readFileSync(path))
  feeder.end()
  printer.flush()
  return Buffer.concat(parts)
}
