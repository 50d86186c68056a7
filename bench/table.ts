export interface BenchOptions {
  /** Runs of each program. */
  readonly runs: number
  /** Measure only the parts whose name contains it; '' for all. */
  readonly only: string
}

/** Measures, prints, and returns the number of bounds missed. */
export type Table = (options: BenchOptions) => Promise<number>

export type Cell = string | number

/** Prints rows under a heading in columns: numbers to the right, text to the left. */
export function printTable(title: string, heading: readonly string[], rows: readonly (readonly Cell[])[]): void {
  if (rows.length === 0) return
  const text = [heading, ...rows].map((row) => row.map(String))
  const widths = heading.map((_, column) => Math.max(...text.map((row) => row[column].length)))
  const isNumber = heading.map((_, column) => rows.every((row) => /^[+-]?[\d.]/.test(String(row[column]))))
  console.log(`\n${title}`)
  for (const row of text) {
    const cells = row.map((cell, i) => (isNumber[i] ? cell.padStart(widths[i]) : cell.padEnd(widths[i])))
    console.log(`  ${cells.join('  ').trimEnd()}`)
  }
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/** Three significant digits at least: 0.0286, 0.241, 12.3. */
export function brief(value: number): string {
  if (value === 0) return '0'
  const digits = Math.min(Math.max(2 - Math.floor(Math.log10(Math.abs(value))), 0), 4)
  return value.toFixed(digits)
}

/** Bytes as MB of a million. */
export function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1)
}
