import type { Offset } from '../units.ts'

/** Numbers of pcapng that reader and writer share.
 *  https://www.ietf.org/archive/id/draft-ietf-opsawg-pcapng-03.html */

/** Block types, §11.1. */
export const Block = {
  SECTION: 0x0a0d0d0a,
  INTERFACE: 1,
  /** Obsolete, §A. */
  PACKET: 2,
  SIMPLE_PACKET: 3,
  NAMES: 4,
  STATISTICS: 5,
  ENHANCED_PACKET: 6,
  SECRETS: 10,
} as const

/** Option codes; those from 2 on belong to one block type. */
export const Option = {
  END: 0,
  COMMENT: 1,
  IF_NAME: 2,
  IF_TSRESOL: 9,
  IF_FILTER: 11,
  IF_FCSLEN: 13,
  IF_TSOFFSET: 14,
  EPB_DROPCOUNT: 4,
  ISB_IFDROP: 5,
  ISB_OSDROP: 7,
} as const

/** Record types of a name resolution block, §4.5. */
export const NameRecord = { END: 0, IPV4: 1, IPV6: 2 } as const

export const BYTE_ORDER_MAGIC = 0x1a2b3c4d

/** Every block begins with type and total length, and ends with the total length again. */
export const BLOCK_HEAD_BYTES = 8
export const BLOCK_FRAME_BYTES = 12

/** Options and data are padded to 32 bits. */
export function padded(bytes: number): number {
  return (bytes + 3) & ~3
}

/** Visits the options of view[at, end) as far as they are whole; what follows a malformed one is left out. */
export function eachOption(
  view: DataView,
  at: Offset,
  end: Offset,
  little: boolean,
  visit: (code: number, valueAt: Offset, valueBytes: number) => void,
): void {
  while (at + 4 <= end) {
    const code = view.getUint16(at, little)
    const valueBytes = view.getUint16(at + 2, little)
    if (code === Option.END || at + 4 + valueBytes > end) return
    visit(code, at + 4, valueBytes)
    at += 4 + padded(valueBytes)
  }
}
