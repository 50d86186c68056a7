/** Writes packages/core/report.schema.json, the JSON Schema of a report line, from the types in model/lines.ts:
 *  `node scripts/generate-schema.mjs [--check]`. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createGenerator } from 'ts-json-schema-generator'
import { root } from './root.mjs'

const file = join(root, 'packages/core/report.schema.json')
const schema = createGenerator({
  path: join(root, 'packages/core/src/model/lines.ts'),
  tsconfig: join(root, 'packages/core/tsconfig.json'),
  type: 'ReportLine',
  // The project's own compiler checks types; this one only reads them.
  skipTypeCheck: true,
}).createSchema('ReportLine')
schema.title = 'A line of wiretale explain --json'
const text = `${JSON.stringify(schema, null, 2)}\n`

let now = null
try {
  now = readFileSync(file, 'utf8')
} catch {}
if (now !== text) {
  if (process.argv.includes('--check')) {
    console.error('packages/core/report.schema.json is not what model/lines.ts says: node scripts/generate-schema.mjs')
    process.exitCode = 1
  } else {
    writeFileSync(file, text)
    console.log('wrote packages/core/report.schema.json')
  }
}
