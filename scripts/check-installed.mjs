/** Exit code 0 if node_modules holds what package-lock.json asks for, by npm's own record of what it installed.
 *  Exact where time stamps are not, and takes milliseconds. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './root.mjs'

try {
  const read = (path) => JSON.parse(readFileSync(join(root, path), 'utf8')).packages
  const installed = read('node_modules/.package-lock.json')
  for (const [path, wanted] of Object.entries(read('package-lock.json'))) {
    if (!path.startsWith('node_modules/')) continue
    const found = installed[path]
    // Binaries of other platforms are optional and absent.
    if (!found && wanted.optional) continue
    if (!found || found.version !== wanted.version || found.integrity !== wanted.integrity) process.exit(1)
  }
} catch {
  process.exit(1)
}
