import type { CaptureInfo, CaptureSink, ClientLogLine, InterfaceInfo, PacketRecord } from './record.ts'
import type { CaptureSession } from './session.ts'

/** Calls held back until the first packet; beyond, they are passed on. */
const MAX_HELD = 1000

/** Stands between the text reader and the real sink. Holds everything back until the first packet, since text without
 *  one is no capture at all, and puts packet numbers and interface indexes into the session's count. */
export class TextSink implements CaptureSink {
  hasPackets = false
  private readonly sink: CaptureSink
  private readonly session: CaptureSession
  private held: (() => void)[] | null = []
  private readonly indexes: number[] = []

  constructor(sink: CaptureSink, session: CaptureSession) {
    this.sink = sink
    this.session = session
  }

  capture(info: CaptureInfo): void {
    this.hold(() => this.session.announce(this.sink, info))
  }

  interface(info: InterfaceInfo): void {
    this.hold(() => {
      this.indexes[info.index] = Math.max(0, this.session.addInterface(this.sink, info))
    })
  }

  packet(record: PacketRecord): void {
    this.hasPackets = true
    if (this.held !== null) this.release()
    record.number = ++this.session.packets
    const ownIndex = record.interfaceIndex
    record.interfaceIndex = this.indexes[ownIndex] ?? 0
    this.sink.packet(record)
    record.interfaceIndex = ownIndex
  }

  name(address: string, name: string): void {
    this.hold(() => this.sink.name?.(address, name))
  }

  secrets(type: number, data: Uint8Array): void {
    this.hold(() => this.sink.secrets?.(type, data))
  }

  comment(text: string): void {
    this.hold(() => this.sink.comment?.(text))
  }

  clientLog(lines: readonly ClientLogLine[]): void {
    this.hold(() => this.sink.clientLog?.(lines))
  }

  private hold(call: () => void): void {
    if (this.held === null) call()
    else {
      this.held.push(call)
      if (this.held.length > MAX_HELD) this.release()
    }
  }

  private release(): void {
    const held = this.held ?? []
    this.held = null
    for (const call of held) call()
  }
}
