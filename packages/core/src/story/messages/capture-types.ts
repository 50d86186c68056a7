/** Sentences about the capture as a whole. */
export interface CaptureMessages {
  'capture.text'(p: Record<never, never>): string
  'capture.cut-packets'(p: { count: number; of: number }): string
  'capture.unknown-blocks'(p: { count: number }): string
  'capture.evicted'(p: { count: number }): string
  'capture.rule-failed'(p: { rule: string; times: number }): string
  'capture.comment'(p: { text: string }): string
  'capture.held-overflow'(p: { count: number }): string
}

export type CaptureMessageId = keyof CaptureMessages
export type CaptureMessageParams<I extends CaptureMessageId> = Parameters<CaptureMessages[I]>[0]
