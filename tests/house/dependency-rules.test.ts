import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { rootFolder } from '../needs.ts'

/** The rules of .dependency-cruiser.cjs, held against a small house in which each is broken once. */

const house = mkdtempSync(join(tmpdir(), 'wiretale-rules-'))
afterAll(() => rmSync(house, { recursive: true, force: true }))

/** Violations as `rule: from → to`, sorted. */
function violations(files: Record<string, string>): string[] {
  rmSync(house, { recursive: true, force: true })
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(house, path)), { recursive: true })
    writeFileSync(join(house, path), text)
  }
  cpSync(join(rootFolder, 'tsconfig.base.json'), join(house, 'tsconfig.base.json'))
  cpSync(join(rootFolder, 'tsconfig.json'), join(house, 'tsconfig.json'))
  const bin = join(rootFolder, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs')
  const config = join(rootFolder, '.dependency-cruiser.cjs')
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [bin, '--config', config, '--output-type', 'json', 'packages'],
    {
      cwd: house,
      encoding: 'utf8',
    },
  )
  if (stderr) throw new Error(stderr)
  const short = (path: string) => path.replace('packages/core/src/', '')
  const { summary } = JSON.parse(stdout) as {
    summary: { violations: { rule: { name: string }; from: string; to: string }[] }
  }
  return summary.violations.map(({ rule, from, to }) => `${rule.name}: ${short(from)} → ${short(to)}`).sort()
}

const src = (files: Record<string, string>) =>
  Object.fromEntries(Object.entries(files).map(([path, text]) => [`packages/core/src/${path}`, text]))

it('lets each floor use what lies under it', () => {
  expect(
    violations(
      src({
        'units.ts': 'export type Bytes = number',
        'bytes/read.ts': "import type { Bytes } from '../units.ts'; export const read = (b: Bytes): Bytes => b",
        'wire/tcp.ts': "import { read } from '../bytes/read.ts'; export const seq = read",
        'packet/dissect.ts': "import * as tcp from '../wire/tcp.ts'; export const dissect = tcp.seq",
        'packet/dissect.test.ts': "import { report } from '../report/json.ts'; import 'node:fs'; report()",
        'report/json.ts': "import { dissect } from '../packet/dissect.ts'; export const report = () => dissect(1)",
        'index.ts': "export { report } from './report/json.ts'",
      }),
    ),
  ).toEqual([])
})

it('refuses an import of a floor above, be it of a type only', () => {
  expect(
    violations(
      src({
        'bytes/read.ts': "import type { Tcp } from '../wire/tcp.ts'; export type Read = Tcp",
        'wire/tcp.ts': "import '../filter/bpf.ts'; export type Tcp = 1",
        'filter/bpf.ts': 'export const bpf = 1',
        'conversation/flow.ts': "import type { Rule } from '../findings/rule.ts'; export type Flow = Rule",
        'http/head.ts': "import '../story/tell.ts'",
        'findings/rule.ts': "import type { Report } from '../report/json.ts'; export type Rule = Report",
        'story/tell.ts': 'export const tell = 1',
        'report/json.ts': 'export type Report = 1',
      }),
    ),
  ).toEqual([
    'floor bytes: bytes/read.ts → wire/tcp.ts',
    'floor conversation: conversation/flow.ts → findings/rule.ts',
    'floor findings: findings/rule.ts → report/json.ts',
    'floor http: http/head.ts → story/tell.ts',
    'floor wire: wire/tcp.ts → filter/bpf.ts',
  ])
})

it('refuses cycles, Node and packages in the core, its back doors, barrels, strange folders and missing files', () => {
  expect(
    violations({
      ...src({
        'wire/ip.ts': "import type { Tcp } from './tcp.ts'; export type Ip = Tcp",
        'wire/tcp.ts': "import type { Ip } from './ip.ts'; export type Tcp = Ip",
        'bytes/read.ts': "import { readFileSync } from 'node:fs'; export const read = readFileSync",
        'bytes/gone.ts': "import './nowhere.ts'",
        'odd/thing.ts': "import '../units.ts'",
        'units.ts': 'export type Bytes = number',
        'packet/index.ts': 'export const packet = 1',
        'packet/user.ts': "import './index.ts'",
      }),
      'packages/cli/src/main.ts': "import '../../core/src/bytes/read.ts'",
    }),
  ).toEqual([
    'core is pure: bytes/read.ts → fs',
    'every file has a floor: odd/thing.ts → units.ts',
    'no barrel: packet/user.ts → packet/index.ts',
    'no cycle: wire/ip.ts → wire/tcp.ts',
    'no missing file: bytes/gone.ts → ./nowhere.ts',
    'the core has one door: packages/cli/src/main.ts → bytes/read.ts',
  ])
})
