import type { Side, Slot } from '../conversation/stream.ts'
import type { Bytes, Nanoseconds, Offset, PacketNumber, StreamOffset } from '../units.ts'

/** What is wrong with a message. The message is still shown as far as it was understood. */
export type HttpErrorCode =
  /** Bytes where a request or status line must begin, after HTTP was seen on the connection (RFC 9112 §2.2). */
  | 'bad-start-line'
  /** A head of more than 64 KiB: what follows was not looked at, so the body's length is unknown. */
  | 'head-too-long'
  /** More header fields than are listed; all of them were interpreted. */
  | 'too-many-headers'
  /** The heads that wait for their end, over all connections, would need too much memory; this one was dropped. */
  | 'head-memory'
  /** A header line without a colon (RFC 9112 §5). */
  | 'header-without-colon'
  /** Whitespace between name and colon, or before the first header: request smuggling (RFC 9112 §5.1, §2.2). */
  | 'misplaced-space'
  /** Content-Length is no number, or several that differ (RFC 9112 §6.3 no. 5). */
  | 'bad-content-length'
  /** Transfer-Encoding and Content-Length together; the first counts (RFC 9112 §6.3 no. 3). */
  | 'length-and-chunked'
  /** Transfer-Encoding that does not end in `chunked` in a request (RFC 9112 §6.3 no. 4). */
  | 'bad-transfer-encoding'
  | 'bad-chunk-size'
  | 'bad-chunk-end'
  /** So many requests without a response that from this one on none is paired. */
  | 'too-many-unanswered'

export interface HttpError {
  code: HttpErrorCode
  offset: StreamOffset
  packet: PacketNumber
}

/** How the end of a message is known. `framing`: its own head or chunks say so. `inferred`: from the next message.
 *  `switch`: the connection left HTTP/1. Null: not ended. */
export type EndedBy = 'framing' | 'inferred' | 'fin' | 'reset' | 'capture-end' | 'switch'

/** A 1xx response other than 101 (RFC 9110 §15.2). */
export interface InterimResponse {
  status: number
  reason: string | null
  headBytes: Bytes
  /** Completes its head. */
  packet: PacketNumber
  time: Nanoseconds
}

/** A request or a response: stream offsets, packets and the facts of its head. Null is "cannot be known". */
export interface HttpMessage {
  readonly side: Side
  readonly exchange: HttpExchange
  /** `inferred`: that a message begins at startOffset (after lost or unseen bytes). */
  readonly basis: 'observed' | 'inferred'

  /** First byte of the start line. */
  readonly startOffset: StreamOffset
  /** First byte after the empty line; the body begins there. */
  readonly headEnd: StreamOffset | null
  /** After the last byte that belongs to the message so far. */
  readonly endOffset: StreamOffset
  readonly headBytes: Bytes | null
  /** Bytes after the head so far, chunk framing included; 0 when there is no body. */
  readonly bodyBytes: Bytes | null
  /** Bytes of content so far: bodyBytes without chunk framing. */
  readonly contentBytes: Bytes | null
  /** endOffset − startOffset. Exact unless endedBy is `inferred` or the framing is unknown. */
  readonly totalBytes: Bytes
  /** Of these, not in the capture although they passed: cut by the snapshot length, or lost by the capture. */
  readonly cutBytes: Bytes
  readonly lostBytes: Bytes
  readonly endedBy: EndedBy | null
  /** True: its framing proves that all of it passed. False: it proves that more was to come. */
  readonly complete: boolean | null
  /** Bytes that the capture does not hold hide where the head ends. */
  readonly headCut: boolean
  /** Hidden or broken framing: where the message ends is not known from itself. */
  readonly framingLost: boolean

  /** Packets that carried its bytes: the first 1,000 in stream order, only with `detail`. */
  readonly packets: readonly PacketNumber[]
  readonly packetCount: number
  /** 0: none is known. */
  readonly firstPacket: PacketNumber
  readonly lastPacket: PacketNumber
  /** Completes the head; 0 while it is not. */
  readonly headPacket: PacketNumber
  readonly headTime: Nanoseconds | null
  /** Carries the first byte of the body; 0: no body seen, −1: the capture lost that packet. */
  readonly bodyPacket: PacketNumber
  /** Earliest and latest time of a packet that carried its bytes; null when that end was lost by the capture. */
  readonly firstTime: Nanoseconds | null
  readonly lastTime: Nanoseconds | null
  /** The head's last byte ends the payload of its packet and the body begins in a later one. Null without a body. */
  readonly headEndsAtSegmentEnd: boolean | null

  // Request line
  readonly method: string | null
  /** With `detail` only, like every text but the registered methods. */
  readonly target: string | null
  /** The captured beginning of a target whose end is not captured. */
  readonly targetPrefix: string | null
  // Status line
  readonly status: number | null
  readonly reason: string | null
  /** Minor version: 1 of HTTP/1.1. */
  readonly minor: number | null

  /** Lines in order, ISO-8859-1, names as sent, folds as one space; with `detail` only, at most 1,000. */
  readonly headers: readonly [string, string][]
  readonly trailers: readonly [string, string][]
  /** Declared. Null: absent, contradictory, or the head is not complete. */
  readonly contentLength: Bytes | null
  readonly chunked: boolean
  /** `Connection: close`, `keep-alive`; as far as the head was seen. */
  readonly connectionClose: boolean
  readonly connectionKeepAlive: boolean
  /** RFC 9112 §9.3: the connection may carry another exchange after this message. Null: the head is not complete. */
  readonly persistent: boolean | null
  readonly upgrade: boolean
  readonly expectContinue: boolean
  /** `Keep-Alive: timeout=`. */
  readonly keepAliveTimeout: number | null
  /** Date, in seconds since 1970. */
  readonly dateHeader: number | null
  // With `detail` only
  readonly host: string | null
  readonly contentType: string | null
  readonly contentEncoding: string | null
  readonly transferEncoding: string | null

  readonly errors: readonly HttpError[]
}

/** A request and the response to it, either of which may be missing. */
export interface HttpExchange {
  readonly slot: Slot
  /** Counts the exchanges of the connection from 0; with `detail` only. */
  readonly index: number
  readonly request: HttpMessage | null
  readonly response: HttpMessage | null
  readonly interim: readonly InterimResponse[]
  /** `inferred`: bytes that were not seen could hold another message, so that this response may answer another request. */
  readonly pairing: 'observed' | 'inferred'
  /** `observed` only if the start of both messages and their pairing are. */
  readonly basis: 'observed' | 'inferred'
  /** The response ended HTTP/1 on this connection (RFC 9110 §7.8, §9.3.6). */
  readonly switched: 'upgrade' | 'connect' | null
  /** Of the exchange before on the connection; with `detail` only. Null: none, or its end was not captured. */
  readonly previousEnd: Nanoseconds | null
}

/** What the current packet did, told while data() or missing() runs. The objects are live: read, do not keep. */
export interface HttpEvents {
  /** This packet completes a head; or, with message.headCut, hides the rest of it. */
  onHead?(slot: Slot, side: Side, message: HttpMessage): void
  /** This packet carries bytes of a body, or completes it. bodyBytes counts what passed so far, framing included. */
  onBody?(slot: Slot, side: Side, message: HttpMessage, bodyBytes: Bytes, complete: boolean): void
  /** This packet carries `bytes` of a message whose framing is unknown: head or body, nobody can tell. */
  onUnproven?(slot: Slot, side: Side, message: HttpMessage, bytes: Bytes): void
  /** The message ended otherwise than by its own framing: endedBy and complete tell how. */
  onEnd?(slot: Slot, side: Side, message: HttpMessage): void
  onInterim?(slot: Slot, exchange: HttpExchange, interim: InterimResponse): void
  /** Content of a body, chunk framing taken away: b[at, end), told before onBody() of the same bytes. */
  onContent?(slot: Slot, side: Side, b: Uint8Array, at: Offset, end: Offset): void
}
