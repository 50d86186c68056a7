import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { inliner } from './inline-numbers.mjs'
import { root } from './root.mjs'
import { threadSources } from './thread-source.mjs'

const core = join(root, 'packages/core/src')
const DOOR = '@wiretale/core'

/** Each name that the core's one door exports → the file it lives in. */
function homesOfCore() {
  const homes = new Map()
  const door = readFileSync(join(core, 'index.ts'), 'utf8')
  for (const [, names, path] of door.matchAll(/^export \{([^}]*)\} from '(.*)'$/gm))
    for (const name of names.split(',')) homes.set(name.replace(/^\s*type\s/, '').trim(), join(core, path))
  return homes
}

/** Each name that the command imports of the core comes straight from the file that exports it: a command then sets up
 *  the files that it uses, and not the whole core. That is most of the time to start. */
function seeThroughTheDoor(source, homes) {
  return source.replace(/^import \{([^}]*)\} from '@wiretale\/core'$/gm, (_, names) =>
    names
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== '' && !name.startsWith('type '))
      .map((name) => `import { ${name} } from '${homes.get(name.split(/\sas\s/)[0]) ?? DOOR}'\n`)
      .join(''),
  )
}

const prepareSources = {
  name: 'prepare sources',
  setup({ onLoad }) {
    const homes = homesOfCore()
    const inline = inliner()
    onLoad({ filter: /packages\/(?:core|cli)\/src\/.*\.ts$/ }, async ({ path }) => {
      const source = readFileSync(path, 'utf8')
      return {
        contents: await inline(path, path.startsWith(core) ? source : seeThroughTheDoor(source, homes)),
        loader: 'js',
      }
    })
  },
}

/** What every esbuild run of this project shares: the core is compiled from its sources, never from its dist. */
const { version } = JSON.parse(readFileSync(join(root, 'packages/cli/package.json'), 'utf8'))

/** @type {import('esbuild').BuildOptions} */
export const bundleOptions = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node20',
  alias: { '@wiretale/core': join(root, 'packages/core/src/index.ts') },
  define: { __VERSION__: JSON.stringify(version) },
  plugins: [threadSources, prepareSources],
  logLevel: 'warning',
}
