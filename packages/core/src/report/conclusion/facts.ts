import type { CaptureLine, MessagePart, SummaryLine } from '../../model/lines.ts'
import type { Language } from '../../story/messages/report.ts'
import type { Milliseconds, PacketNumber } from '../../units.ts'
import type { ConversationDigest } from '../gathering.ts'

/** A sentence with the packets that prove it. `packets` is empty where the numbers stand in the text itself. */
export interface ConclusionRow {
  readonly text: string
  readonly packets: readonly PacketNumber[]
  /** A drawing, not a sentence: never wrapped, left out where it does not fit. */
  readonly figure?: true
  /** As it is: cut to the width, never wrapped. */
  readonly cut?: true
  /** Begins a finding. */
  readonly finding?: true
}

/** Whether all bytes of a message's packets are in the capture: neither cut nor printed text, and each packet there. */
export function isCaptured({ summary, capture }: ConclusionFacts, message: MessagePart | null): boolean {
  if (message === null || message.packets.length === 0 || capture?.format === 'tcpdump-text') return false
  return !summary.notes.some(({ id }) => id === 'capture.cut-packets')
}

/** What the sections are built from. */
export interface ConclusionFacts {
  readonly digest: ConversationDigest
  readonly summary: SummaryLine
  readonly capture: CaptureLine | null
  readonly language: Language
  /** Findings bring both languages along. */
  readonly both: boolean
  /** Leave nothing out that could be said shorter. */
  readonly full: boolean
  /** Milliseconds from the conversation's first packet; null for a packet that was not kept or has no time. */
  at(packet: PacketNumber): Milliseconds | null
}
