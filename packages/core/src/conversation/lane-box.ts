import { SLOT_BITS } from './flow-table.ts'
import { PAGE_SHIFT } from './page.ts'

/** Why the lane stopped. */
export const LaneStop = {
  /** The next record is not whole, or not one that the lane takes. */
  RECORD: 0,
  /** A segment was taken whose payload is next in its stream. */
  DATA: 1,
  /** A segment was taken that ends its stream, behind payload that it may have. */
  FIN: 2,
  /** A segment was taken behind which both ends are done. */
  OVER: 3,
} as const

/** What the lane and its caller tell one another: words from the beginning of a block of memory. Wide ones are two, and a
 *  number of 64 bits with a fraction. */
export const Box = {
  // What the caller tells: the flow table,
  CELLS: 0,
  MASK: 1,
  /** whether payload waits behind holes, */
  HOLDS: 2,
  /** whether the machine has noted an endpoint beyond what was captured, */
  BEYOND: 3,
  /** and the second that times count from; wide. */
  BASE: 4,
  /** Number of the last packet, whoever took it. */
  NUMBER: 6,
  // Of the segment that was taken last.
  SLOT: 7,
  SIDE: 8,
  /** Where its payload begins. */
  FROM: 9,
  BYTES: 10,
  CAPTURED: 11,
  /** In the stream, of the payload; wide. */
  OFFSET: 12,
  /** Wide. */
  TIME: 14,
  SECONDS: 16,
  FRACTION: 17,
  /** Where the next record begins. */
  AT: 18,
  /** Bytes on the wire of all that were taken; wide. */
  WIRE: 20,
  /** Of all that were taken, those of which fewer bytes were captured. */
  CUT: 22,
  /** Where each page of records begins; 0 = out of reach. */
  PAGES: 32,
} as const

export const BOX_BYTES = 4 * (Box.PAGES + (1 << (SLOT_BITS - PAGE_SHIFT)))
