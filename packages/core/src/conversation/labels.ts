/** What a segment is in relation to those before it, as bits. The rules are Wireshark's, mended where they are known to
 *  mislead (docs/adr/0006-labels.md); names are those of the JSON contract. */
export const Label = {
  /** All of its bytes (or its SYN or FIN) were captured before. */
  RETRANSMISSION: 1,
  /** A retransmission after two or more duplicate ACKs for its first byte. */
  FAST_RETRANSMISSION: 2,
  /** A retransmission of bytes that had been acknowledged already. */
  SPURIOUS_RETRANSMISSION: 4,
  /** Fills a hole that a later segment had left, soon after it. */
  OUT_OF_ORDER: 8,
  /** Fills a hole late: the first copy was lost before the capture point. */
  LOST_BEFORE_CAPTURE: 16,
  DUPLICATE_ACK: 32,
  ZERO_WINDOW: 64,
  WINDOW_UPDATE: 128,
  KEEP_ALIVE: 256,
  KEEP_ALIVE_ACK: 512,
  ZERO_WINDOW_PROBE: 1024,
  /** Starts beyond what was captured of its sender. */
  PREVIOUS_NOT_CAPTURED: 2048,
  /** Acknowledges bytes that the capture does not hold. */
  ACKED_UNSEEN: 4096,
  WINDOW_FULL: 8192,
  /** A SYN on a 4-tuple that an older conversation used. */
  PORT_REUSED: 16384,
} as const

const NAMES: readonly [number, string][] = [
  [Label.RETRANSMISSION, 'retransmission'],
  [Label.FAST_RETRANSMISSION, 'fast-retransmission'],
  [Label.SPURIOUS_RETRANSMISSION, 'spurious-retransmission'],
  [Label.OUT_OF_ORDER, 'out-of-order'],
  [Label.LOST_BEFORE_CAPTURE, 'lost-before-capture'],
  [Label.DUPLICATE_ACK, 'dup-ack'],
  [Label.ZERO_WINDOW, 'zero-window'],
  [Label.WINDOW_UPDATE, 'window-update'],
  [Label.KEEP_ALIVE, 'keep-alive'],
  [Label.KEEP_ALIVE_ACK, 'keep-alive-ack'],
  [Label.ZERO_WINDOW_PROBE, 'zero-window-probe'],
  [Label.PREVIOUS_NOT_CAPTURED, 'previous-not-captured'],
  [Label.ACKED_UNSEEN, 'acked-unseen'],
  [Label.WINDOW_FULL, 'window-full'],
  [Label.PORT_REUSED, 'port-reused'],
]

/** The labels' names, most telling first as declared. */
export function labelNames(labels: number): string[] {
  const names: string[] = []
  if (labels !== 0) for (const [bit, name] of NAMES) if ((labels & bit) !== 0) names.push(name)
  return names
}
