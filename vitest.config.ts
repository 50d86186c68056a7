import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  resolve: { alias: { '@wiretale/core': fileURLToPath(new URL('packages/core/src/index.ts', import.meta.url)) } },
  test: { include: ['packages/*/src/**/*.test.ts', 'tests/**/*.test.ts'], testTimeout: 20_000 },
})
