/** The project's root as an absolute path, and what scripts do to reach it. */
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('..', import.meta.url))
