import type { BpfProgram } from '@wiretale/core'

/** An interface that can be captured from. */
export interface Device {
  readonly name: string
  readonly description: string | null
  /** As `tcpdump -D` shows them between brackets: `Up, Running, Loopback`; `none` if it is nothing of that;
   *  null: it shows no brackets. */
  readonly flags: string | null
}

/** What is asked of an interface: tcpdump's live options. */
export interface LiveRequest {
  /** Name of an interface, or `any`. */
  readonly device: string
  /** -s: bytes kept of a packet. */
  readonly snaplen: number
  /** Not -p. */
  readonly promiscuous: boolean
  /** -I */
  readonly monitorMode: boolean
  /** -B: the kernel's buffer in bytes; 0: the system's default. */
  readonly bufferBytes: number
  /** -j: as pcap-tstamp(7) names it; null: the default. */
  readonly timeStampType: string | null
  /** Time stamps in nanoseconds. */
  readonly nano: boolean
  /** -y: LINKTYPE_ number; null: the default, and LINUX_SLL2 for `any`. */
  readonly link: number | null
  /** -Q; null: both. */
  readonly direction: 'in' | 'out' | 'inout' | null
  /** --immediate-mode */
  readonly immediate: boolean
  /** The filter as words, for the engine that has to hand it to another program. */
  readonly expression: string
}

export interface LiveStatistics {
  /** Packets that passed the filter, as pcap_stats(3) counts them on this system. */
  readonly received: number
  readonly dropped: number
  /** Dropped by the interface or its driver. */
  readonly droppedByInterface: number
}

/** How a capture ended: `asked` by stop(), its `limit` reached, the interface or the engine `failed`. */
export type LiveEnd = { readonly reason: 'asked' | 'limit' } | { readonly reason: 'failed'; readonly message: string }

/** Takes whole records of a pcap file in this machine's byte order: bytes [at, end). They are overwritten after it
 *  has returned, or after its promise has been kept. Slowness here fills the engine's few buffers, then the kernel's,
 *  which drops and counts; nothing grows. */
export type TakeBatch = (bytes: Uint8Array, at: number, end: number) => void | Promise<void>

/** An opened and activated interface, whichever engine reads it. */
export interface LiveSource {
  readonly device: string
  /** LINKTYPE_ number of the packets. */
  readonly link: number
  readonly snaplen: number
  readonly ticksPerSecond: 1_000_000 | 1_000_000_000
  /** IPv4 netmask of the interface, network byte order as a number; null: unknown or none. */
  readonly netmask: number | null
  /** What libpcap warned of while opening (pcap_activate's warnings), one line each. */
  readonly warnings: readonly string[]
  /** Puts the filter into the kernel; null: every packet. Where the kernel refuses it, it runs in user space after a
   *  warning. Rejects with LiveError. */
  setFilter(program: BpfProgram | null): Promise<void>
  /** Captures until stop(), `limit` packets (0: no limit), or a failure. What the kernel still holds is handed over
   *  before it resolves. */
  run(take: TakeBatch, limit: number): Promise<LiveEnd>
  /** Asks run() to end. Safe in a signal handler. */
  stop(): void
  /** Resolves to null where the engine has none any more. */
  statistics(): Promise<LiveStatistics | null>
  close(): Promise<void>
}

/** An interface that cannot be opened or set up. */
export class LiveError extends Error {
  /** `permission` names what is missing to its right; `engine`: no koffi, no libpcap. */
  readonly code: 'permission' | 'no-device' | 'engine' | 'other'
  /** What to do about it, or null. */
  readonly hint: string | null

  constructor(code: LiveError['code'], message: string, hint: string | null = null) {
    super(message)
    this.code = code
    this.hint = hint
  }
}
