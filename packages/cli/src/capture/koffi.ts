import { createRequire } from 'node:module'
import { LiveError } from './live-source.ts'

export type Koffi = typeof import('koffi')

/** The address of something native. */
export type Pointer = bigint

/** koffi calls C functions without anything to be compiled; an optional dependency, since reading files needs none of
 *  it. Loaded by require in each thread, from where `base`, a file's path or URL, finds it. Throws LiveError. */
export function loadKoffi(base: string): Koffi {
  try {
    return createRequire(base)('koffi') as Koffi
  } catch (error) {
    const [reason] = String(error instanceof Error ? error.message : error).split('\n')
    throw new LiveError('engine', `koffi is not there (${reason})`, 'npm install koffi')
  }
}
