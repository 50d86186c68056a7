import type { Koffi } from './koffi.ts'

/** capset(2): _LINUX_CAPABILITY_VERSION_3, and the thread that calls. */
const HEADER = Uint32Array.of(0x20080522, 0)
/** Effective, permitted and inheritable, twice 32 bits of each: none. */
const NONE = new Uint32Array(6)

/** Gives up what a node with file capabilities (setcap) may do, for the thread that calls: the kernel knows no more
 *  than one thread here. Those that Node itself has started before keep theirs; they run nothing of ours but what the
 *  JavaScript engine leaves to them. Root gives its rights up by changing the user, in all threads at once. */
export function dropCapabilities(koffi: Koffi): void {
  if (process.platform !== 'linux' || process.geteuid?.() === 0) return
  const capset = koffi.load(null).func('int capset(void *, void *)') as unknown as (
    header: Uint32Array,
    data: Uint32Array,
  ) => number
  capset(HEADER, NONE)
}
