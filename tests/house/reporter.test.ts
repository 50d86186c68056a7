import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { rootFolder } from '../needs.ts'

// Inside the project, so that vitest is found; the folder is no test of the project itself.
mkdirSync(join(rootFolder, '.cache'), { recursive: true })
const folder = mkdtempSync(join(rootFolder, '.cache/reporter-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function run(ci: string): { status: number | null; lines: string[] } {
  writeFileSync(
    join(folder, 'a.test.ts'),
    `import { beforeAll, describe, expect, it } from 'vitest'
import { describeNeeds, itNeeds } from ${JSON.stringify(join(rootFolder, 'tests/needs.ts'))}
it('passes', () => {})
it('fails', () => expect(1).toBe(2))
itNeeds(['no-such-program', 'sh'], 'compares', () => {})
describeNeeds(['no-such-program'], 'a whole suite', () => { throw new Error('declared') })
itNeeds(['sh'], 'has all it needs', () => {})
it.skip('sleeps', () => {})
describe('hook', () => { beforeAll(() => { throw new Error('hook') }); it('never starts', () => {}) })
`,
  )
  const reporter = JSON.stringify(join(rootFolder, 'tests/reporter.ts'))
  writeFileSync(
    join(folder, 'vitest.config.mjs'),
    `export default { test: { include: ['*.test.ts'], reporters: [${reporter}] } }`,
  )
  const vitest = join(rootFolder, 'node_modules/vitest/vitest.mjs')
  const { status, stdout } = spawnSync(process.execPath, [vitest, 'run'], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, CI: ci },
  })
  return { status, lines: stdout.trim().split('\n') }
}

it('names each skipped test with its reason and closes with the counts', () => {
  const { status, lines } = run('')
  expect(status).toBe(1)
  expect(lines).toEqual([
    'skipped: a.test.ts > compares (needs the program no-such-program; scripts/debian-packages installs it)',
    'skipped: a.test.ts > a whole suite (needs the program no-such-program; scripts/debian-packages installs it)',
    'skipped: a.test.ts > sleeps (no reason given)',
    'skipped: a.test.ts > hook > never starts (no reason given)',
    '2 passed, 2 failed, 4 skipped',
  ])
})

it('fails under CI what is skipped elsewhere', () => {
  const { status, lines } = run('true')
  expect(status).toBe(1)
  expect(lines.slice(-2)).toEqual(['under CI nothing may be skipped', '2 passed, 4 failed, 2 skipped'])
})
