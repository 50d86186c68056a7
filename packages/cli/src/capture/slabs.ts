import type { Pointer } from './koffi.ts'

/** Slabs: a few pieces of memory that the capture thread fills with records in turn, and the main thread empties in the
 *  same order. What both have to know of them lies in one shared Int32Array. */

export const SLABS = 4
/** Least size of a slab. Memory that no packet ever needed is never touched. */
export const SLAB_BYTES = 8 * 2 ** 20

/** The longest that the kernel holds back packets for more to come. Twice of it may pass: the kernel looks at a block
 *  once in this time, and lets the one that has just begun go on. */
export const READ_TIMEOUT_MS = 40
/** The kernel's buffer where none is asked for. It is a ring of blocks of 256 KiB, and each may be handed over after the
 *  time above, however little is in it: these last for two seconds in which nobody reads, where libpcap's own default of
 *  2 MiB would be used up after a third of a second. */
export const BUFFER_BYTES = 16 * 2 ** 20

/** Slots of the shared array. */
export const Slot = {
  /** 1: end in good order; 2: at once. */
  STOP: 0,
  /** 1: the main thread has been told of slabs, and has not looked yet. */
  TOLD: 1,
  /** 1: the capture begins. */
  GO: 2,
  /** Packets to capture, 0: no limit. */
  LIMIT: 3,
  /** From here on the bytes in each slab: 0 while the capture thread may fill it. */
  FILLED: 4,
} as const
export const SLOTS = Slot.FILLED + SLABS

export const STOP_IN_ORDER = 1
export const STOP_AT_ONCE = 2

/** What the capture thread is given. */
export interface CaptureTask {
  /** Where the thread finds koffi from: a file's URL. */
  readonly base: string
  readonly handle: Pointer
  readonly shared: Int32Array
  readonly slabs: readonly Pointer[]
  readonly slabBytes: number
  /** Most bytes of a record, its header included. */
  readonly recordBytes: number
  /** To be read from: poll() wakes up when there are packets; -1: there is no such thing. */
  readonly packetsFd: number
  /** poll() wakes up when something is to be read here: stop() has been called. -1: there is no such thing. */
  readonly wakeFd: number
}

/** What the capture thread says: first that it is ready, then that slabs are filled, at last why it has ended. */
export type CaptureWord =
  | null
  | { readonly reason: 'asked' | 'limit' }
  | { readonly reason: 'failed'; readonly message: string }
