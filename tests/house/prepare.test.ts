import { execFileSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { bin, calls, checkout, dist, madeCalls, sandbox, script, start } from './checkout.ts'

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

/** A Node that calls itself `version` and writes down that it ran. */
const pretend = (version: number): string =>
  `#!/bin/sh\ncase "$*" in *execPath) echo '${version} ${process.execPath}'; exit ;; esac\necho ${version} >>'${calls}'\nexec '${process.execPath}' "$@"\n`
it('fetches Node 24 beside the build, keeps the one file that runs, and starts with it from then on', async () => {
  const cache = join(sandbox, 'cache')
  const env = { WIRETALE_FETCH_NODE: '', XDG_CACHE_HOME: cache, PATH: `${bin}:${process.env.PATH}` }
  script(join(bin, 'node'), pretend(20_020))
  script(
    join(bin, 'npm'),
    `#!/bin/sh
echo "npm $1" >>'${calls}'
[ "$1" = ci ] && mkdir -p node_modules && cp package-lock.json node_modules/.package-lock.json && exit
for package; do :; done
mkdir -p "$3/node_modules/\${package%@24}/bin"
cat >"$3/node_modules/\${package%@24}/bin/node" <<'END'
${pretend(24_001)}END
chmod +x "$3/node_modules/\${package%@24}/bin/node"
`,
  )
  try {
    expect(await start(['x'], { env })).toMatchObject({ code: 0 })
    expect(madeCalls().slice().sort()).toEqual(expect.arrayContaining(['build', 'npm ci', 'npm install', '24001']))
    expect(readFileSync(join(dist, 'ready'), 'utf8')).toBe(`${cache}/wiretale/node-24/bin/node\n`)
    expect(readdirSync(join(cache, 'wiretale'))).toEqual(['node-24'])
    rmSync(calls)
    await start(['x'], { env })
    expect(madeCalls()).toEqual(['24001'])
  } finally {
    rmSync(join(bin, 'node'))
  }
})

it('goes on with the Node that is there when the fetch fails, and does not try again that day', async () => {
  const cache = join(sandbox, 'cache of failures')
  const env = { WIRETALE_FETCH_NODE: '', XDG_CACHE_HOME: cache, PATH: `${bin}:${process.env.PATH}` }
  script(join(bin, 'node'), pretend(20_020))
  script(
    join(bin, 'npm'),
    `#!/bin/sh
echo "npm $1" >>'${calls}'
[ "$1" = ci ] && mkdir -p node_modules && cp package-lock.json node_modules/.package-lock.json && exit
exit 1
`,
  )
  try {
    for (const times of [1, 2]) {
      expect((await start(['x'], { env })).code, `time ${times}`).toBe(0)
      expect(readFileSync(join(dist, 'ready'), 'utf8')).toBe(`${process.execPath}\n`)
      rmSync(join(dist, 'ready'))
    }
    expect(madeCalls().filter((call) => call === 'npm install')).toHaveLength(1)
  } finally {
    rmSync(join(bin, 'node'))
  }
})
