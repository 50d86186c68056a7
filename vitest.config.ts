import { fileURLToPath } from 'node:url'
import { configDefaults, defineConfig } from 'vitest/config'
import { viteThreadSources } from './scripts/thread-source.mjs'

/** `npm test`: everything that the repository can do alone. What needs ../shared: vitest.shared.config.ts. */
export default defineConfig({
  plugins: [viteThreadSources],
  resolve: { alias: { '@wiretale/core': fileURLToPath(new URL('packages/core/src/index.ts', import.meta.url)) } },
  test: {
    include: ['packages/*/src/**/*.test.ts', 'tests/**/*.test.ts'],
    exclude: [...configDefaults.exclude, 'tests/shared/**'],
    reporters: ['default', './tests/reporter.ts'],
    // Without it one processor is left idle, which on two is half of the time.
    maxWorkers: '100%',
    testTimeout: 20_000,
    hookTimeout: 60_000,
  },
})
