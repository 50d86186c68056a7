/** The note's own values, and how to find one that was left over in a report on something else. */

/** Ports, sizes, sequence numbers, windows, durations in ms. */
const NUMBERS: ReadonlySet<number> = new Set([
  58384, 611, 612, 613, 328, 329, 974, 975, 1302, 1303, 1304, 1460, 5840, 6721, 64233, 65535, 846, 2008, 298227,
  3718379515, 3718379516, 261066897, 261066898, 9945, 9946, 9947, 9948, 9949, 9950, 9951, 9952, 9953, 9954, 9955, 9956,
  9957, 9958, 9959, 9960, 9961, 9962, 9963, 9964, 9965,
])

export function isOfTheNote(value: number): boolean {
  return NUMBERS.has(value)
}

/** Also as the end of a larger number that is written with commas. */
export function isSizeOfTheNote(value: number): boolean {
  return isOfTheNote(value) || isOfTheNote(value % 1000)
}

/** Addresses, names, header values and times of the note. */
const WORDS: readonly RegExp[] = [
  /10\.1\.9\.11\b/,
  /192\.168\.64\.71/,
  /[\d\]]:80\b(?!:)/,
  /"port":80\b/,
  /\bGET\b/,
  /tcpdump\.com|tsf\.oa|\boa\.com/i,
  /Apache|Mozilla|MSIE|PHP|GB2312|62ec9840|image\/gif/,
  /timeout=15\b|(?<!min |[\d.])15 s\b|"offeredSeconds":15\b|(?<![\d.])15 秒/,
  /\b9\.9[456] s\b/,
  /(?<!h )\b14 min/,
  /10:13:|02:13:01|02:27:08/,
  /Aug 2008/,
  /\beth2\b/,
]

/** Whole numbers, `1,302` too; the digits of a fraction are no number, nor are those of a word. */
const NUMBER = /(?<![\d.a-z])(?:(?<!\[)\d{1,3}(?:,\d{3})+|\d+)(?![\d:]|\.\d| h )/gi

/** Each of the note's values that the text contains, with a little of what is around it. `own`: numbers that the report's
 *  own subject happens to have too. */
export function findLeftovers(text: string, own: readonly number[] = []): string[] {
  const found: string[] = []
  for (const word of WORDS) {
    const match = word.exec(text)
    if (match !== null) found.push(around(text, match.index))
  }
  for (const match of text.matchAll(NUMBER)) {
    const value = Number(match[0].replaceAll(',', ''))
    if (NUMBERS.has(value) && !own.includes(value)) found.push(around(text, match.index))
  }
  return found
}

function around(text: string, at: number): string {
  return text.slice(Math.max(0, at - 40), at + 40).replaceAll('\n', ' ')
}
