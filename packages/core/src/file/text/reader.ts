import type { Bytes, Offset } from '../../units.ts'
import type { CaptureDamage, CaptureReader, CaptureSink } from '../record.ts'
import { LineSplitter } from './lines.ts'
import { TextSession } from './session.ts'

/** Reads what tcpdump prints: any version's lines, pasted into a note with prose, remarks, hex dumps and a client's log.
 *  Packets get bytes made from the line (a hex dump's own where there is one): headers with everything that the line
 *  tells, the payload left out as if the snapshot length had cut it. What a line does not tell is 0 there: checksums,
 *  identification, MAC addresses; the time to live is 64.
 *  Lines are consumed as they come; memory is bounded by the longest line, 65,536 connections and the names. Text never
 *  throws; lines that look like packets but cannot be read are counted and told in a comment. */
export function createTextReader(sink: CaptureSink): CaptureReader {
  return new TextReader(sink)
}

class TextReader implements CaptureReader {
  readonly wants: Bytes = 1
  /** Text is never damaged: whoever opened it sees that no packet came. */
  readonly damage: CaptureDamage | null = null
  private readonly session: TextSession
  private readonly lines: LineSplitter

  constructor(sink: CaptureSink) {
    const session = new TextSession(sink)
    this.session = session
    this.lines = new LineSplitter((line) => session.line(line))
  }

  read(bytes: Uint8Array, at: Offset, end: Offset): Offset {
    this.lines.push(bytes, at, end)
    return end
  }

  finish(bytes: Uint8Array, at: Offset, end: Offset): void {
    this.lines.push(bytes, at, end)
    this.lines.finish()
    this.session.finish(this.lines.cutLines)
  }
}
