const core = join(root, 'packages/core/src')

/** The core's one door, seen through: each name that the command imports comes straight from the file that exports it.
 *  A command then sets up the files that it uses, and not the whole core: that is most of the time to start. */
const throughTheDoor = {
  name: 'through the door',
  setup(build) {
    const home = new Map()
    for (const [, names, path] of readFileSync(join(core, 'index.ts'), 'utf8').matchAll(
      /^export \{([^}]*)\} from '(.*)'$/gm,
    ))
      for (const name of names.split(',')) home.set(name.replace(/^\s*type\s/, '').trim(), join(core, path))
    build.onLoad({ filter: /packages\/cli\/src\/.*\.ts$/ }, ({ path }) => {
      const source = readFileSync(path, 'utf8')
      const contents = source.replace(/^import \{([^}]*)\} from '@wiretale\/core'$/gm, (_, names) =>
        names
          .split(',')
          .map((name) => name.trim())
          .filter((name) => name !== '' && !name.startsWith('type '))
          .map((name) => {
            const from = home.get(name.split(/\sas\s/)[0])
            return `import { ${name} } from ${JSON.stringify(from ?? '@wiretale/core')};`
          })
          .join(''),
      )
      return { contents, loader: 'ts' }
    })
  },
}

/** What every esbuild run of this project shares: the core is compiled from its sources, never from its dist. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './root.mjs'
import { threadSources } from './thread-source.mjs'

const { version } = JSON.parse(readFileSync(join(root, 'packages/cli/package.json'), 'utf8'))

/** @type {import('esbuild').BuildOptions} */
export const bundleOptions = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node20',
  alias: { '@wiretale/core': join(root, 'packages/core/src/index.ts') },
  define: { __VERSION__: JSON.stringify(version) },
  plugins: [throughTheDoor, threadSources],
  logLevel: 'warning',
}
