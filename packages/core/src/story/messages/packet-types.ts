import type { SideName } from '../../model/lines.ts'
import type { Bytes, Milliseconds, PacketNumber } from '../../units.ts'

/** One sentence about one packet, by id. The ids and parameters are part of the JSON contract; a language that lacks one,
 *  or misnames a parameter, does not compile. Every sentence stands beside its packet's number; other packets that it
 *  speaks of are parameters. */
export interface PacketMessages {
  'tcp.open.syn'(p: { from: SideName }): string
  /** `answer`: the SYN-ACK that was captured before, which did not help. */
  'tcp.open.syn-again'(p: {
    from: SideName
    first: PacketNumber
    afterMs: Milliseconds
    answer: PacketNumber | null
  }): string
  'tcp.open.syn-crossing'(p: { from: SideName; other: PacketNumber }): string
  /** `bytes`: payload of the SYN that it acknowledges. */
  'tcp.open.syn-ack'(p: { from: SideName; bytes: Bytes }): string
  'tcp.open.syn-ack-crossing'(p: { from: SideName; own: PacketNumber; other: PacketNumber }): string
  'tcp.open.self'(p: { from: SideName }): string
  'tcp.open.syn-ack-again'(p: { from: SideName; first: PacketNumber; afterMs: Milliseconds }): string
  'tcp.open.syn-data'(p: { from: SideName; bytes: Bytes }): string
  'tcp.open.done'(p: { ms: Milliseconds; syn: PacketNumber }): string
  'tcp.open.ack'(p: { from: SideName; syn: PacketNumber }): string
  'tcp.open.ack-unseen'(p: { from: SideName }): string
  'tcp.open.port-reused'(p: { from: SideName }): string
  'tcp.mid-stream'(p: { guessed: boolean }): string

  /** `bytes` includes `body`, what this packet holds of it; `waits`: for 100 Continue. */
  'http.request.head'(p: {
    method: string
    target: string
    version: string
    bytes: Bytes
    body: Bytes | null
    complete: boolean
    waits: boolean
  }): string
  'http.request.body'(p: { passed: Bytes; total: Bytes | null; complete: boolean }): string
  'http.request.cut'(p: { bytes: Bytes; method: string | null; target: string | null }): string
  'http.response.head'(p: {
    status: number
    reason: string
    bytes: Bytes
    waitMs: Milliseconds | null
    request: PacketNumber | null
    complete: boolean
  }): string
  'http.response.head-body'(p: {
    status: number
    reason: string
    headBytes: Bytes
    bodyBytes: Bytes
    total: Bytes | null
    waitMs: Milliseconds | null
    request: PacketNumber | null
    complete: boolean
  }): string
  'http.response.body'(p: { passed: Bytes; total: Bytes | null; complete: boolean }): string
  'http.response.cut'(p: {
    bytes: Bytes
    status: number | null
    reason: string | null
    waitMs: Milliseconds | null
    request: PacketNumber | null
  }): string
  'http.unproven'(p: { from: SideName; bytes: Bytes; passed: Bytes }): string
  'http.not-http'(p: { from: SideName; bytes: Bytes }): string
  'http.interim'(p: { status: number; reason: string }): string
  'http.switched'(p: { status: number }): string
  'http.like-request'(p: { bytes: Bytes }): string
  'http.like-response'(p: { bytes: Bytes; waitMs: Milliseconds | null; request: PacketNumber | null }): string

  'tcp.data'(p: { from: SideName; bytes: Bytes; first: number; end: number }): string
  /** `isWhole`: counted from the stream's first byte, not from the first captured one. */
  'tcp.ack.all'(p: { from: SideName; total: Bytes; isWhole: boolean }): string
  /** Not acknowledged yet: `open` bytes, and the FIN if it is named. */
  'tcp.ack.some'(p: { from: SideName; total: Bytes; open: Bytes; fin: PacketNumber | null }): string
  'tcp.ack.unseen'(p: { from: SideName }): string
  'tcp.ack.challenge'(p: { from: SideName; syn: PacketNumber }): string
  'tcp.ack.nothing-new'(p: { from: SideName }): string

  'tcp.retransmission'(p: {
    from: SideName
    bytes: Bytes
    kind: 'fast' | 'spurious' | 'timeout'
    what: 'data' | 'fin'
  }): string
  'tcp.lost-before-capture'(p: { from: SideName; bytes: Bytes }): string
  'tcp.out-of-order'(p: { from: SideName; bytes: Bytes }): string
  'tcp.duplicate-ack'(p: { from: SideName; ack: number; count: number }): string
  'tcp.previous-not-captured'(p: { from: SideName }): string
  /** `bytes`: sequence numbers, one of which may be a FIN's. */
  'tcp.acked-unseen'(p: { from: SideName; bytes: Bytes }): string
  'tcp.zero-window'(p: { from: SideName }): string
  'tcp.window-full'(p: { from: SideName; to: SideName }): string
  /** `window` as sent; `bytes`: scaled, null where the scale is not known. */
  'tcp.window-update'(p: { from: SideName; window: number; bytes: Bytes | null }): string
  'tcp.keep-alive'(p: { from: SideName }): string
  'tcp.keep-alive-ack'(p: { from: SideName }): string
  'tcp.zero-window-probe'(p: { from: SideName; to: SideName }): string

  'tcp.close.first'(p: { from: SideName; idleMs: Milliseconds | null; since: PacketNumber | null }): string
  'tcp.close.second'(p: { from: SideName; acknowledges: boolean; first: PacketNumber }): string
  'tcp.close.crossing'(p: { from: SideName; other: PacketNumber }): string
  'tcp.close.unknown-order'(p: { from: SideName }): string
  'tcp.close.ack'(p: { from: SideName; fin: PacketNumber }): string
  'tcp.close.ack-again'(p: { from: SideName; fin: PacketNumber }): string
  /** `own`: its own FIN, which is not acknowledged yet. */
  'tcp.close.ack-crossing'(p: { from: SideName; fin: PacketNumber; own: PacketNumber }): string
  'tcp.close.last-ack'(p: { from: SideName; timeWait: SideName | 'both' | null }): string
  'tcp.close.half-data'(p: { from: SideName; to: SideName; fin: PacketNumber }): string
  'tcp.reset.refused'(p: { from: SideName; syn: PacketNumber; port: number }): string
  'tcp.reset.abort'(p: { from: SideName }): string
  'tcp.reset.no-socket'(p: { from: SideName }): string
  'tcp.reset.again'(p: { from: SideName }): string
  'tcp.reset.handshake'(p: { from: SideName }): string

  'frame.other'(p: { what: string }): string
  'frame.fragment'(p: Record<never, never>): string
  'frame.truncated'(p: Record<never, never>): string
  'frame.malformed'(p: Record<never, never>): string
  /** `line`: of an HTTP client's log that was pasted with the trace. */
  'client-log.matched'(p: { line: string; packets: PacketNumber[] }): string
  'client-log.only'(p: { line: string }): string
  'icmp.ended-attempt'(p: { syn: PacketNumber; what: string }): string
  /** An error about a packet of `from`. `mtu`: the largest size that gets through. */
  'icmp.about'(p: { from: SideName; what: string; mtu: Bytes | null }): string
  /** A program of the capturing machine. `names`: of the processes that hold the end; `by`: how they are known. */
  'process.known'(p: { from: SideName; by: 'connect' | 'socket' | 'close' | 'listener'; names: string }): string
}

export type PacketMessageId = keyof PacketMessages
export type PacketMessageParams<I extends PacketMessageId> = Parameters<PacketMessages[I]>[0]
