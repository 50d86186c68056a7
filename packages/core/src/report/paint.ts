/** What a piece of output is. Colour only ever repeats what a letter, symbol or column already says. */
export type Style = 'plain' | 'client' | 'server' | 'finding' | 'heading' | 'dim'

/** Adds colour to finished, measured text. */
export type Paint = (style: Style, text: string) => string

/** No colour: files, pipes, tests. */
export const paintNothing: Paint = (_style, text) => text

/** Characters that depend on what the terminal can draw. */
export interface Glyphs {
  readonly line: string
  readonly left: string
  readonly right: string
  /** Between two ends of a range of packets: #10-#54. */
  readonly to: string
  readonly gap: string
  /** Begins every line that explains what stands above it. */
  readonly margin: string
}

export const unicodeGlyphs: Glyphs = { line: '─', left: '◀', right: '▶', to: '–', gap: '⋮', margin: '│ ' }
export const asciiGlyphs: Glyphs = { line: '-', left: '<', right: '>', to: '-', gap: ':', margin: '~ ' }
