import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { expect, test } from 'vitest'
import { analyseChunks, fixtureCaptures, randomNumbers } from '../support/analysis.ts'

for (const path of fixtureCaptures()) {
  test(`any split of ${basename(path)} into chunks gives the same report`, () => {
    const bytes = new Uint8Array(readFileSync(path))
    const whole = analyseChunks(bytes, [bytes.length])
    expect(whole.length).toBeGreaterThan(2)
    expect(analyseChunks(bytes, [7])).toEqual(whole)
    const random = randomNumbers(bytes.length)
    for (let draw = 0; draw < 4; draw++) {
      const sizes = Array.from({ length: 200 }, () => 1 + Math.floor(random() * 700))
      expect(analyseChunks(bytes, sizes)).toEqual(whole)
    }
  })
}
