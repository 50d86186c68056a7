import type { Offset } from '../units.ts'
import { u16be } from './read.ts'

/** Dotted decimal of the four bytes at `at`. The caller has checked that they are there. */
export function formatIpv4(b: Uint8Array, at: Offset): string {
  return `${b[at]}.${b[at + 1]}.${b[at + 2]}.${b[at + 3]}`
}

/** RFC 5952 text of the sixteen bytes at `at`: lower case, the first longest run of two or more zero
 *  fields as `::`, an IPv4-mapped address with its dotted tail (§5). The caller has checked that they are there. */
export function formatIpv6(b: Uint8Array, at: Offset): string {
  let runAt = -1
  let runFields = 1
  for (let i = 0; i < 8; i++) {
    let fields = 0
    while (i + fields < 8 && u16be(b, at + 2 * (i + fields)) === 0) fields++
    if (fields > runFields) {
      runAt = i
      runFields = fields
    }
    if (fields > 0) i += fields - 1
  }
  if (runAt === 0 && runFields === 5 && u16be(b, at + 10) === 0xffff) return `::ffff:${formatIpv4(b, at + 12)}`
  let text = ''
  for (let i = 0; i < 8; i++) {
    if (i === runAt) {
      text += '::'
      i += runFields - 1
      continue
    }
    if (i > 0 && !text.endsWith(':')) text += ':'
    text += u16be(b, at + 2 * i).toString(16)
  }
  return text
}
