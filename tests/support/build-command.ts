import { symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { build } from 'esbuild'
import { threadSources } from '../../scripts/thread-source.mjs'
import { rootFolder } from '../needs.ts'

/** Builds the command as one file, in a folder of its own. Live capture finds its engine there, too. */
export async function buildCommand(path: string): Promise<void> {
  await build({
    absWorkingDir: rootFolder,
    entryPoints: ['packages/cli/src/main.ts'],
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    outfile: path,
    external: ['koffi'],
    supported: { 'dynamic-import': false },
    alias: { '@wiretale/core': join(rootFolder, 'packages/core/src/index.ts') },
    plugins: [threadSources],
    define: { 'import.meta.url': '__url', __VERSION__: '"1.2.3"' },
    banner: { js: 'const __url=require("node:url").pathToFileURL(__filename).href;' },
    logLevel: 'error',
  })
  symlinkSync(join(rootFolder, 'node_modules'), join(dirname(path), 'node_modules'))
}
