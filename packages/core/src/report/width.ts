/** How many terminal cells text takes, and laying it out by cells. Expects text without control characters
 *  (report/escape.ts). Ambiguous-width characters count 1: the command uses ASCII where a terminal draws them 2. */

// First and last of each run of code points with East_Asian_Width W or F (Unicode 15.1, UAX #11), unassigned
// code points between two such runs included.
const WIDE = [
  0x1100, 0x115f, 0x231a, 0x231b, 0x2329, 0x232a, 0x23e9, 0x23ec, 0x23f0, 0x23f0, 0x23f3, 0x23f3, 0x25fd, 0x25fe,
  0x2614, 0x2615, 0x2648, 0x2653, 0x267f, 0x267f, 0x2693, 0x2693, 0x26a1, 0x26a1, 0x26aa, 0x26ab, 0x26bd, 0x26be,
  0x26c4, 0x26c5, 0x26ce, 0x26ce, 0x26d4, 0x26d4, 0x26ea, 0x26ea, 0x26f2, 0x26f3, 0x26f5, 0x26f5, 0x26fa, 0x26fa,
  0x26fd, 0x26fd, 0x2705, 0x2705, 0x270a, 0x270b, 0x2728, 0x2728, 0x274c, 0x274c, 0x274e, 0x274e, 0x2753, 0x2755,
  0x2757, 0x2757, 0x2795, 0x2797, 0x27b0, 0x27b0, 0x27bf, 0x27bf, 0x2b1b, 0x2b1c, 0x2b50, 0x2b50, 0x2b55, 0x2b55,
  0x2e80, 0x303e, 0x3041, 0x3247, 0x3250, 0x4dbf, 0x4e00, 0xa4cf, 0xa960, 0xa97c, 0xac00, 0xd7a3, 0xf900, 0xfaff,
  0xfe10, 0xfe19, 0xfe30, 0xfe6f, 0xff01, 0xff60, 0xffe0, 0xffe6, 0x16fe0, 0x18cff, 0x1aff0, 0x1b2ff, 0x1f004, 0x1f004,
  0x1f0cf, 0x1f0cf, 0x1f18e, 0x1f18e, 0x1f191, 0x1f19a, 0x1f200, 0x1f320, 0x1f32d, 0x1f335, 0x1f337, 0x1f37c, 0x1f37e,
  0x1f393, 0x1f3a0, 0x1f3ca, 0x1f3cf, 0x1f3d3, 0x1f3e0, 0x1f3f0, 0x1f3f4, 0x1f3f4, 0x1f3f8, 0x1f43e, 0x1f440, 0x1f440,
  0x1f442, 0x1f4fc, 0x1f4ff, 0x1f53d, 0x1f54b, 0x1f54e, 0x1f550, 0x1f567, 0x1f57a, 0x1f57a, 0x1f595, 0x1f596, 0x1f5a4,
  0x1f5a4, 0x1f5fb, 0x1f64f, 0x1f680, 0x1f6c5, 0x1f6cc, 0x1f6cc, 0x1f6d0, 0x1f6d2, 0x1f6d5, 0x1f6df, 0x1f6eb, 0x1f6ef,
  0x1f6f4, 0x1f6ff, 0x1f7e0, 0x1f7ff, 0x1f90c, 0x1f93a, 0x1f93c, 0x1f945, 0x1f947, 0x1f9ff, 0x1fa70, 0x1faff, 0x20000,
  0x3fffd,
]

const COMBINING = /^\p{M}$/u
const SPACING_MARK = /^\p{Mc}$/u

/** Cells of one code point: 0, 1 or 2. */
function codePointWidth(code: number): number {
  if (code < 0x300) return 1
  let low = 0
  let high = WIDE.length / 2 - 1
  while (low <= high) {
    const middle = (low + high) >> 1
    if (code < WIDE[2 * middle]) high = middle - 1
    else if (code > WIDE[2 * middle + 1]) low = middle + 1
    else return COMBINING.test(String.fromCodePoint(code)) ? 0 : 2
  }
  const character = String.fromCodePoint(code)
  return COMBINING.test(character) && !SPACING_MARK.test(character) ? 0 : 1
}

const ASCII = /^[\x20-\x7e]*$/

/** Cells that `text` takes on a terminal. */
export function textWidth(text: string): number {
  if (ASCII.test(text)) return text.length
  let width = 0
  for (const character of text) width += codePointWidth(character.codePointAt(0)!)
  return width
}

/** `text` followed by spaces up to `width` cells. */
export function padEnd(text: string, width: number): string {
  const missing = width - textWidth(text)
  return missing > 0 ? text + ' '.repeat(missing) : text
}

/** Spaces up to `width` cells, then `text`. */
export function padStart(text: string, width: number): string {
  const missing = width - textWidth(text)
  return missing > 0 ? ' '.repeat(missing) + text : text
}

/** The longest beginning of `text` that fits `width` cells. */
export function takeCells(text: string, width: number): string {
  const likely = text.slice(0, Math.max(0, width))
  if (ASCII.test(likely)) return likely
  let used = 0
  let end = 0
  for (const character of text) {
    used += codePointWidth(character.codePointAt(0)!)
    if (used > width) break
    end += character.length
  }
  return text.slice(0, end)
}

/** `text` in at most `width` cells; what is left out in the middle is marked by `ellipsis` (ASCII). */
export function elideMiddle(text: string, width: number, ellipsis: string): string {
  if (textWidth(text) <= width) return text
  const room = width - ellipsis.length
  if (room < 2) return takeCells(text, width)
  const head = takeCells(text, Math.ceil(room / 2))
  const characters = [...text]
  let tail = ''
  let used = textWidth(head)
  for (let i = characters.length - 1; i >= 0; i--) {
    used += codePointWidth(characters[i].codePointAt(0)!)
    if (used > room) break
    tail = characters[i] + tail
  }
  return head + ellipsis + tail
}

/** A space at which no line breaks; wrap() turns it into a plain one. */
export const GLUE = '\u00a0'

// Chinese typography (CLREQ §6.1.4): these never begin, respectively end, a line.
const NEVER_FIRST = new Set('，。、；：？！）」』】》〉”’…·,.;:?!)]}%')
const NEVER_LAST = new Set('（「『【《〈“‘([{')
/** What stands right before a glued space stays whole with it, but for a long run of Chinese. */
const GLUED = 8

/** Whether a line may end after `before` and go on with `after`: after spaces, and around wide characters. */
function mayBreak(before: string, after: string): boolean {
  if (after === ' ') return false
  if (before === ' ') return true
  if (before === GLUE || after === GLUE || NEVER_LAST.has(before) || NEVER_FIRST.has(after)) return false
  return codePointWidth(before.codePointAt(0)!) === 2 || codePointWidth(after.codePointAt(0)!) === 2
}

/** Pieces that no line end divides: a word with the spaces after it, or a wide character with its marks. */
function breakable(text: string): string[] {
  const breaks: number[] = []
  let before = ''
  let at = 0
  let afterSpace = 0
  for (const character of text) {
    if (before !== '' && mayBreak(before, character)) breaks.push(at)
    if (character === GLUE) {
      for (let undone = 0; undone < GLUED && breaks.length > 0 && breaks.at(-1)! > afterSpace; undone++) breaks.pop()
    }
    at += character.length
    if (character === ' ') afterSpace = at
    // A combining mark belongs to what it stands on.
    if (codePointWidth(character.codePointAt(0)!) > 0) before = character
  }
  const pieces: string[] = []
  let start = 0
  for (const end of breaks) {
    pieces.push(text.slice(start, end))
    start = end
  }
  if (start < text.length) pieces.push(text.slice(start))
  return pieces
}

/** A number stays with its unit; 字节 and 秒 spelled out, since the start file reads the bundle as Latin-1. */
const UNIT = /(?<=\d) (?=(?:[kMG]?B|ms|s|min|h|\u5b57\u8282|\u79d2)(?![A-Za-z]))/g

/** The same for ASCII: 5 times as fast. */
function wrapPlain(text: string, first: number, rest: number): string[] {
  if (text.length <= first) return [text.trimEnd()]
  const whole = text.replace(UNIT, GLUE).trimEnd()
  const lines: string[] = []
  let room = first
  let at = 0
  while (whole.length - at > room) {
    let end = at + room
    while (end > at && whole[end] !== ' ') end--
    if (end === at) end = at + room
    lines.push(whole.slice(at, end).trimEnd())
    at = end
    while (whole[at] === ' ') at++
    room = rest
  }
  lines.push(whole.slice(at))
  return lines.map((text) => text.replaceAll(GLUE, ' '))
}

/** Breaks text into lines of at most `first` (the first line) and `rest` cells: at spaces and between wide
 *  characters; a word longer than a line is cut. Widths below 2 count as 2. Always at least one line. */
export function wrap(text: string, first: number, rest: number = first): string[] {
  let room = Math.max(2, first)
  if (ASCII.test(text)) return wrapPlain(text, room, Math.max(2, rest))
  const lines: string[] = []
  let line = ''
  for (let piece of breakable(text.replace(UNIT, GLUE))) {
    if (textWidth(line + piece.trimEnd()) <= room) {
      line += piece
      continue
    }
    if (line !== '') {
      lines.push(line.trimEnd())
      room = Math.max(2, rest)
      line = ''
    }
    for (;;) {
      const part = takeCells(piece, room)
      if (part.length >= piece.length || piece.slice(part.length).trim() === '') break
      lines.push(part)
      piece = piece.slice(part.length)
      room = Math.max(2, rest)
    }
    line = piece
  }
  if (line.trimEnd() !== '' || lines.length === 0) lines.push(line.trimEnd())
  return lines.map((text) => text.replaceAll(GLUE, ' '))
}
