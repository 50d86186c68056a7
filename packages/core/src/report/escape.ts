/** The one place where text that came from packets is made safe to show. Renderers pass every report line through
 *  escapeStrings() before they measure or lay out anything, so that nothing downstream meets a raw control byte. */

// C0, DEL, C1; soft hyphen and other invisible or reordering format characters; line separators; fillers;
// variation selectors (terminals disagree on their width); lone surrogates; tags. Bidi: UAX #9, Trojan Source.
const UNSAFE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  // biome-ignore lint/suspicious/noMisleadingCharacterClass: single code points are meant, not letters
  /[\u0000-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]|[\u{e0000}-\u{e0fff}]|[\u{1bca0}-\u{1bca3}\u{1d173}-\u{1d17a}]|(?<=\p{M}\p{M})\p{M}+/gu

const PLAIN = /^[\x20-\x7e]*$/

/** Writes a code point as `\x1b`, `\u202e` or `\u{e0001}`: printable, and its number stays readable. */
function spell(unsafe: string): string {
  let spelled = ''
  for (const character of unsafe) {
    const code = character.codePointAt(0)!
    if (code < 0x100) spelled += `\\x${code.toString(16).padStart(2, '0')}`
    else if (code < 0x10000) spelled += `\\u${code.toString(16).padStart(4, '0')}`
    else spelled += `\\u{${code.toString(16)}}`
  }
  return spelled
}

/** Text with every control, invisible and direction-changing character spelled out. At most two combining marks
 *  stay on a letter: stacks of them would draw over other lines. */
export function escapeText(text: string): string {
  return PLAIN.test(text) ? text : text.replace(UNSAFE, spell)
}

/** The same value with escapeText() applied to every string in it; shares what needs no change. */
export function escapeStrings<T>(value: T): T {
  if (typeof value === 'string') return escapeText(value) as T
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) {
    if (typeof value[0] === 'number') return value
    return value.map(escapeStrings) as T
  }
  const source = value as Record<string, unknown>
  let copy: Record<string, unknown> | null = null
  for (const key in source) {
    const before = source[key]
    const after = escapeStrings(before)
    if (after === before) continue
    copy ??= { ...source }
    copy[key] = after
  }
  return (copy ?? source) as T
}

const UNSAFE_IN_JSON =
  // biome-ignore lint/suspicious/noMisleadingCharacterClass: single code points are meant, not letters
  /[\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff]|\udb40[\udc00-\udfff]/g

/** JSON text with the same characters as `\uXXXX`: the value stays exactly the same for whoever parses it.
 *  (JSON.stringify already does so for C0 and lone surrogates.) */
export function escapeJson(json: string): string {
  return json.replace(UNSAFE_IN_JSON, (unsafe) => {
    let spelled = ''
    for (let i = 0; i < unsafe.length; i++) spelled += `\\u${unsafe.charCodeAt(i).toString(16).padStart(4, '0')}`
    return spelled
  })
}
