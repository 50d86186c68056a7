/** `npm run check [NAME…]`: everything that is not a test. Two checks run at a time; each failing one prints all it said. */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './root.mjs'

const bin = (path) => [process.execPath, join(root, 'node_modules', path)]
const own = (path) => [process.execPath, join(root, 'scripts', path)]
const tsc = bin('typescript/bin/tsc')
const knip = [...bin('knip/bin/knip.js'), '--no-progress', '--no-config-hints']

/** Slow ones first. */
const checks = {
  docs: [...own('check-docs.mjs')],
  types: [...tsc, '-p', '.'],
  'types of the core alone': [...tsc, '-p', 'packages/core', '--noEmit'],
  'dependency rules': [
    ...bin('dependency-cruiser/bin/dependency-cruise.mjs'),
    '--config',
    '.dependency-cruiser.cjs',
    ...['packages', 'tests', 'bench'].filter((folder) => existsSync(join(root, folder))),
  ],
  'dead code': knip,
  'code that only tests use': [...knip, '--production'],
  style: [
    ...bin('@biomejs/biome/bin/biome'),
    'ci',
    '--colors=off',
    '--diagnostic-level=warn',
    '--error-on-warnings',
    '.',
  ],
  packages: [...own('check-packages.mjs')],
}

function run([program, ...args]) {
  return new Promise((done) => {
    const child = spawn(program, args, {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NO_COLOR: '1' },
    })
    let said = ''
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (said += text))
    child.on('close', (code) => done({ ok: code === 0, said: said.trim() }))
  })
}

const asked = process.argv.slice(2)
const queue = Object.entries(checks).filter(([name]) => asked.length === 0 || asked.some((word) => name.includes(word)))
if (queue.length === 0) {
  console.error(`no such check; there are: ${Object.keys(checks).join(', ')}`)
  process.exit(2)
}
const total = queue.length
let failed = 0
const began = Date.now()

async function worker() {
  for (let next = queue.shift(); next; next = queue.shift()) {
    const [name, command] = next
    const start = Date.now()
    const { ok, said } = await run(command)
    console.log(`${ok ? 'ok    ' : 'FAILED'} ${name} (${((Date.now() - start) / 1000).toFixed(1)} s)`)
    if (!ok) {
      failed++
      console.log(said.replace(/^/gm, '    '))
    }
  }
}

await Promise.all([worker(), worker()])
console.log(`check: ${total - failed} passed, ${failed} failed, ${((Date.now() - began) / 1000).toFixed(1)} s`)
process.exitCode = failed ? 1 : 0
