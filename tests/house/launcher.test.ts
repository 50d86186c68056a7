import { execFile, execFileSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { itNeeds, rootFolder } from '../needs.ts'

/** The launcher and scripts/prepare, in a checkout whose npm and build are stand-ins that write down each call. */

const sandbox = mkdtempSync(join(tmpdir(), 'wiretale launcher '))
const checkout = join(sandbox, 'check out')
const bin = join(sandbox, 'bin')
const calls = join(sandbox, 'calls')
const dist = join(checkout, 'packages/cli/dist')

function script(path: string, text: string): void {
  writeFileSync(path, text)
  chmodSync(path, 0o755)
}

interface Outcome {
  code: number
  out: string
  err: string
}

/** Runs ./wiretale (or a link to it) with the stand-ins first in PATH. */
async function start(
  args: string[] = [],
  options: { program?: string; cwd?: string; env?: Record<string, string>; input?: string } = {},
): Promise<Outcome> {
  const env = {
    PATH: `${bin}:${process.env.PATH}`,
    HOME: join(sandbox, 'home'),
    WIRETALE_FETCH_NODE: '0',
    ...options.env,
  }
  const running = promisify(execFile)(options.program ?? join(checkout, 'wiretale'), args, {
    cwd: options.cwd ?? sandbox,
    env,
  })
  running.child.stdin?.end(options.input ?? '')
  try {
    const { stdout, stderr } = await running
    return { code: 0, out: stdout, err: stderr }
  } catch (error) {
    const failed = error as { code: number; stdout: string; stderr: string }
    return { code: failed.code, out: failed.stdout, err: failed.stderr }
  }
}

const madeCalls = (): string[] => (existsSync(calls) ? readFileSync(calls, 'utf8').trim().split('\n') : [])

beforeAll(() => {
  mkdirSync(bin)
  mkdirSync(join(sandbox, 'home'))
})

beforeEach(() => {
  rmSync(checkout, { recursive: true, force: true })
  rmSync(calls, { force: true })
  mkdirSync(join(checkout, 'scripts'), { recursive: true })
  mkdirSync(join(checkout, 'packages/cli'), { recursive: true })
  for (const path of ['wiretale', 'scripts/prepare', 'scripts/check-installed.mjs', 'scripts/root.mjs'])
    cpSync(join(rootFolder, path), join(checkout, path))
  const old = new Date(Date.now() - 60_000)
  mkdirSync(join(checkout, '.git/logs'), { recursive: true })
  for (const [path, text] of [
    ['package-lock.json', '{"packages":{"":{},"node_modules/a":{"version":"1.0.0","integrity":"i"}}}'],
    ['.git/logs/HEAD', ''],
  ] as const) {
    writeFileSync(join(checkout, path), text)
    utimesSync(join(checkout, path), old, old)
  }
  writeFileSync(
    join(checkout, 'scripts/build.mjs'),
    `import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs'
appendFileSync(${JSON.stringify(calls)}, 'build\\n')
await new Promise((done) => setTimeout(done, 100))
mkdirSync('packages/cli/dist', { recursive: true })
writeFileSync('packages/cli/dist/wiretale.cjs', \`
  if (process.argv[2] === '--version') console.log('wiretale 0')
  else if (process.argv[2] === '-') process.stdin.pipe(process.stdout)
  else console.log(JSON.stringify([process.env.WIRETALE_ARGV0, ...process.argv.slice(2)]))
\`)`,
  )
  script(
    join(bin, 'npm'),
    `#!/bin/sh
echo "npm $*" >>'${calls}'
mkdir -p node_modules && cp package-lock.json node_modules/.package-lock.json
`,
  )
})

afterAll(() => rmSync(sandbox, { recursive: true, force: true }))

it('installs and builds on first use with one line on stderr, and never again', async () => {
  const first = await start(['explain', 'a b', '$c'])
  expect(first).toMatchObject({
    code: 0,
    out: `${JSON.stringify([join(checkout, 'wiretale'), 'explain', 'a b', '$c'])}\n`,
  })
  expect(first.err).toMatch(/^wiretale: first use: [^\n]+\n$/)
  expect(madeCalls()).toEqual(['npm ci --include=dev --no-audit --no-fund', 'build'])
  expect(await start(['x'])).toMatchObject({ code: 0, err: '' })
  expect(madeCalls()).toHaveLength(2)
})

itNeeds(['strace'], 'spawns nothing but the command on a later start', async () => {
  await start()
  const trace = join(sandbox, 'trace')
  execFileSync(
    'strace',
    ['-f', '-e', 'trace=execve,clone,clone3,fork,vfork', '-o', trace, join(checkout, 'wiretale'), 'x'],
    {
      env: { PATH: `${bin}:${process.env.PATH}` },
    },
  )
  const beforeNode = readFileSync(trace, 'utf8').split(/execve\("[^"]*node"/)[0]!
  expect(beforeNode.match(/execve|clone|fork/g)).toEqual(['execve'])
})

it('builds again after a pull, and installs again only when the lock file asks for something else', async () => {
  await start()
  const head = join(checkout, '.git/logs/HEAD')
  const later = new Date(Date.now() + 1000)
  writeFileSync(head, 'pulled')
  utimesSync(head, later, later)
  expect((await start()).err).toBe('wiretale: this checkout changed: building …\n')
  expect(madeCalls()).toHaveLength(3)
  // The time stamp from the future does not make every start a build.
  expect((await start()).err).toBe('')
  const lock = join(checkout, 'package-lock.json')
  writeFileSync(lock, readFileSync(lock, 'utf8').replace('1.0.0', '1.0.1'))
  await start()
  expect(madeCalls().slice(3)).toEqual(['npm ci --include=dev --no-audit --no-fund', 'build'])
})

it('works from any folder, through links, and hands on the name it was called by', async () => {
  mkdirSync(join(sandbox, 'links'))
  symlinkSync('../check out/wiretale', join(sandbox, 'links/relative'))
  symlinkSync(join(sandbox, 'links/relative'), join(sandbox, 'links/tcpdump'))
  const link = join(sandbox, 'links/tcpdump')
  expect(JSON.parse((await start(['-r', 'x'], { program: link })).out)).toEqual([link, '-r', 'x'])
  expect(JSON.parse((await start([], { program: './wiretale', cwd: checkout })).out)).toEqual(['./wiretale'])
  const inPath = { env: { PATH: `${join(sandbox, 'links')}:${process.env.PATH}` } }
  expect(JSON.parse((await start(['-c', 'relative y'], { program: '/bin/sh', ...inPath })).out)).toEqual([
    join(sandbox, 'links/relative'),
    'y',
  ])
  expect(JSON.parse((await start(['wiretale'], { program: '/bin/sh', cwd: checkout })).out)).toEqual(['wiretale'])
})

it('leaves standard input to the command, even on first use', async () => {
  expect((await start(['-'], { input: 'a capture' })).out).toBe('a capture')
})

it('builds once when several are started at the same time', async () => {
  const outcomes = await Promise.all([start(['1']), start(['2']), start(['3'])])
  expect(outcomes.map(({ code }) => code)).toEqual([0, 0, 0])
  expect(madeCalls()).toHaveLength(2)
})

it('takes over the lock of a start that was killed', async () => {
  const dead = execFileSync('sh', ['-c', 'echo $$'], { encoding: 'utf8' }).trim()
  mkdirSync(join(checkout, '.cache/lock'), { recursive: true })
  writeFileSync(join(checkout, '.cache/lock', dead), '')
  expect(await start()).toMatchObject({ code: 0 })
  expect(existsSync(join(checkout, '.cache/lock'))).toBe(false)
})

it('says in one line what to do when npm fails, with the end of its log and its path', async () => {
  script(join(bin, 'npm'), '#!/bin/sh\necho npm error network >&2\nexit 1\n')
  const { code, out, err } = await start()
  expect({ code, out }).toEqual({ code: 1, out: '' })
  const lines = err.trim().split('\n')
  expect(lines[1]).toBe('  npm error network')
  expect(lines[2]).toContain(`(the whole log: ${join(checkout, '.cache/prepare.log')})`)
  expect(lines).toHaveLength(3)
})

it('says in one line what to do when there is no npm, no Node, or only an old one', async () => {
  const empty = join(sandbox, 'empty')
  rmSync(empty, { recursive: true, force: true })
  mkdirSync(empty)
  for (const tool of ['sh', 'uname', 'mkdir', 'ls', 'rm', 'find', 'cat', 'head', 'dirname'])
    symlinkSync(execFileSync('sh', ['-c', `command -v ${tool}`], { encoding: 'utf8' }).trim(), join(empty, tool))
  const env = { PATH: empty }
  expect((await start([], { env })).err).toMatch(
    /^wiretale: needs Node 20\.19 or newer and npm, and finds no node in PATH .*\n$/,
  )
  expect((await start([], { env: { ...env, WIRETALE_NODE: '/no/such/node' } })).err).toMatch(
    /^wiretale: WIRETALE_NODE=\/no\/such\/node does not run.*\n$/,
  )
  symlinkSync(process.execPath, join(empty, 'node'))
  expect((await start([], { env })).err).toMatch(/^wiretale: needs npm .*apt-get install npm\)\n$/)
  rmSync(join(empty, 'node'))
  script(join(empty, 'node'), `#!/bin/sh\ncase "$*" in *execPath) echo '18020 /old/node' ;; *) echo v18.20.0 ;; esac\n`)
  expect((await start([], { env })).err).toMatch(/^wiretale: needs Node 20\.19 or newer; .* is v18\.20\.0\. .*\n$/)
})

it('runs a build that it may not replace', async () => {
  await start()
  const later = new Date(Date.now() + 1000)
  utimesSync(join(checkout, '.git/logs/HEAD'), later, later)
  // As root every folder can be written: stand in a checkout whose .cache is not a folder at all.
  rmSync(join(checkout, '.cache'), { recursive: true })
  symlinkSync('/proc/self/none', join(checkout, '.cache'))
  expect(await start(['x'])).toMatchObject({ code: 0, err: '' })
  rmSync(dist, { recursive: true })
  expect((await start(['x'])).err).toMatch(/cannot be written and was never built/)
})

it('runs with the Node it is told to use', async () => {
  await start()
  script(join(bin, 'mine'), `#!/bin/sh\necho mine; exec '${process.execPath}' "$@"\n`)
  expect((await start(['x'], { env: { WIRETALE_NODE: join(bin, 'mine') } })).out).toMatch(/^mine\n/)
})
