/** Numbers for the values that registers hold: two computations get the same number only if they give the same value for
 *  every packet. Loads count as computations, since a packet does not change. */
export class ValueTable {
  private readonly constants = new Map<number, number>()
  private readonly computations = new Map<number, number>()
  private readonly constantOf: (number | undefined)[] = []

  /** A value of which nothing is known. */
  fresh(): number {
    return this.constantOf.push(undefined) - 1
  }

  constant(value: number): number {
    let id = this.constants.get(value)
    if (id === undefined) {
      id = this.constantOf.push(value) - 1
      this.constants.set(value, id)
    }
    return id
  }

  /** The number that a value always is, undefined if it is not constant. */
  asConstant(id: number): number | undefined {
    return this.constantOf[id]
  }

  /** What an instruction makes of one or two values. */
  computation(code: number, a: number, b = 0): number {
    // Exact up to 2^53: codes take 8 bits, values up to 22 each.
    const key = (code * 0x400000 + a) * 0x400000 + b
    let id = this.computations.get(key)
    if (id === undefined) {
      id = this.fresh()
      this.computations.set(key, id)
    }
    return id
  }
}
