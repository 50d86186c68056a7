/** Builds what the packages ship. `node scripts/build.mjs [--command]`
 *
 *  packages/core/dist  JavaScript and declarations, by tsc; skipped while its sources are unchanged
 *  packages/cli/dist   the command: a start file and one bundle with the core inside, by esbuild
 *
 *  `--command` builds only the second: all that ./wiretale needs. Files are made elsewhere and renamed into place,
 *  so two builds at once, or a start during a build, never meet half a file. */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { build } from 'esbuild'
import { bundleOptions } from './bundle-options.mjs'
import { root } from './root.mjs'
import { startFile } from './start-file.mjs'

const work = join(root, '.cache', `build-${process.pid}`)
/** A bundle that nobody starts any more is kept this long for processes that are just starting. */
const KEEP_MS = 10 * 60_000

/** Writes beside the target, then renames over it. */
function publish(path, content) {
  const temporary = `${path}.${process.pid}`
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(temporary, content)
  renameSync(temporary, path)
}

/** Paths of all files under a folder, relative to it, sorted. */
function filesUnder(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort()
}

function buildCore() {
  const core = join(root, 'packages/core')
  const inputs = createHash('sha256')
  for (const path of ['tsconfig.base.json', 'package-lock.json', 'packages/core/tsconfig.json', 'scripts/build.mjs'])
    inputs.update(readFileSync(join(root, path)))
  for (const path of filesUnder(join(core, 'src')))
    if (!path.endsWith('.test.ts')) inputs.update(`${path}\0`).update(readFileSync(join(core, 'src', path)))
  const stamp = join(core, 'dist/.inputs')
  const digest = inputs.digest('hex')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return

  const out = join(work, 'core')
  const tsc = spawnSync(
    process.execPath,
    [
      join(root, 'node_modules/typescript/bin/tsc'),
      '-p',
      core,
      '--outDir',
      out,
      '--incremental',
      'false',
      '--tsBuildInfoFile',
      'null',
    ],
    { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] },
  )
  if (tsc.status !== 0) throw new Error('packages/core does not compile (messages above)')
  const made = filesUnder(out)
  for (const path of made) publish(join(core, 'dist', path), readFileSync(join(out, path)))
  for (const path of filesUnder(join(core, 'dist')))
    if (!made.includes(path) && path !== '.inputs') rmSync(join(core, 'dist', path), { force: true })
  publish(stamp, digest)
}

async function buildCommand() {
  const dist = join(root, 'packages/cli/dist')
  // One CommonJS file: `import()` of a command becomes a function that runs on first use, so commands still load
  // lazily, and the whole is one script whose compiled form can be kept (see start-file.mjs).
  const { outputFiles } = await build({
    ...bundleOptions,
    entryPoints: ['packages/cli/src/main.ts'],
    format: 'cjs',
    minify: true,
    write: false,
    outdir: work,
    external: ['koffi'],
    supported: { 'dynamic-import': false },
    define: { ...bundleOptions.define, 'import.meta.url': '__url' },
    banner: { js: 'const __url=require("node:url").pathToFileURL(__filename).href;' },
  })
  const bundle = outputFiles[0].text
  // The start file reads the bundle as Latin-1, which is faster; esbuild escapes strings, but not regular expressions.
  const raw = /[\u0080-\uffff]/.exec(bundle)
  if (raw !== null)
    throw new Error(`the bundle is not ASCII: ${JSON.stringify(bundle.slice(raw.index - 40, raw.index + 40))}`)
  const name = `main-${createHash('sha256').update(bundle).digest('hex').slice(0, 12)}`
  publish(join(dist, `${name}.cjs`), bundle)
  publish(join(dist, 'wiretale.cjs'), startFile(name))
  // What the list of options made (npm run docs) goes with the command.
  const made = [`${name}.cjs`, 'wiretale.cjs', 'ready']
  for (const path of ['docs/wiretale.1', ...['bash', 'zsh', 'fish'].map((shell) => `completions/wiretale.${shell}`)]) {
    if (!existsSync(join(root, path))) continue
    made.push(path.replace('docs/', ''))
    publish(join(dist, made.at(-1)), readFileSync(join(root, path)))
  }
  for (const path of filesUnder(dist)) {
    const mine = made.includes(path) || path.startsWith(`cache/${name}`)
    const full = join(dist, path)
    if (!mine && Date.now() - (statSync(full, { throwIfNoEntry: false })?.mtimeMs ?? 0) > KEEP_MS)
      rmSync(full, { force: true })
  }
}

try {
  if (!process.argv.includes('--command')) buildCore()
  await buildCommand()
} catch (error) {
  // esbuild has printed its own messages.
  if (!error.errors) console.error(`build: ${error.message}`)
  process.exitCode = 1
} finally {
  rmSync(work, { recursive: true, force: true })
}
