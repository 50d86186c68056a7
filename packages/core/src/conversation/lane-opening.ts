/** The opening of a connection, step by step as usual.ts takes it, for lane-writer.ts. */
import { Op } from '../bytes/wasm-code.ts'
import { Flag } from '../wire/tcp.ts'
import { Option } from '../wire/tcp-options.ts'
import { Known, Phase, Trait } from './known.ts'
import { Box, LaneStop } from './lane-box.ts'
import {
  acknowledge,
  addFlags,
  enter,
  noteSent,
  refuseUnlessCurrent,
  refuseUnlessKind,
  setPhase,
} from './lane-record.ts'
import type { LaneWriter } from './lane-writer.ts'
import * as field from './page.ts'
import { State } from './state.ts'
import { Side } from './stream.ts'

/** A segment of no known conversation: a SYN begins one, as Tracker.open() would. */
export function takeSyn(lane: LaneWriter): void {
  const { code, c, i, slot, hash, source, destination, ports } = lane
  refuseUnlessKind(lane, Flag.SYN)
  code.get(lane.payload).jumpIf(lane.refuse)
  // Connected to itself.
  code.get(source).get(destination).op(Op.i32Eq)
  code.get(ports).const(16).op(Op.i32Rotl).get(ports).op(Op.i32Eq, Op.i32And).jumpIf(lane.refuse)
  lane.box(Box.LIVE)
  lane.box(Box.MOST)
  lane.refuseIf(Op.i32GtU)
  // The flow table has to grow.
  lane.box(Box.USED).const(1).op(Op.i32Add).const(1).op(Op.i32Shl)
  lane.box(Box.MASK)
  lane.refuseIf(Op.i32GtU)
  takeSlot(lane)
  for (const count of [Box.LIVE, Box.COUNT, Box.USED]) lane.setBox(count, () => lane.box(count).const(1).op(Op.i32Add))
  lane.setWord(c, field.NUMBER, () => lane.box(Box.COUNT))
  lane.setWord(c, field.FLAGS, () => code.const(Trait.ROLES_OBSERVED))
  lane.setWord(c, field.PORTS, () => code.get(ports))
  lane.setWord(c, field.CLIENT_ADDRESS, () => code.get(source))
  lane.setWord(c, field.SERVER_ADDRESS, () => code.get(destination))
  lane.setWord(c, field.HASH, () => code.get(hash))
  // The cell at which the search ended.
  lane.cellAddress()
  code
    .get(hash)
    .const(-1 << field.SLOT_BITS)
    .op(Op.i32And)
    .get(slot)
    .const(1)
    .op(Op.i32Add, Op.i32Or)
    .store(0)
  code.const(0).set(lane.side)
  lane.findEnds()
  noteSyn(lane)
  enter(lane, i, State.SYN_SENT, true)
  lane.setWord(lane.j, field.WAITING_SYN, () => code.get(lane.number))
  lane.setWide(c, field.SYN_TIME, () => code.get(lane.time).constWide(1).op(Op.f64Add))
  noteSent(lane)
  setPhase(lane, Phase.SYN)
  lane.tellSlot()
  code.const(LaneStop.BEGUN).set(lane.stop)
}

/** A free slot, its record all zero. */
function takeSlot(lane: LaneWriter): void {
  const { code, c, slot } = lane
  const taken = code.open(Op.block)
  const isNew = code.open(Op.block)
  lane.box(Box.FREE).op(Op.i32Eqz).jumpIf(isNew)
  lane.box(Box.FREE).const(1).op(Op.i32Sub).set(slot)
  lane.findRecord()
  lane.setBox(Box.FREE, () => lane.word(c, field.OTHER))
  code
    .get(c)
    .const(0)
    .const(4 * field.recordWords(false))
    .fill()
  code.jump(taken)
  code.close()
  lane.box(Box.SLOTS).tee(slot)
  lane.box(Box.ROOM)
  lane.refuseIf(Op.i32GeU)
  lane.findRecord()
  lane.setBox(Box.SLOTS, () => code.get(slot).const(1).op(Op.i32Add))
  code.close()
}

export function takeSynAck(lane: LaneWriter): void {
  const { code, c, i, j, ack } = lane
  refuseUnlessKind(lane, Flag.SYN | Flag.ACK)
  code.get(lane.side).const(Side.SERVER)
  lane.refuseIf(Op.i32Ne)
  code.get(ack)
  lane.word(j, field.NEXT)
  lane.refuseIf(Op.i32Ne)
  code.get(lane.payload).jumpIf(lane.refuse)
  noteSyn(lane)
  addFlags(lane, j, Known.ACKED)
  enter(lane, i, State.SYN_RCVD, true)
  lane.setWord(i, field.WAITING_SYN, () => code.const(0))
  lane.setWord(j, field.WAITING_SYN_ACK, () => code.get(lane.number))
  lane.setWide(c, field.SYN_ACK_TIME, () => code.get(lane.time).constWide(1).op(Op.f64Add))
  acknowledge(lane)
  setPhase(lane, Phase.SYN_ACK)
}

export function takeThirdAck(lane: LaneWriter): void {
  const { code, c, i, j, side, payload, ack } = lane
  refuseUnlessCurrent(lane)
  refuseUnlessKind(lane, Flag.ACK)
  code.get(side).const(Side.CLIENT)
  lane.refuseIf(Op.i32Ne)
  code.get(payload).jumpIf(lane.refuse)
  lane.setWord(j, field.ACKED, () => code.get(ack))
  addFlags(lane, j, Known.ACKED)
  enter(lane, i, State.ESTABLISHED, true)
  lane.setWord(i, field.WAITING_SYN_ACK, () => code.const(0))
  enter(lane, j, State.ESTABLISHED, false)
  lane.setWide(c, field.OPEN_TIME, () => code.get(lane.time).constWide(1).op(Op.f64Add))
  addFlags(lane, c, Trait.HANDSHAKE)
  lane.setWord(i, field.ACK, () => code.get(ack))
  noteSent(lane)
  setPhase(lane, Phase.UNPROVEN)
}

/** The sender's first sequence number, and noteSynOptions(). */
function noteSyn(lane: LaneWriter): void {
  const { code, i, seq } = lane
  lane.setWord(i, field.FLAGS, () => lane.word(i, field.FLAGS).const(~Known.SCALE).op(Op.i32And))
  readOptions(lane)
  lane.setWord(i, field.ISN, () => code.get(seq))
  for (const offset of [field.NEXT, field.EDGE]) lane.setWord(i, offset, () => code.get(seq).const(1).op(Op.i32Add))
  addFlags(lane, i, Known.ISN | Known.SEQUENCE | Known.SYN)
}

const FLAG_OPTIONS = [
  [Option.WINDOW_SCALE, 3, Known.SCALE],
  [Option.SACK_PERMITTED, 2, Known.SACK],
  [Option.TIMESTAMPS, 10, Known.TIMESTAMPS],
] as const
const MSS_BYTES = 4

/** Up to the first option that is not whole. */
function readOptions(lane: LaneWriter): void {
  const { code, i } = lane
  const at = code.local()
  const stop = code.local()
  const kind = code.local()
  const bytes = code.local()
  lane.optionsAt().set(at)
  lane.optionsEnd().set(stop)
  const over = code.open(Op.block)
  const next = code.open(Op.loop)
  code.get(at).get(stop).op(Op.i32GeU).jumpIf(over)
  code.get(at).load(1, 0).tee(kind).op(Op.i32Eqz).jumpIf(over)
  const isLong = code.open(Op.block)
  code.get(kind).const(Option.NOP).op(Op.i32Ne).jumpIf(isLong)
  code.get(at).const(1).op(Op.i32Add).set(at).jump(next)
  code.close()
  code.get(at).const(1).op(Op.i32Add).get(stop).op(Op.i32GeU).jumpIf(over)
  code.get(at).load(1, 1).tee(bytes).const(2).op(Op.i32LtU).jumpIf(over)
  code.get(at).get(bytes).op(Op.i32Add).get(stop).op(Op.i32GtU).jumpIf(over)
  const noMss = code.open(Op.block)
  code.get(kind).const(Option.MSS).op(Op.i32Ne).jumpIf(noMss)
  code.get(bytes).const(MSS_BYTES).op(Op.i32Ne).jumpIf(noMss)
  lane.setWord(i, field.MSS, () => {
    code.get(at).load(1, 2).const(8).op(Op.i32Shl).get(at).load(1, 3).op(Op.i32Or)
  })
  code.close()
  for (const [option, length, known] of FLAG_OPTIONS) {
    const no = code.open(Op.block)
    code.get(kind).const(option).op(Op.i32Ne).jumpIf(no)
    code.get(bytes).const(length).op(Op.i32Ne).jumpIf(no)
    addFlags(lane, i, known)
    code.close()
  }
  code.get(at).get(bytes).op(Op.i32Add).set(at).jump(next)
  code.close()
  code.close()
}
