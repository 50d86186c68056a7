import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { labelNames } from '../packages/core/src/conversation/labels.ts'
import { captureEn } from '../packages/core/src/story/messages/capture-en.ts'
import { packetEn } from '../packages/core/src/story/messages/packet-en.ts'
import { rootFolder } from './needs.ts'

const read = (path: string): string => readFileSync(join(rootFolder, path), 'utf8')
const page = read('docs/report.md')

/** All property names of a JSON Schema. */
function properties(schema: unknown, found = new Set<string>()): Set<string> {
  if (typeof schema !== 'object' || schema === null) return found
  for (const [key, value] of Object.entries(schema)) {
    if (key === 'properties') for (const name of Object.keys(value)) found.add(name)
    properties(value, found)
  }
  return found
}

describe('docs/report.md', () => {
  it('names every field of the schema', () => {
    const missing = [...properties(JSON.parse(read('packages/core/report.schema.json')))].filter(
      (name) => !new RegExp(`[\`".]${name}[\`"]`).test(page),
    )
    expect(missing).toEqual([])
  })

  it('names every note and every label', () => {
    for (const id of [...Object.keys(packetEn), ...Object.keys(captureEn)]) expect(page).toContain(`\`${id}\``)
    for (const label of labelNames(-1)) expect(page).toContain(`\`${label}\``)
  })
})

describe('docs', () => {
  const files = readdirSync(join(rootFolder, 'docs'), { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.md'),
  )

  it('numbers decisions without a gap', () => {
    const numbers = files.filter((name) => name.startsWith('adr')).map((name) => Number(/(\d{4})-/.exec(name)?.[1]))
    expect(numbers.sort()).toEqual(numbers.map((_, i) => i + 1))
  })
})
