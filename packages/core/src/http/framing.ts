import type { PacketNumber, StreamOffset } from '../units.ts'
import { type Message, State } from './message.ts'

/** Decides where the message ends whose head has just been read, by RFC 9112 §6.3, and sets its state and bodyEnd.
 *  A response whose request is not known for sure may answer HEAD or CONNECT: if that makes a difference, PROBE. */
export function frameBody(m: Message, headEnd: StreamOffset, packet: PacketNumber): void {
  m.headEnd = headEnd
  m.bodyEnd = headEnd
  const broken = checkLengths(m, headEnd, packet)
  if (m.side === 0) {
    if (broken) loseFraming(m)
    else if (m.head.encoded) m.state = State.CHUNK_SIZE
    else setLength(m, Math.max(m.head.declaredLength, 0))
    return
  }
  const status = m.status as number
  if (status < 200) {
    m.state = status === 101 ? State.DONE : State.INTERIM
    return
  }
  const method = m.exchange.provenMethod
  if (status === 204 || status === 304 || method === 'HEAD' || (method === 'CONNECT' && status < 300)) {
    m.state = State.DONE
    return
  }
  // The request that is thought to belong to it asks for a tunnel: not to be read as HTTP, whatever it turns out to be.
  if (m.exchange.request?.method === 'CONNECT' && status < 300) {
    m.state = State.DONE
    return
  }
  if (broken) {
    loseFraming(m)
    return
  }
  if (method === null && m.head.declaredLength !== 0) {
    m.state = State.PROBE
    return
  }
  enterBody(m)
}

/** Enters the body that the head of a response announces, once it is known to have one. */
export function enterBody(m: Message): void {
  const at = m.headEnd as StreamOffset
  m.bodyEnd = at
  if (m.head.chunked) m.state = State.CHUNK_SIZE
  else if (m.head.encoded || m.head.declaredLength < 0) {
    m.bodyEnd = Number.POSITIVE_INFINITY
    m.state = State.BODY
  } else setLength(m, m.head.declaredLength)
}

/** From here on bytes are counted, but what they are is not known. */
export function loseFraming(m: Message): void {
  m.framingLost = true
  m.state = State.LOST
}

function setLength(m: Message, length: number): void {
  m.bodyEnd = (m.headEnd as StreamOffset) + length
  m.state = length === 0 ? State.DONE : State.BODY
}

/** True when the declared lengths leave the end of the message undecided. */
function checkLengths(m: Message, offset: StreamOffset, packet: PacketNumber): boolean {
  if (m.head.encoded) {
    if (m.head.declaredLength !== -1) m.fail('length-and-chunked', offset, packet)
    if (m.side === 0 && !m.head.chunked) {
      m.fail('bad-transfer-encoding', offset, packet)
      return true
    }
    return false
  }
  return m.head.declaredLength === -2
}
