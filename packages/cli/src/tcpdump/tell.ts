import { writeFully } from '../terminal/write.ts'
import { Failure, systemWords } from './failure.ts'

/** tcpdump's exit code where its text cannot be written. */
const CANNOT_WRITE = 14

/** Takes bytes[at, end); they are the caller's again when it returns. */
export type WriteBytes = (bytes: Uint8Array, at: number, end: number) => void

/** Writes bytes[at, end) to standard output. Throws BrokenPipe where nobody reads any more, else Failure. */
export function writeOutput(bytes: Uint8Array, at: number, end: number): void {
  try {
    writeFully(1, bytes, at, end)
  } catch (error) {
    throw outputFailure(error)
  }
}

/** What to throw for what writing to standard output has thrown. */
export function outputFailure(error: unknown): unknown {
  if (!(error instanceof Error && 'code' in error)) return error
  return new Failure(`Unable to write output: ${systemWords(error)}`, null, null, CANNOT_WRITE)
}

/** Writes to standard output at once. */
export function print(text: string): void {
  const bytes = Buffer.from(text)
  writeOutput(bytes, 0, bytes.length)
}

/** Writes to standard error at once, where nobody may be listening any more. */
export function tell(text: string): void {
  try {
    writeFully(2, Buffer.from(text))
  } catch {
    // Nobody to tell it to.
  }
}
