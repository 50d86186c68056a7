import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { rootFolder } from '../needs.ts'
import { fixtureCaptures, linesOf } from '../support/analysis.ts'
import { storyLines, storyOf } from '../support/story.ts'

/** What is told of every packet of every capture, beside it in a file that people read: `npm run test -- tests/story` compares,
 *  `STORY=write` in the environment writes the files anew. */
describe('the story of each packet', () => {
  it.each(fixtureCaptures().map((path) => [basename(path, '.pcap'), path]))('%s', (name, path) => {
    const golden = join(rootFolder, 'tests/story', `${name}.txt`)
    const told = storyOf(linesOf(storyLines(readFileSync(path)), 'packet'))
    if (process.env.STORY === 'write') writeFileSync(golden, told)
    expect(existsSync(golden), `${golden} is missing: STORY=write writes it`).toBe(true)
    expect(told).toBe(readFileSync(golden, 'utf8'))
  })
})
