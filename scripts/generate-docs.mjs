/** Writes what the list of options makes (man page, completions, pages of docs/): `node scripts/generate-docs.mjs [--check]`.
 *  packages/cli/src/docs.ts exports `generated(): Record<path from the root, text>`. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { root } from './root.mjs'
import { importTs } from './run-ts.mjs'

const check = process.argv.includes('--check')
const { generated } = await importTs('packages/cli/src/docs.ts').catch((error) => {
  console.error(`packages/cli/src/docs.ts: ${error.message}`)
  process.exit(1)
})
for (const [path, text] of Object.entries(generated())) {
  const file = join(root, path)
  let now = null
  try {
    now = readFileSync(file, 'utf8')
  } catch {}
  if (now === text) continue
  if (check) {
    console.error(`${path} is not what the list of options makes: npm run docs`)
    process.exitCode = 1
  } else {
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
    console.log(`wrote ${path}`)
  }
}
