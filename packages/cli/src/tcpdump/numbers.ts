/** Numbers of the command line as C reads them. */

const INT_MAX = 0x7fffffff

/** atoi(): leading white space, a sign, decimal digits; what follows them does not matter. No digits: 0. */
export function atoi(text: string): number {
  const digits = /^[ \t\n\v\f\r]*([+-]?\d+)/.exec(text)
  // strtol() stops at the border of a long, which atoi() cuts to an int.
  if (digits === null) return 0
  const value = Number(digits[1])
  if (Math.abs(value) >= 2 ** 63) return value < 0 ? 0 : -1
  return Number(BigInt.asIntN(32, BigInt(digits[1])))
}

/** strtol() in base 10, 8 (leading 0) or 16 (leading 0x), of the whole text; null if that is no number or no int. */
export function wholeNumber(text: string): number | null {
  const match = /^[ \t\n\v\f\r]*([+-]?)(?:0[xX]([\da-fA-F]+)|(0[0-7]*)|([1-9]\d*))$/.exec(text)
  if (match === null) return null
  const [, sign, hex, octal, decimal] = match
  const value =
    hex !== undefined ? Number.parseInt(hex, 16) : octal !== undefined ? Number.parseInt(octal, 8) : Number(decimal)
  return value > INT_MAX ? null : sign === '-' ? -value : value
}
