import { openSync, writeSync } from 'node:fs'
import { ReadStream } from 'node:tty'

const PATIENCE_MS = 100
// Back to the line's beginning, an arrow, where is the cursor?, and wipe it. It is drawn for that moment only.
const QUESTION = '\r◀\x1b[6n'
const WIPE = '\r\x1b[K'

/** How many cells the terminal draws an arrow in: "ambiguous width" characters take two on some Chinese, Japanese
 *  and Korean terminals. Null if the terminal does not answer a cursor-position query within 100 ms. */
export async function measureArrow(): Promise<number | null> {
  let fd: number
  try {
    fd = openSync('/dev/tty', 'r+')
  } catch {
    return null
  }
  const input = new ReadStream(fd)
  try {
    input.setRawMode(true)
    writeSync(fd, QUESTION)
    return await new Promise<number | null>((resolve) => {
      let answer = ''
      const timer = setTimeout(() => resolve(null), PATIENCE_MS)
      input.on('data', (bytes: Buffer) => {
        answer += bytes.toString('latin1')
        // biome-ignore lint/suspicious/noControlCharactersInRegex: the report begins with ESC (ECMA-48 §8.3.14, CPR)
        const match = /\x1b\[\d+;(\d+)R/.exec(answer)
        if (match === null) return
        clearTimeout(timer)
        resolve(Number(match[1]) - 1)
      })
      input.on('error', () => resolve(null))
    })
  } catch {
    return null
  } finally {
    try {
      writeSync(fd, WIPE)
      input.setRawMode(false)
    } catch {
      // The terminal has gone: there is nothing to restore.
    }
    input.destroy()
  }
}
