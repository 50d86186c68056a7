import { writeFully } from '../terminal/write.ts'

/** Writes to standard output at once. */
export function print(text: string): void {
  writeFully(1, Buffer.from(text))
}

/** Writes to standard error at once, where nobody may be listening any more. */
export function tell(text: string): void {
  try {
    writeFully(2, Buffer.from(text))
  } catch {
    // Nobody to tell it to.
  }
}
