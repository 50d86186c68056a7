/** The shape of what is published and of the house: what a manifest promises, what the lock file records, how long files are.
 *  That the packages install and run elsewhere is tests/package.test.ts. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './root.mjs'

const read = (path) => readFileSync(join(root, path), 'utf8')
const json = (path) => JSON.parse(read(path))
const problems = []
const must = (truth, otherwise) => truth || problems.push(otherwise)

const house = json('package.json')
const core = json('packages/core/package.json')
const cli = json('packages/cli/package.json')

for (const manifest of [house, core, cli]) {
  must(
    manifest.version === house.version,
    `${manifest.name} has version ${manifest.version}, the house ${house.version}`,
  )
  must(manifest.engines?.node === house.engines.node, `${manifest.name} and the house name different Node versions`)
  must(manifest.license === 'MIT', `${manifest.name} is not under the MIT licence`)
  must(manifest.type === 'module', `${manifest.name} is not of type module`)
  for (const [name, range] of Object.entries({
    ...manifest.dependencies,
    ...manifest.devDependencies,
    ...manifest.optionalDependencies,
  }))
    must(/^\d+\.\d+\.\d+$/.test(range), `${manifest.name} does not pin ${name} exactly: ${range}`)
}
for (const field of ['dependencies', 'optionalDependencies', 'peerDependencies', 'bundleDependencies'])
  must(Object.keys(core[field] ?? {}).length === 0, `the core has ${field}: it may have none`)
// All that the command needs is in its bundle, but for native code.
must(Object.keys(cli.dependencies ?? {}).length === 0, 'the command has dependencies: bundle them (devDependencies)')
for (const path of ['packages/core/LICENSE', 'packages/cli/LICENSE'])
  must(read(path) === read('LICENSE'), `${path} differs from LICENSE`)
must(read('CHANGELOG.md').includes(`## ${house.version}`), `CHANGELOG.md has no section ## ${house.version}`)

const lock = json('package-lock.json')
for (const [path, entry] of Object.entries(lock.packages))
  must(!/^https?:/.test(entry.resolved ?? ''), `package-lock.json records a download address for ${path}`)

const tracked = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], { cwd: root, encoding: 'utf8' })
  .trim()
  .split('\n')
for (const path of tracked) {
  if (!/\.(ts|mjs|cjs)$/.test(path) || /(^|\/)(generated|fixtures)\//.test(path)) continue
  let lines = 0
  try {
    lines = read(path).split('\n').length - 1
  } catch {
    continue // deleted, and not yet committed
  }
  must(lines <= 600, `${path} has ${lines} lines: 600 are the limit, 250 the aim`)
}

for (const problem of problems) console.error(problem)
process.exitCode = problems.length ? 1 : 0
