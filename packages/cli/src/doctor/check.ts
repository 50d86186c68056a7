import type { LiveError } from '../capture/live-source.ts'
import type { Machine } from './machine.ts'

/** `failed`: no packet can be captured. `warning`: something is missing that capturing can do without. `note`: as it
 *  should be, but whoever reads captures has to know it. */
export type Status = 'ok' | 'note' | 'warning' | 'failed' | 'unknown'

/** What each check finds out. Null: it could not be found out. */
interface Findings {
  node: { version: string; path: string }
  koffi: { version: string | null; reason: string | null }
  /** `version`: in libpcap's own words. */
  libpcap: { version: string | null; reason: string | null }
  /** The program that captures where koffi or libpcap is missing. `reason`: why it does not run; null: it is missing. */
  tcpdump: { version: string | null; reason: string | null }
  /** `more`: how many others there are. */
  interfaces: { interfaces: readonly InterfaceFact[] | null; more: number; reason: string | null }
  'time-stamps': { interface: string | null; types: readonly string[] | null }
  /** `enabled`: what is switched on of an interface's work on packets. */
  offloads: { interface: string; enabled: readonly Offload[] | null }
  /** The kernel's buffer of a capture. `ring`: the kind of memory that it is shared through (`TPACKET_V3`). */
  buffer: { bytes: number; ring: string | null }
  /** `errorMs`: how far off the kernel holds its clock to be at most. */
  clock: { isSynchronised: boolean | null; errorMs: number | null }
  /** `columns`: null where standard output is no terminal. */
  terminal: { isUtf8: boolean; columns: number | null }
  /** Whether --process can be told of the kernel's own events. */
  process: { hasEvents: boolean | null; reason: string | null }
  /** Rights of this process to open any interface and to set it up, and those that the file of its node gives. */
  rights: { user: number | null; mayCapture: boolean | null; nodeFile: readonly string[] | null; node: string }
  /** Whether the interface could be opened for a moment. `wouldTcpdump`: it could not, but tcpdump could. */
  capture: {
    interface: string | null
    engine: Engine
    link: string | null
    code: LiveError['code'] | null
    reason: string | null
    wouldTcpdump: boolean
  }
}

/** `flags` as `tcpdump -D` shows them; `link`: the type of its packets, null where it could not be opened. */
export interface InterfaceFact {
  readonly name: string
  readonly flags: string | null
  readonly link: string | null
}

/** What captures: the system's libpcap, or a tcpdump at the other end of a pipe. */
export type Engine = 'libpcap' | 'tcpdump'

/** What an interface may do to packets before they are captured, or after. */
export type Offload = 'tso' | 'gso' | 'gro' | 'lro' | 'tx-checksum' | 'rx-checksum'

export type CheckName = keyof Findings

/** What a check has found. */
export type Fact<K extends CheckName = CheckName> = {
  [P in K]: { readonly check: P; readonly status: Status } & Readonly<Findings[P]>
}[K]

/** Looks at one thing, and leaves it as it is. Whatever it cannot find out, it says; it does not reject. */
export type Check = (machine: Machine) => readonly Fact[] | Promise<readonly Fact[]>
