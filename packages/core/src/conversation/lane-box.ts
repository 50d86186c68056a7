import { PAGE_SHIFT, SLOT_BITS } from './page.ts'

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
  /** A SYN was taken that begins a conversation. */
  BEGUN: 4,
} as const

/** What a tracker counts in and its lane counts in, too, and what they tell one another: words from the beginning of a
 *  block of memory. Wide ones are two, and a number of 64 bits with a fraction. */
export const Box = {
  // The flow table: address, mask of an index, and how many cells are not empty.
  CELLS: 0,
  MASK: 1,
  USED: 23,
  // Slots that are free hang on one another by OTHER, as slot + 1; slots used so far, and those of them that are not free;
  // conversations begun so far; how many may live; for how many slots there are pages.
  FREE: 24,
  SLOTS: 25,
  LIVE: 26,
  COUNT: 27,
  MOST: 28,
  ROOM: 29,
  /** What the caller tells: whether payload waits behind holes, */
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

export const BOX_WORDS = Box.PAGES + (1 << (SLOT_BITS - PAGE_SHIFT))
