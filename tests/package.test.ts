import { execFile, execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { rootFolder } from './needs.ts'

/** Both packages, packed, installed offline into a folder that knows nothing of this one, and used there. */

const elsewhere = mkdtempSync(join(tmpdir(), 'wiretale-package-'))
const capture = join(elsewhere, 'http-practice.pcap')
const installed = (path: string): string => join(elsewhere, 'node_modules', path)

interface Packed {
  name: string
  filename: string
  files: { path: string }[]
}
let packed: Packed[]

/** npm and what it starts see no setting of the npm that runs the tests. */
const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name)))
const run = (program: string, args: string[]): string =>
  execFileSync(program, args, { cwd: elsewhere, encoding: 'utf8', env, stdio: ['ignore', 'pipe', 'pipe'] })

beforeAll(async () => {
  // `npm test` has built both; packing them must not build again, beside the other tests.
  const { stdout } = await promisify(execFile)(
    'npm',
    [
      'pack',
      '--json',
      '--ignore-scripts',
      '--pack-destination',
      elsewhere,
      '-w',
      'packages/core',
      '-w',
      'packages/cli',
    ],
    { cwd: rootFolder, env },
  )
  packed = JSON.parse(stdout) as Packed[]
  cpSync(join(rootFolder, 'examples/http-practice.pcap'), capture)
  writeFileSync(join(elsewhere, 'package.json'), '{"name":"elsewhere","private":true,"type":"module"}')
  // Reading files needs nothing native.
  run('npm', [
    'install',
    '--offline',
    '--omit=optional',
    '--no-audit',
    '--no-fund',
    ...packed.map(({ filename }) => `./${filename}`),
  ])
})
afterAll(() => rmSync(elsewhere, { recursive: true, force: true }))

it('packs what runs and its licence, nothing else', () => {
  const paths = Object.fromEntries(packed.map(({ name, files }) => [name, files.map(({ path }) => path)]))
  const extra = (name: string, wanted: RegExp) => paths[name]!.filter((path) => !wanted.test(path))
  expect(extra('@wiretale/core', /^(package\.json|README\.md|LICENSE|dist\/.+\.(js|d\.ts))$/)).toEqual([])
  expect(
    extra(
      'wiretale',
      /^(package\.json|README\.md|LICENSE|dist\/(wiretale|main-[0-9a-f]{12})\.cjs|dist\/wiretale\.1|dist\/completions\/wiretale\.(bash|zsh|fish))$/,
    ),
  ).toEqual([])
  expect(paths['@wiretale/core']).toEqual(
    expect.arrayContaining(['README.md', 'LICENSE', 'dist/index.js', 'dist/index.d.ts']),
  )
  expect(paths.wiretale).toEqual(
    expect.arrayContaining([
      'README.md',
      'LICENSE',
      'dist/wiretale.cjs',
      'dist/wiretale.1',
      'dist/completions/wiretale.zsh',
    ]),
  )
})

it('installs nothing but the two where optional packages are left out', () => {
  const lock = JSON.parse(readFileSync(installed('.package-lock.json'), 'utf8')) as { packages: object }
  expect(Object.keys(lock.packages).sort()).toEqual(['node_modules/@wiretale/core', 'node_modules/wiretale'])
})

it('runs the command', () => {
  const { version } = JSON.parse(readFileSync(join(rootFolder, 'package.json'), 'utf8')) as { version: string }
  expect(run(installed('.bin/wiretale'), ['--version'])).toContain(version)
  const lines = run(installed('.bin/wiretale'), ['explain', '--json', '--types', 'summary', capture]).trim().split('\n')
  expect(JSON.parse(lines.at(-1)!)).toMatchObject({ type: 'summary', packets: 11, conversations: 1, exchanges: 1 })
})

it('keeps the compiled command beside it, and starts from it', () => {
  const cache = installed('wiretale/dist/cache')
  rmSync(cache, { recursive: true, force: true })
  const first = run(installed('.bin/wiretale'), ['--help'])
  const [file] = execFileSync('ls', [cache], { encoding: 'utf8' }).trim().split('\n')
  const kept = readFileSync(join(cache, file!))
  expect(kept.length).toBeGreaterThan(1000)
  expect(run(installed('.bin/wiretale'), ['--help'])).toBe(first)
  // Bytes that V8 refuses are replaced, and never run.
  writeFileSync(join(cache, file!), 'nonsense')
  expect(run(installed('.bin/wiretale'), ['--help'])).toBe(first)
  expect(readFileSync(join(cache, file!)).length).toBeGreaterThan(1000)
})

it('imports the library, which asks for nothing of Node', () => {
  writeFileSync(
    join(elsewhere, 'use.mjs'),
    `import * as core from '@wiretale/core'
console.log(JSON.stringify(Object.entries(core).filter(([, value]) => typeof value === 'function').map(([name]) => name)))`,
  )
  expect(JSON.parse(run(process.execPath, ['use.mjs']))).not.toEqual([])
  const core = packed.find(({ name }) => name === '@wiretale/core')!
  for (const { path } of core.files.filter(({ path }) => /\.js$/.test(path))) {
    const text = readFileSync(installed(join('@wiretale/core', path)), 'utf8')
    // Statements, and import() anywhere; a text that prints "from" is neither.
    const statement =
      /^(?:import\s*|(?:import|export)\b[^'"=;]*\bfrom\s*)['"]([^'"]+)['"]|\bimport\s*\(\s*['"]([^'"]+)['"]/gm
    const imports = [...text.matchAll(statement)].map(([, name, lazy]) => (name ?? lazy)!)
    expect(imports.length > 0 || !/^import /m.test(text), path).toBe(true)
    expect(
      imports.filter((name) => !name.startsWith('.')),
      path,
    ).toEqual([])
  }
})

it('carries types that a strict project accepts', () => {
  mkdirSync(join(elsewhere, 'typed'))
  writeFileSync(
    join(elsewhere, 'typed/use.ts'),
    `import type { ConversationLine } from '@wiretale/core'
export const first = (c: ConversationLine): 'client' | 'server' | 'both' | 'none' | null => c.closedFirst
// @ts-expect-error a client has an address, no name
export const wrong = (c: ConversationLine): string => c.client.name
`,
  )
  const tsc = join(rootFolder, 'node_modules/typescript/bin/tsc')
  const compilerOptions = {
    noEmit: true,
    strict: true,
    module: 'nodenext',
    target: 'es2023',
    lib: ['es2023'],
    types: [],
  }
  writeFileSync(join(elsewhere, 'typed/tsconfig.json'), JSON.stringify({ compilerOptions }))
  expect(run(process.execPath, [tsc, '-p', 'typed'])).toBe('')
})
