import { readFileSync } from 'node:fs'
import {
  ChunkFeeder,
  noNames,
  openCapture,
  PacketPrinter,
  type PacketRecord,
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

/** What a PacketPrinter prints of a capture file. `accept` is a filter. */
export function printFile(
  path: string,
  options: PrintOptions,
  accept: (record: PacketRecord) => boolean = () => true,
): Buffer {
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
        if (accept(record)) printer.print(record, ticks[record.interfaceIndex], ++number)
      },
    }),
  )
  feeder.push(readFileSync(path))
  feeder.end()
  printer.flush()
  return Buffer.concat(parts)
}
