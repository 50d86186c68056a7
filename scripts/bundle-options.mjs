/** What every esbuild run of this project shares: the core is compiled from its sources, never from its dist. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './root.mjs'

const { version } = JSON.parse(readFileSync(join(root, 'packages/cli/package.json'), 'utf8'))

/** @type {import('esbuild').BuildOptions} */
export const bundleOptions = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node20',
  alias: { '@wiretale/core': join(root, 'packages/core/src/index.ts') },
  define: { __VERSION__: JSON.stringify(version) },
  logLevel: 'warning',
}
