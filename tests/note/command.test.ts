import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { ReportLine } from '../../packages/core/src/model/lines.ts'
import { rootFolder } from '../needs.ts'
import { expectReport, SNAPLEN, type Source } from './expected.ts'
import { reportOf } from './explain.ts'
import { makeVariant, type Variant } from './generator.ts'
import { findLeftovers } from './leftovers.ts'
import { textOf } from './trace.ts'
import { pcapOf } from './wire.ts'

/** Some variants through the command itself. */

const run = promisify(execFile)
let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'wiretale-note-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function explain(path: string, ...options: string[]): Promise<string> {
  const env = { ...process.env, TZ: 'Asia/Shanghai', LC_ALL: 'C.UTF-8' }
  return (await run(join(rootFolder, 'wiretale'), ['explain', ...options, path], { env })).stdout
}

const inputs: readonly [Source['kind'], number, (v: Variant) => Uint8Array][] = [
  ['whole', 301, (v) => pcapOf(v, { nanoseconds: false, little: true, snaplen: 262_144 })],
  ['cut', 302, (v) => pcapOf(v, { nanoseconds: false, little: false, snaplen: SNAPLEN })],
  ['modern', 303, (v) => Buffer.from(textOf(v, 'modern'))],
  ['classic', 304, (v) => Buffer.from(textOf(v, 'classic'))],
]

it.each(inputs)('the command explains a variant as the library does: %s', async (kind, seed, bytes) => {
  const v = makeVariant(seed)
  const path = join(folder, `${kind}-${seed}`)
  writeFileSync(path, bytes(v))
  const [json, text] = await Promise.all([explain(path, '--json'), explain(path, '--lang', 'zh')])
  const lines = json
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as ReportLine)
  const report = reportOf(lines, 'en')
  expectReport(v, { kind, nanoseconds: false }, report)
  expect(text).toContain(v.closer === 'client' ? '客户端先发 FIN' : '服务器先发 FIN')
  const whole = (json + text).replaceAll(v.client.text, 'CLIENT').replaceAll(v.server.text, 'SERVER')
  expect(findLeftovers(whole, [report.summary.bytes])).toEqual([])
})
