/** Runs a TypeScript file on the floor's Node, which cannot do it itself: `node scripts/run-ts.mjs FILE.ts [ARGS]`.
 *  Also a function for other scripts: `const { rules } = await importTs('packages/core/src/findings/rules.ts')`. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { bundleOptions } from './bundle-options.mjs'
import { root } from './root.mjs'
import { threadSources } from './thread-source.mjs'

/** The bundle lies elsewhere than its sources: each file keeps its own address. */
const keepAddresses = {
  name: 'keep-addresses',
  setup({ onLoad }) {
    onLoad({ filter: /\.ts$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8').replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href)),
      loader: 'ts',
    }))
  },
}

/** Bundles the file with all of the project that it imports, and imports the result. Path: absolute, or from the root. */
export async function importTs(path) {
  // Inside the project, so that what stays outside of the bundle is found in its node_modules.
  mkdirSync(join(root, '.cache'), { recursive: true })
  const folder = mkdtempSync(join(root, '.cache/run-ts-'))
  try {
    const outfile = join(folder, 'bundle.mjs')
    await build({
      ...bundleOptions,
      entryPoints: [resolve(root, path)],
      outfile,
      format: 'esm',
      packages: 'external',
      sourcemap: 'inline',
      plugins: [keepAddresses, threadSources],
    })
    return await import(pathToFileURL(outfile).href)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [file, ...args] = process.argv.slice(2)
  if (!file) {
    console.error('usage: node scripts/run-ts.mjs FILE.ts [ARGS]')
    process.exit(2)
  }
  process.argv = [process.argv[0], resolve(file), ...args]
  await importTs(resolve(file))
}
