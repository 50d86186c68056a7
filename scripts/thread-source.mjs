/** `import text from './worker.ts?source'`: the file and all that it imports, bundled into the text of one script, to be
 *  started with `new Worker(text, { eval: true })`. So a thread needs no file of its own beside the bundle. */
import { dirname, resolve } from 'node:path'
import { build } from 'esbuild'

const SUFFIX = '?source'

/** A bundle within the bundle. */
async function threadSource(path) {
  const { outputFiles } = await build({
    bundle: true,
    platform: 'node',
    target: 'node20',
    entryPoints: [path],
    format: 'cjs',
    minify: true,
    write: false,
    logLevel: 'warning',
  })
  return outputFiles[0].text
}

/** For esbuild. */
export const threadSources = {
  name: 'thread sources',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /\.ts\?source$/ }, ({ path, resolveDir }) => ({
      path: resolve(resolveDir, path),
      namespace: 'thread-source',
    }))
    onLoad({ filter: /.*/, namespace: 'thread-source' }, async ({ path }) => ({
      contents: await threadSource(path.slice(0, -SUFFIX.length)),
      loader: 'text',
    }))
  },
}

/** For vite. */
export const viteThreadSources = {
  name: 'thread-sources',
  enforce: 'pre',
  resolveId(source, importer) {
    if (!source.endsWith(`.ts${SUFFIX}`) || importer === undefined) return null
    return resolve(dirname(importer), source.slice(0, -SUFFIX.length)) + SUFFIX
  },
  async load(id) {
    if (!id.endsWith(`.ts${SUFFIX}`)) return null
    return `export default ${JSON.stringify(await threadSource(id.slice(0, -SUFFIX.length)))}`
  },
}
