import { escapeJson, escapeText, type Paint, padEnd, textWidth, wrap } from '@wiretale/core'
import type { CheckName, Fact } from './check.ts'
import { doctorEn } from './messages/en.ts'
import type { DoctorMessages, Sentence } from './messages/types.ts'
import { doctorZh } from './messages/zh.ts'

export type Lang = 'en' | 'zh' | 'both'

export interface Look {
  readonly lang: Lang
  readonly width: number
  readonly paint: Paint
}

const STYLES = { ok: 'dim', note: 'plain', warning: 'heading', failed: 'finding', unknown: 'plain' } as const
const LEAST_TEXT = 20

/** What a check has found, in lines for a terminal: status, name, sentences, and under them what to do. */
export function renderFact(fact: Fact, { lang, width, paint }: Look): string {
  const [first, ...others] = languages(lang)
  const statusCells = cells(Object.values<string>(first.status))
  const indent = statusCells + cells(Object.values<string>(first.name)) + 4
  const room = Math.max(LEAST_TEXT, width - indent)
  const status = paint(STYLES[fact.status], padEnd(first.status[fact.status], statusCells))
  const head = `${status}  ${padEnd(first.name[fact.check], indent - statusCells - 4)}  `
  const lines = [first, ...others].flatMap((messages) => {
    const { text, advice } = sentenceOf(messages, fact)
    const column =
      advice === null || isBlock(advice) ? wrap(text, room) : [...wrap(text, room), ...wrap(`-> ${advice}`, room)]
    const block = advice !== null && isBlock(advice) ? advice.split('\n').map((line) => `  ${line}`) : []
    return [...column.map((line) => ' '.repeat(indent) + line), ...block]
  })
  lines[0] = head + lines[0].slice(indent)
  return `${lines.join('\n')}\n`
}

/** The same as an object in one line (docs/report.md). */
export function renderFactLine(fact: Fact, lang: Lang): string {
  const [first, second] = languages(lang).map((messages) => sentenceOf(messages, fact))
  const others = second === undefined ? {} : { textZh: second.text, adviceZh: second.advice }
  return `${escapeJson(JSON.stringify({ v: 1, type: 'check', ...fact, ...first, ...others }))}\n`
}

function languages(lang: Lang): readonly DoctorMessages[] {
  return lang === 'both' ? [doctorEn, doctorZh] : [lang === 'zh' ? doctorZh : doctorEn]
}

/** Names of interfaces and files may hold any character. */
function sentenceOf<K extends CheckName>(messages: DoctorMessages, fact: Fact<K>): Sentence {
  const check: K = fact.check
  const { text, advice } = messages.sentence[check](fact)
  return { text: escapeText(text), advice: advice?.split('\n').map(escapeText).join('\n') ?? null }
}

/** Commands in several lines stay as they are: they are for copying. */
function isBlock(advice: string): boolean {
  return advice.includes('\n')
}

function cells(texts: readonly string[]): number {
  return Math.max(...texts.map(textWidth))
}
