import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Ajv } from 'ajv'
import { describe, expect, it } from 'vitest'
import { manyLines, noteLines } from '../../../../tests/support/report-lines.ts'
import { renderJson } from './json.ts'

const schema = JSON.parse(readFileSync(new URL('../../report.schema.json', import.meta.url), 'utf8'))
const validate = new Ajv({ allErrors: true }).compile(schema)

describe('report.schema.json', () => {
  it.each(['en', 'both'] as const)('accepts rendered lines (%s)', (lang) => {
    for (const line of [...noteLines(lang), ...manyLines(lang)]) {
      expect(validate(JSON.parse(renderJson(line))) || validate.errors).toBe(true)
    }
  })

  it('is what the types say', () => {
    const script = fileURLToPath(new URL('../../../../scripts/generate-schema.mjs', import.meta.url))
    const { status, stderr } = spawnSync(process.execPath, [script, '--check'], { encoding: 'utf8' })
    expect([status, stderr]).toEqual([0, ''])
  })

  it('refuses what the types do not have', () => {
    const [capture, packet] = noteLines('en')
    expect(validate({ ...capture, v: 2 })).toBe(false)
    expect(validate({ ...packet, from: 'router' })).toBe(false)
    expect(validate({ ...packet, surprise: 1 })).toBe(false)
    expect(validate({ type: 'summary' })).toBe(false)
  })
})
