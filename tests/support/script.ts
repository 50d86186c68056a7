import { type AnalyseOptions, Analysis, type PacketRecord, type ReportLine } from '@wiretale/core'
import { ipv4, join, recordOf, tcp } from './frames.ts'

/** TCP segments written as a script, one string each: `c>s SYN`, `s>c SYN ACK`, `c>s ACK`,
 *  `+9.96s c>s "GET / HTTP/1.1\r\n\r\n"`, `s>c 1000B`, `s>c FIN`, `s>c RST`.
 *
 *  Sequence and acknowledgement numbers follow from what was sent before, as two real ends would choose them: each end
 *  acknowledges all that it has in order. Data, FIN and SYN-ACK carry ACK; data carries PSH. More words:
 *  - `+9.96s`, `+3ms`, `+20us`, in front: time since the segment before (1 ms if not given);
 *  - `seq=1`, `ack=1`: other numbers than those, relative to the initial ones (the first payload byte is 1);
 *  - `win=0`; `mss=536`, `mss=none`, `ws=7` of a SYN; `ts`: with timestamps (12 bytes of options); `nopsh`; `noack`;
 *  - `isn=5000`, of a SYN: another initial number than the side's last one: a new connection on the same ports;
 *  - `port=49201`: of the client, that is another connection;
 *  - `lost`: captured, but it never arrives; `unseen`: it arrives, but is not captured; `dropped`: neither;
 *  - `cut=20`: only so many bytes of its payload are captured. */
export type Script = readonly string[]

/** Second of the first segment: 2026-01-01T00:00:00Z. */
export const SCRIPT_START = Date.UTC(2026, 0, 1) / 1000
const ISN = { c: 1000, s: 900_000 }
const LINK_RAW = 101
const ADDRESS = { c: '0a000001', s: '0a000002' }
const SERVER_PORT = 80

type SideLetter = 'c' | 's'

/** One end of a scripted connection; numbers are relative to its initial sequence number. */
interface End {
  isn: number
  next: number
  /** Received in order from the other end; and what lies beyond a hole, [first, end). */
  received: number
  beyond: [number, number][]
}

const FLAGS: Readonly<Record<string, number>> = { FIN: 1, SYN: 2, RST: 4, PSH: 8, ACK: 16, URG: 32 }
const UNITS: Readonly<Record<string, number>> = { s: 1e9, ms: 1e6, us: 1e3, ns: 1 }

/** The packets of a script, numbered from 1. */
export function scriptRecords(script: Script): PacketRecord[] {
  const connections = new Map<number, Record<SideLetter, End>>()
  const records: PacketRecord[] = []
  let time = 0
  for (const [at, line] of script.entries()) {
    const step = readStep(line)
    time += step.delay ?? (at === 0 ? 0 : 1e6)
    const ends = connections.get(step.clientPort) ?? { c: newEnd('c'), s: newEnd('s') }
    connections.set(step.clientPort, ends)
    const frame = send(step, ends)
    if (step.isCaptured) {
      const cutBytes = step.cut === null ? 0 : Math.max(0, step.payload.length - step.cut)
      const record = recordOf(frame, LINK_RAW, frame.length - cutBytes)
      record.number = records.length + 1
      record.seconds = SCRIPT_START + Math.floor(time / 1e9)
      record.nanos = time % 1e9
      records.push(record)
    }
  }
  return records
}

/** The report on a script. `dated`: false for a source like printed text. `tell` gets each line as it comes,
 *  `begin` the analysis before its first packet. */
export function analyseScript(
  script: Script,
  options: Partial<AnalyseOptions> & {
    dated?: boolean
    tell?: (line: ReportLine) => void
    begin?: (analysis: Analysis) => void
  } = {},
): ReportLine[] {
  const { dated = true, tell, begin, ...asked } = options
  const lines: ReportLine[] = []
  const analysis = new Analysis(
    {
      file: null,
      types: new Set(['capture', 'packet', 'conversation', 'exchange', 'finding', 'summary']),
      lang: 'en',
      showSecrets: false,
      ...asked,
    },
    (line) => {
      lines.push(line)
      tell?.(line)
    },
  )
  begin?.(analysis)
  analysis.capture({ format: dated ? 'pcap' : 'tcpdump-text', dated })
  for (const record of scriptRecords(script)) analysis.packet(record)
  analysis.finish(null)
  return lines
}

interface Step {
  delay: number | null
  from: SideLetter
  flags: number
  payload: Uint8Array
  seq: number | null
  ack: number | null
  isn: number | null
  window: number
  options: string
  clientPort: number
  cut: number | null
  isCaptured: boolean
  arrives: boolean
}

function readStep(line: string): Step {
  const first = line.indexOf('"')
  const last = line.lastIndexOf('"')
  const text = first < 0 ? '' : line.slice(first + 1, last)
  const words = (first < 0 ? line : `${line.slice(0, first)} ${line.slice(last + 1)}`)
    .split(' ')
    .filter((w) => w !== '')
  const step: Step = {
    delay: null,
    from: 'c',
    flags: 0,
    payload: Uint8Array.from(text, (letter) => letter.charCodeAt(0)),
    seq: null,
    ack: null,
    isn: null,
    window: 64_000,
    options: '',
    clientPort: 49_200,
    cut: null,
    isCaptured: true,
    arrives: true,
  }
  let psh = true
  let ack = true
  let mss: number | null = 1460
  let scale: number | null = null
  let timestamps = false
  for (const word of words) {
    const delay = /^\+([\d.]+)(s|ms|us|ns)$/.exec(word)
    const bytes = /^(\d+)B$/.exec(word)
    const field = /^(\w+)=(\d+|none)$/.exec(word)
    const value = field === null || field[2] === 'none' ? null : Number(field[2])
    if (delay !== null) step.delay = Math.round(Number(delay[1]) * UNITS[delay[2]])
    else if (word === 'c>s' || word === 's>c') step.from = word[0] as SideLetter
    else if (bytes !== null) step.payload = join(step.payload, new Uint8Array(Number(bytes[1])).fill(0x78))
    else if (word in FLAGS) step.flags |= FLAGS[word]
    else if (word === 'nopsh') psh = false
    else if (word === 'noack') ack = false
    else if (word === 'ts') timestamps = true
    else if (word === 'lost') step.arrives = false
    else if (word === 'unseen') step.isCaptured = false
    else if (word === 'dropped') step.arrives = step.isCaptured = false
    else if (field?.[1] === 'seq') step.seq = value
    else if (field?.[1] === 'ack') step.ack = value
    else if (field?.[1] === 'isn') step.isn = value
    else if (field?.[1] === 'win') step.window = value ?? 0
    else if (field?.[1] === 'cut') step.cut = value
    else if (field?.[1] === 'port') step.clientPort = value ?? step.clientPort
    else if (field?.[1] === 'mss') mss = value
    else if (field?.[1] === 'ws') scale = value
    else throw new Error(`no such word in a script: ${word}`)
  }
  const isSyn = (step.flags & FLAGS.SYN) !== 0
  if (step.payload.length > 0 && psh && !isSyn) step.flags |= FLAGS.PSH
  if (ack && (step.flags & (FLAGS.SYN | FLAGS.RST)) === 0) step.flags |= FLAGS.ACK
  if (isSyn && mss !== null) step.options += `0204${hex16(mss)}`
  if (isSyn && scale !== null) step.options += `010303${scale.toString(16).padStart(2, '0')}`
  if (timestamps) step.options += '0101080a0000000100000001'
  return step
}

function send(step: Step, ends: Record<SideLetter, End>): Uint8Array {
  const own = ends[step.from]
  const peer = ends[step.from === 'c' ? 's' : 'c']
  const isSyn = (step.flags & FLAGS.SYN) !== 0
  if (step.isn !== null) {
    if ((step.flags & FLAGS.ACK) === 0) Object.assign(peer, { received: 0, beyond: [] })
    Object.assign(own, { isn: step.isn, next: 0 })
    if ((step.flags & FLAGS.ACK) === 0) Object.assign(own, { received: 0, beyond: [] })
  }
  // A SYN is number 0, and so is its repetition; without one the connection is caught in the middle, at 1.
  const seq = step.seq ?? (isSyn ? 0 : Math.max(1, own.next))
  const isReset = (step.flags & FLAGS.RST) !== 0
  const length = step.payload.length + (isSyn ? 1 : 0) + ((step.flags & FLAGS.FIN) !== 0 ? 1 : 0)
  const ack = step.ack ?? Math.max(1, own.received)
  if (!isReset) own.next = Math.max(own.next, seq + length)
  if (step.arrives && !isReset && length > 0) receive(peer, seq, seq + length)
  const fields = {
    sourcePort: step.from === 'c' ? step.clientPort : SERVER_PORT,
    destinationPort: step.from === 'c' ? SERVER_PORT : step.clientPort,
    seq: (own.isn + seq) >>> 0,
    ack: (step.flags & FLAGS.ACK) === 0 ? 0 : (peer.isn + ack) >>> 0,
    flags: step.flags,
    window: step.window,
    options: step.options,
  }
  return ipv4(tcp(step.payload, fields), {
    source: ADDRESS[step.from],
    destination: ADDRESS[step.from === 'c' ? 's' : 'c'],
  })
}

function receive(end: End, first: number, after: number): void {
  end.beyond.push([first, after])
  end.beyond.sort((a, b) => a[0] - b[0])
  // In the middle of a connection the first byte is 1: nothing before it is waited for.
  if (end.received === 0 && end.beyond[0][0] === 1) end.received = 1
  while (end.beyond.length > 0 && end.beyond[0][0] <= end.received) {
    end.received = Math.max(end.received, end.beyond[0][1])
    end.beyond.shift()
  }
}

function newEnd(side: SideLetter): End {
  return { isn: ISN[side], next: 0, received: 0, beyond: [] }
}

function hex16(value: number): string {
  return value.toString(16).padStart(4, '0')
}

/** The usual opening. */
export const HANDSHAKE: Script = ['c>s SYN', 's>c SYN ACK', 'c>s ACK']
/** Closing by the client, and by the server. */
export const CLIENT_CLOSES: Script = ['c>s FIN', 's>c FIN', 'c>s ACK']
export const SERVER_CLOSES: Script = ['s>c FIN', 'c>s FIN', 's>c ACK']
