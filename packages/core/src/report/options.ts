import type { Language } from '../story/messages/report.ts'
import { asciiGlyphs, type Glyphs, type Paint, paintNothing, unicodeGlyphs } from './paint.ts'

/** One part of a conversation's text. */
export type Part = 'notes' | 'ladder' | 'conclusion'

/** How the text report looks. */
export interface TextOptions {
  /** `both`: each sentence in English, then in Chinese. */
  readonly lang: Language | 'both'
  /** Cells that no line exceeds; at least MIN_WIDTH. */
  readonly width: number
  readonly glyphs: Glyphs
  readonly paint: Paint
  /** Null: all parts. */
  readonly only: Part | null
  /** The reader can ask for another conversation with -c. */
  readonly canAsk: boolean
}

/** Below this a ladder row's own parts do not fit any more. */
export const MIN_WIDTH = 24

/** Options from their defaults: English, 100 cells, no colour. */
export function textOptions(of: Partial<Omit<TextOptions, 'glyphs'>> & { ascii?: boolean } = {}): TextOptions {
  return {
    lang: of.lang ?? 'en',
    width: Math.max(MIN_WIDTH, of.width ?? 100),
    glyphs: of.ascii === true ? asciiGlyphs : unicodeGlyphs,
    paint: of.paint ?? paintNothing,
    only: of.only ?? null,
    canAsk: of.canAsk ?? true,
  }
}

/** Languages that sentences appear in, first one first. */
export function languages(lang: TextOptions['lang']): Language[] {
  return lang === 'both' ? ['en', 'zh'] : [lang]
}
