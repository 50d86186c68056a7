import { MAX_INTERFACES } from './limits.ts'
import { type CaptureInfo, type CaptureSink, type InterfaceInfo, PacketRecord, type RecordScan } from './record.ts'

/** What runs on through the files of one capture: packet numbers, interface indexes, the one reused record.
 *  A reader of a single file makes its own; a rotated capture hands the same session to the reader of each file. */
export class CaptureSession {
  /** Readers refuse what libpcap refuses: packets beyond its bounds, pcapng interfaces that differ. */
  readonly strict: boolean
  readonly scan: RecordScan | null
  readonly record = new PacketRecord()
  /** Packets delivered so far; the next one has this number plus one. */
  packets = 0
  readonly interfaces: InterfaceInfo[] = []
  /** What capture() was told, or null before. */
  info: CaptureInfo | null = null
  private readonly claimed = new Set<number>()
  private known = 0

  constructor({ strict = false, scan = null }: { readonly strict?: boolean; readonly scan?: RecordScan | null } = {}) {
    this.strict = strict
    this.scan = scan
  }

  /** Begins the next file: an interface that equals one of an earlier file is taken for the same one. */
  nextFile(): void {
    this.claimed.clear()
    this.known = this.interfaces.length
  }

  /** Tells the sink of the capture, once in a session. */
  announce(sink: CaptureSink, info: CaptureInfo): void {
    if (this.info !== null) return
    this.info = info
    sink.capture(info)
  }

  /** Index of an interface over the whole session, announced to the sink if it is new; -1 when there are too many. */
  addInterface(sink: CaptureSink, described: Omit<InterfaceInfo, 'index'>): number {
    for (let i = 0; i < this.known; i++) {
      if (!this.claimed.has(i) && isSame(this.interfaces[i], described)) {
        this.claimed.add(i)
        return i
      }
    }
    const index = this.interfaces.length
    if (index >= MAX_INTERFACES) return -1
    const info: InterfaceInfo = { ...described, index }
    this.interfaces.push(info)
    sink.interface(info)
    return index
  }
}

function isSame(a: InterfaceInfo, b: Omit<InterfaceInfo, 'index'>): boolean {
  return (
    a.name === b.name &&
    a.link === b.link &&
    a.snaplen === b.snaplen &&
    a.ticksPerSecond === b.ticksPerSecond &&
    a.filter === b.filter
  )
}
