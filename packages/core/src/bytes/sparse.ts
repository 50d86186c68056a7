const SHIFT = 8
const MASK = (1 << SHIFT) - 1

/** Objects by small numbers, most of which have none. Room is made 256 numbers at a time, where something is set, and
 *  nothing is copied as it grows. */
export class Sparse<T> {
  private readonly pages: ((T | null)[] | null)[] = []

  get(index: number): T | null {
    const page = index >> SHIFT
    if (page >= this.pages.length) return null
    const values = this.pages[page]
    return values === null ? null : values[index & MASK]
  }

  set(index: number, value: T): void {
    const page = index >> SHIFT
    while (this.pages.length <= page) this.pages.push(null)
    let values = this.pages[page]
    if (values === null) values = this.pages[page] = new Array<T | null>(MASK + 1).fill(null)
    values[index & MASK] = value
  }

  clear(index: number): void {
    const values = this.pages[index >> SHIFT]
    if (values !== undefined && values !== null) values[index & MASK] = null
  }
}
