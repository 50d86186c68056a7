import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { itNeeds } from '../needs.ts'
import { bin, checkout, dist, madeCalls, sandbox, script, start } from './checkout.ts'

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

it('tells a capture whether nohup(1) has started it', async () => {
  await start()
  const program = '/bin/sh'
  const run = (before: string) => start(['-c', `${before} exec ./wiretale -i lo`], { program, cwd: checkout })
  if (!existsSync('/proc/self/status')) return
  expect(await run('')).toMatchObject({ out: 'false\n', err: '' })
  expect(await run("trap '' HUP;")).toMatchObject({ out: 'true\n', err: '' })
})

it('leaves standard input to the command, even on first use', async () => {
  expect((await start(['-'], { input: 'a capture' })).out).toBe('a capture')
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
