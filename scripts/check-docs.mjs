/** Holds the documents against the program: `node scripts/check-docs.mjs [--write]`.
 *
 *  - A block under `<!-- output: COMMAND -->` is what COMMAND prints; `--write` refreshes it.
 *  - README.md and README.zh.md show the same commands (but for --lang).
 *  - Every rule in packages/core/src/findings has its page docs/findings/ID.md, and every page its rule.
 *  - A link to a file of the repository leads to one.
 *  - What the list of options makes is fresh (generate-docs.mjs). */
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { root } from './root.mjs'
import { importTs } from './run-ts.mjs'

const write = process.argv.includes('--write')
const problems = []

const documents = readdirSync(root)
  .concat(
    existsSync(join(root, 'docs'))
      ? readdirSync(join(root, 'docs'), { recursive: true }).map((path) => join('docs', path))
      : [],
  )
  .filter((path) => path.endsWith('.md'))
  .sort()

// --- Output

/** What a reader with a plain 80-column terminal in UTC sees. */
function outputOf(command) {
  const run = spawnSync('/bin/sh', ['-c', command], {
    cwd: root,
    encoding: 'utf8',
    env: {
      ...process.env,
      TZ: 'UTC',
      LC_ALL: 'C.UTF-8',
      LANG: 'C.UTF-8',
      COLUMNS: '80',
      NO_COLOR: '1',
      FORCE_COLOR: undefined,
    },
  })
  if (run.status !== 0) throw new Error(`${command} ended with ${run.status}: ${run.stderr.trim()}`)
  return run.stdout.replace(/[ \t]+$/gm, '').trimEnd()
}

const block = /(<!-- output: (.+?) -->\n+```[a-z]*\n)([\s\S]*?)(\n?```)/g
for (const path of documents) {
  const text = readFileSync(join(root, path), 'utf8')
  const fresh = text.replace(block, (_, open, command, _shown, close) => {
    try {
      return `${open}${outputOf(command)}\n${close.trimStart()}`
    } catch (error) {
      problems.push(`${path}: ${error.message}`)
      return _
    }
  })
  if (fresh === text) continue
  if (write) {
    writeFileSync(join(root, path), fresh)
    console.log(`wrote ${path}`)
  } else problems.push(`${path}: an output block is not what its command prints: npm run docs`)
}

// --- The same commands in both languages

function commandsOf(path) {
  const text = readFileSync(join(root, path), 'utf8')
  const shown = [...text.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, lines]) => lines.trim().split('\n'))
  const marked = [...text.matchAll(block)].map(([, , command]) => command)
  return [...shown, ...marked].map((line) => line.replace(/\s+#.*/, '').replace(/ --lang[ =](en|zh)\b/, ''))
}
const [english, chinese] = [commandsOf('README.md'), commandsOf('README.zh.md')]
if (english.join('\n') !== chinese.join('\n')) {
  const odd = [
    ...english.filter((line) => !chinese.includes(line)),
    ...chinese.filter((line) => !english.includes(line)),
  ]
  problems.push(`README.md and README.zh.md show different commands, or in another order: ${odd.join(' | ')}`)
}

// --- Findings

const rulesFile = 'packages/core/src/findings/rules.ts'
const rules = await importTs(rulesFile).then(
  (module) => Object.values(module).find(Array.isArray),
  () => null,
)
if (!rules) problems.push(`${rulesFile} exports no list of rules`)
const ids = (rules ?? []).map((rule) => rule.id)
for (const id of ids)
  if (!existsSync(join(root, `docs/findings/${id}.md`)))
    problems.push(`the finding ${id} has no page docs/findings/${id}.md`)
for (const path of documents) {
  const id = path.match(/^docs\/findings\/(.+)\.md$/)?.[1]
  if (id && id !== 'README' && !ids.includes(id)) problems.push(`${path} describes a finding that does not exist`)
}

// --- Links

for (const path of documents) {
  const text = readFileSync(join(root, path), 'utf8').replace(/```[\s\S]*?```/g, '')
  for (const [, target] of text.matchAll(/\]\(([^)\s#]+)(?:#[^)]*)?\)/g)) {
    if (/^[a-z]+:/.test(target)) continue
    const file = join(root, dirname(path), target)
    if (!existsSync(file)) problems.push(`${path} links to ${relative(root, file)}, which is not there`)
  }
}

// --- Generated pages

const generate = spawnSync(process.execPath, [join(root, 'scripts/generate-docs.mjs'), ...(write ? [] : ['--check'])], {
  encoding: 'utf8',
})
if (generate.status !== 0) problems.push(generate.stderr.trim())

for (const problem of problems) console.error(problem)
process.exitCode = problems.length ? 1 : 0
