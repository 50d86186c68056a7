import type { Bytes, Offset } from '../units.ts'
import type { BpfProgram } from './bpf.ts'
import { runBpf } from './interpret.ts'
import { generateJavaScript } from './javascript.ts'
import { isValidBpf } from './validate.ts'

/** Bytes of the packet at `at` to keep, 0 = rejected: runBpf for one program. */
export type Predicate = (bytes: Uint8Array, at: Offset, capturedBytes: Bytes, wireBytes: Bytes) => number

const NO_BYTES = new Uint8Array(0)

/** A program as a function, generated once: several times as fast as runBpf. Where code must not be generated (a page's
 *  content security policy), and for a program that is not valid or overly long, it is runBpf itself. */
export function createPredicate(program: BpfProgram): Predicate {
  const interpreted: Predicate = (bytes, at, capturedBytes, wireBytes) =>
    runBpf(program, bytes, at, capturedBytes, wireBytes)
  const body = isValidBpf(program) ? generateJavaScript(program) : null
  if (body === null) return interpreted
  try {
    const generated = new Function('b', 'at', 'captured', 'wire', body) as Predicate
    // Engines compile at the first call: whatever they then refuse shows here.
    generated(NO_BYTES, 0, 0, 0)
    return generated
  } catch {
    return interpreted
  }
}
