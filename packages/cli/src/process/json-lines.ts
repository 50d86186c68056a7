import type { Readable } from 'node:stream'

/** Longer lines are not read. */
const LONGEST = 1 << 20

/** Visits the value of each line; lines that are no JSON are left out. */
export function eachJsonLine(input: Readable, visit: (value: unknown) => void): void {
  let rest = ''
  input.setEncoding('utf8')
  input.on('data', (text: string) => {
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    if (rest.length > LONGEST) rest = ''
    for (const line of lines) {
      let value: unknown
      try {
        value = JSON.parse(line)
      } catch {
        continue
      }
      visit(value)
    }
  })
}
