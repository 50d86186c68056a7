import { configDefaults, defineConfig, mergeConfig } from 'vitest/config'
import config from './vitest.config.ts'

/** `npm run test:shared`: the suites on ../shared. */
const shared = mergeConfig(config, defineConfig({ test: { testTimeout: 120_000 } }))
shared.test = { ...shared.test, include: ['tests/shared/**/*.test.ts'], exclude: configDefaults.exclude }
export default shared
