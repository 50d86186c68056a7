import { execFile } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, beforeEach } from 'vitest'
import { rootFolder } from '../needs.ts'

/** A checkout for tests of ./wiretale and scripts/prepare: both are real, npm and the build are stand-ins that write
 *  down each call. Made anew before each test of the file that imports this. */

export const sandbox = mkdtempSync(join(tmpdir(), 'wiretale launcher '))
export const checkout = join(sandbox, 'check out')
export const bin = join(sandbox, 'bin')
export const calls = join(sandbox, 'calls')
export const dist = join(checkout, 'packages/cli/dist')

/** Writes an executable script. */
export function script(path: string, text: string): void {
  writeFileSync(path, text)
  chmodSync(path, 0o755)
}

interface Outcome {
  code: number
  out: string
  err: string
}

/** Runs ./wiretale (or a link to it) with the stand-ins first in PATH. */
export async function start(
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

/** What the stand-ins wrote down since the test began. */
export const madeCalls = (): string[] => (existsSync(calls) ? readFileSync(calls, 'utf8').trim().split('\n') : [])

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
  else if (process.argv[2] === '-i') console.log(process.env.WIRETALE_NOHUP === '1')
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
