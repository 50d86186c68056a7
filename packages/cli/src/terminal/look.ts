import { MIN_WIDTH } from '@wiretale/core'
import { measureArrow } from './arrow-width.ts'
import { isUtf8 } from './locale.ts'

/** Without a terminal. */
const PIPE_WIDTH = 100

/** Cells of a line on standard output. */
export function lineWidth(): number {
  const cells = process.stdout.isTTY === true ? process.stdout.columns || 80 : PIPE_WIDTH
  return Math.max(MIN_WIDTH, cells)
}

/** Whether lines and arrows cannot be drawn, or not in the cells that they are thought to take. */
export async function prefersAscii(): Promise<boolean> {
  if (!isUtf8()) return true
  return process.stdout.isTTY === true && (await measureArrow()) !== 1
}
