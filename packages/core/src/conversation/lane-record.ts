/** What lane-steps.ts and lane-opening.ts write into records, and when they refuse a segment. */
import { Op } from '../bytes/wasm-code.ts'
import { Known, PHASE_SHIFT, Trait } from './known.ts'
import type { LaneWriter } from './lane-writer.ts'
import * as field from './page.ts'

/** In sequence, and it acknowledges all that was sent. */
export function refuseUnlessCurrent(lane: LaneWriter): void {
  lane.code.get(lane.seq)
  lane.word(lane.i, field.NEXT)
  lane.refuseIf(Op.i32Ne)
  lane.code.get(lane.ack)
  lane.word(lane.j, field.NEXT)
  lane.refuseIf(Op.i32Ne)
}

export function refuseUnlessKind(lane: LaneWriter, kind: number): void {
  lane.code.get(lane.kind).const(kind)
  lane.refuseIf(Op.i32Ne)
}

export function acknowledge(lane: LaneWriter): void {
  lane.setWord(lane.j, field.ACKED, () => lane.code.get(lane.ack))
  lane.setWord(lane.i, field.ACK, () => lane.code.get(lane.ack))
  noteSent(lane)
}

export function noteSent(lane: LaneWriter): void {
  const { code, c, i, time } = lane
  addFlags(lane, i, Known.SPOKE)
  lane.setWord(c, field.LAST_PACKET, () => code.get(lane.number))
  lane.setWide(c, field.LAST_TIME, () => code.get(time))
  lane.setWide(i, field.SENT_TIME, () => code.get(time))
}

export function addFlags(lane: LaneWriter, part: number, flags: number): void {
  lane.setWord(part, field.FLAGS, () => lane.word(part, field.FLAGS).const(flags).op(Op.i32Or))
}

export function setPhase(lane: LaneWriter, phase: number): void {
  const { c } = lane
  lane.setWord(c, field.FLAGS, () => {
    lane
      .word(c, field.FLAGS)
      .const(~Trait.PHASE)
      .op(Op.i32And)
      .const(phase << PHASE_SHIFT)
      .op(Op.i32Or)
  })
}

/** page.ts's enter(), without history. */
export function enter(lane: LaneWriter, end: number, state: number, observed: boolean): void {
  const { code, passed, depth } = lane
  const isFull = code.open(Op.block)
  lane.word(end, field.DEPTH).tee(passed).const(field.DEPTH_BITS).op(Op.i32And).tee(depth)
  code.const(field.TIMELINE).op(Op.i32Eq).jumpIf(isFull)
  lane.setWord(end, field.DEPTH, () => {
    code
      .get(passed)
      .const(1 << field.PROVEN_SHIFT)
      .get(depth)
      .op(Op.i32Shl)
    if (observed) code.op(Op.i32Or)
    else code.const(-1).op(Op.i32Xor, Op.i32And)
    code.const(1).op(Op.i32Add)
  })
  code.get(depth).const(2).op(Op.i32Shl).set(depth)
  lane.setWord(end, field.PASSED, () => {
    lane.word(end, field.PASSED).const(15).get(depth).op(Op.i32Shl).const(-1).op(Op.i32Xor, Op.i32And)
    code.const(state).get(depth).op(Op.i32Shl, Op.i32Or)
  })
  lane.setWord(end, field.STATE, () => code.const(state))
  lane.setWide(end, field.ENTERED_TIME, () => code.get(lane.time))
  code.close()
}

/** Pushes the bit that says that the newest state is proven, 0 where there is no state; `passed` has it too, if it is. */
export function pushProof(lane: LaneWriter, end: number): void {
  const { code, passed, depth } = lane
  lane.word(end, field.DEPTH).tee(passed).const(field.DEPTH_BITS).op(Op.i32And).set(depth)
  code
    .const((1 << field.PROVEN_SHIFT) >> 1)
    .get(depth)
    .op(Op.i32Shl)
  code.const(0).get(depth).op(Op.select)
}

export function prove(lane: LaneWriter, end: number): void {
  lane.setWord(end, field.DEPTH, () => {
    pushProof(lane, end)
    lane.code.get(lane.passed).op(Op.i32Or)
  })
}
