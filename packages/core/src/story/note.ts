import type { Note } from '../model/lines.ts'
import { captureEn } from './messages/capture-en.ts'
import type { CaptureMessageId, CaptureMessageParams, CaptureMessages } from './messages/capture-types.ts'
import { captureZh } from './messages/capture-zh.ts'
import { findingEn } from './messages/finding-en.ts'
import type { FindingMessages, FindingText, FindingWords } from './messages/finding-types.ts'
import { findingZh } from './messages/finding-zh.ts'
import { packetEn } from './messages/packet-en.ts'
import type { PacketMessageId, PacketMessageParams, PacketMessages } from './messages/packet-types.ts'
import { packetZh } from './messages/packet-zh.ts'
import type { Language } from './messages/report.ts'

/** Languages of a report: one, or English with Chinese beside it. */
export type Lang = 'en' | 'zh' | 'both'

/** Writes a message in the asked language; with `both`, in the second one too. */
export function writeNote<I extends PacketMessageId>(id: I, params: PacketMessageParams<I>, lang: Lang): Note {
  const note: Note = {
    id,
    params: params as Note['params'],
    text: say(lang === 'zh' ? packetZh : packetEn, id, params),
  }
  if (lang === 'both') note.textZh = say(packetZh, id, params)
  return note
}

/** The same for a sentence about the capture as a whole. */
export function writeCaptureNote<I extends CaptureMessageId>(id: I, params: CaptureMessageParams<I>, lang: Lang): Note {
  const text = (messages: CaptureMessages): string => (messages[id] as (p: CaptureMessageParams<I>) => string)(params)
  const note: Note = { id, params: params as Note['params'], text: text(lang === 'zh' ? captureZh : captureEn) }
  if (lang === 'both') note.textZh = text(captureZh)
  return note
}

function say<I extends PacketMessageId>(messages: PacketMessages, id: I, params: PacketMessageParams<I>): string {
  return (messages[id] as (p: PacketMessageParams<I>) => string)(params)
}

export type RuleId = keyof FindingMessages

/** A finding's sentences in one language. */
export function writeFinding(rule: RuleId, params: Note['params'], language: Language): FindingText {
  return (findingWords(language).findings[rule] as (p: Note['params']) => FindingText)(params)
}

/** The words that go with findings in one language. */
export function findingWords(language: Language): FindingWords {
  return language === 'zh' ? findingZh : findingEn
}
