/** A cursor over one line of text. Every step costs time linear in what it passes; nothing backtracks further than
 *  the caller's own saved position, so a hostile line cannot make the parser slow. */
export class Scanner {
  text = ''
  at = 0

  reset(text: string, at = 0): this {
    this.text = text
    this.at = at
    return this
  }

  get ended(): boolean {
    return this.at >= this.text.length
  }

  /** Character code at the cursor, -1 at the end. */
  code(): number {
    return this.at < this.text.length ? this.text.charCodeAt(this.at) : -1
  }

  spaces(): this {
    while (this.at < this.text.length && isSpace(this.text.charCodeAt(this.at))) this.at++
    return this
  }

  /** Spaces and commas: what separates the fields of a packet line in any version. */
  separators(): this {
    for (let c = this.code(); isSpace(c) || c === 0x2c; c = this.code()) this.at++
    return this
  }

  literal(wanted: string): boolean {
    if (!this.text.startsWith(wanted, this.at)) return false
    this.at += wanted.length
    return true
  }

  /** A whole word: no letter, digit or underscore follows. */
  word(wanted: string): boolean {
    if (!this.text.startsWith(wanted, this.at)) return false
    const next = this.at + wanted.length
    if (next < this.text.length && isWordCode(this.text.charCodeAt(next))) return false
    this.at = next
    return true
  }

  /** Unsigned decimal of at most 10 digits, or -1 with the cursor unmoved. */
  number(): number {
    const from = this.at
    let value = 0
    let at = from
    while (at < this.text.length && isDigit(this.text.charCodeAt(at))) {
      if (at - from >= 10) return -1
      value = value * 10 + this.text.charCodeAt(at) - 0x30
      at++
    }
    if (at === from) return -1
    this.at = at
    return value
  }

  /** `0x…` of at most 8 digits, or -1 with the cursor unmoved. */
  hex(): number {
    if (!this.text.startsWith('0x', this.at)) return -1
    let at = this.at + 2
    let value = 0
    for (let digit = hexDigit(this.text, at); digit >= 0; digit = hexDigit(this.text, at)) {
      if (at - this.at >= 10) return -1
      value = value * 16 + digit
      at++
    }
    if (at === this.at + 2) return -1
    this.at = at
    return value
  }

  /** Decimal or `0x…`; -1 when neither. */
  value(): number {
    const hex = this.hex()
    return hex >= 0 ? hex : this.number()
  }

  /** The run of characters that are not white space. */
  token(): string {
    const from = this.at
    while (this.at < this.text.length && !isSpace(this.text.charCodeAt(this.at))) this.at++
    return this.text.slice(from, this.at)
  }

  /** Moves past the next `wanted` character; false (cursor unmoved) if there is none. */
  past(wanted: string): boolean {
    const found = this.text.indexOf(wanted, this.at)
    if (found < 0) return false
    this.at = found + wanted.length
    return true
  }
}

export function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39
}

export function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x09
}

/** ASCII letter, digit or underscore. */
export function isWordCode(code: number): boolean {
  return isDigit(code) || (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a) || code === 0x5f
}

/** Value of the hexadecimal digit text[at], -1 when it is none. */
export function hexDigit(text: string, at: number): number {
  if (at >= text.length) return -1
  const code = text.charCodeAt(at)
  if (isDigit(code)) return code - 0x30
  const lower = code | 0x20
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1
}
