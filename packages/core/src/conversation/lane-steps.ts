/** The phases of usual.ts, step by step the same, for lane-writer.ts. */
import { Op } from '../bytes/wasm-code.ts'
import { Flag } from '../wire/tcp.ts'
import { Known, Phase, Trait } from './known.ts'
import { Box, LaneStop } from './lane-box.ts'
import { takeSynAck, takeThirdAck } from './lane-opening.ts'
import {
  acknowledge,
  addFlags,
  enter,
  prove,
  pushProof,
  refuseUnlessCurrent,
  refuseUnlessKind,
  setPhase,
} from './lane-record.ts'
import type { LaneWriter } from './lane-writer.ts'
import * as field from './page.ts'
import { State } from './state.ts'

export function writeSteps(lane: LaneWriter): void {
  const { code, refuse, phase } = lane
  code.const(LaneStop.RECORD).set(lane.stop)
  const done = code.open(Op.block)
  const fins = code.open(Op.block)
  const data = code.open(Op.block)
  const third = code.open(Op.block)
  const synAck = code.open(Op.block)
  const labels: number[] = []
  labels[Phase.OTHER] = refuse
  labels[Phase.SYN] = synAck
  labels[Phase.SYN_ACK] = third
  labels[Phase.UNPROVEN] = data
  labels[Phase.ESTABLISHED] = data
  labels[Phase.FIN] = fins
  labels[Phase.FIN_ACKED] = fins
  labels[Phase.BOTH_FINS] = fins
  code.get(phase).jumpTable(labels)
  code.close()
  takeSynAck(lane)
  code.jump(done)
  code.close()
  takeThirdAck(lane)
  code.jump(done)
  code.close()
  takeData(lane, done)
  code.jump(done)
  code.close()
  takeAfterFin(lane, done)
  code.close()
}

/** Payload or an acknowledgement; or, behind the common checks, the first FIN. */
function takeData(lane: LaneWriter, done: number): void {
  const { code, c, i, j, payload, seq, ack, kind, phase } = lane
  code.get(kind).const(~Flag.FIN).op(Op.i32And).const(Flag.ACK)
  lane.refuseIf(Op.i32Ne)
  code.get(seq)
  lane.word(i, field.NEXT)
  lane.refuseIf(Op.i32Ne)
  lane.word(j, field.EDGE).get(ack).op(Op.i32Sub).const(0)
  lane.refuseIf(Op.i32LtS)
  refuseOldAck(lane)
  const isAck = code.open(Op.block)
  code.get(kind).const(Flag.ACK).op(Op.i32Eq).jumpIf(isAck)
  takeFirstFin(lane)
  code.jump(done)
  code.close()
  const isBare = code.open(Op.block)
  code.get(payload).op(Op.i32Eqz).jumpIf(isBare)
  lane.word(i, field.EDGE).get(seq)
  lane.refuseIf(Op.i32Ne)
  lane.tellPayload()
  passPayload(lane)
  lane.setWord(i, field.NEXT, () => lane.word(i, field.EDGE))
  code.const(LaneStop.DATA).set(lane.stop)
  const isSure = code.open(Op.block)
  code.get(phase).const(Phase.UNPROVEN).op(Op.i32Ne).jumpIf(isSure)
  addFlags(lane, i, Known.DATA)
  prove(lane, i)
  // What else judgePhase() asks is so throughout this phase.
  lane.word(i, field.FLAGS)
  lane.word(j, field.FLAGS).op(Op.i32And).const(Known.DATA).op(Op.i32And, Op.i32Eqz).jumpIf(isSure)
  for (const end of [i, j]) {
    pushProof(lane, end)
    code.get(lane.passed).op(Op.i32And, Op.i32Eqz).jumpIf(isSure)
  }
  setPhase(lane, Phase.ESTABLISHED)
  code.close()
  code.close()
  lane.setWord(j, field.ACKED, () => code.get(ack))
  lane.setWord(i, field.ACK, () => code.get(ack))
  lane.setWord(c, field.LAST_PACKET, () => code.get(lane.number))
  lane.setWide(c, field.LAST_TIME, () => code.get(lane.time))
}

function takeFirstFin(lane: LaneWriter): void {
  const { code, c, i, side } = lane
  lane.word(i, field.EDGE).get(lane.seq)
  lane.refuseIf(Op.i32Ne)
  lane
    .word(c, field.FLAGS)
    .const(Trait.CLOSING | Trait.MID_STREAM)
    .op(Op.i32And)
    .jumpIf(lane.refuse)
  sendFin(lane)
  prove(lane, i)
  enter(lane, i, State.FIN_WAIT_1, true)
  awaitFin(lane, 0)
  addFlags(lane, c, Trait.CLOSING)
  lane.setWord(c, field.FLAGS, () => {
    lane.word(c, field.FLAGS).get(side).const(Trait.CLOSED_BY_SERVER).op(Op.i32Mul, Op.i32Or)
  })
  lane.setWide(c, field.CLOSE_TIME, () => code.get(lane.time))
  acknowledge(lane)
  setPhase(lane, Phase.FIN)
}

/** All of it is in sequence and acknowledges everything. */
function takeAfterFin(lane: LaneWriter, done: number): void {
  const { code, c, i, j, side, phase, kind, payload } = lane
  refuseUnlessCurrent(lane)
  refuseOldAck(lane)
  const isOther = code.open(Op.block)
  lane.word(c, field.FLAGS).const(Trait.CLOSED_BY_SERVER).op(Op.i32And).const(0).op(Op.i32Ne)
  code.get(side).op(Op.i32Ne).jumpIf(isOther)
  // The one who closed first: the last acknowledgement.
  code.get(phase).const(Phase.BOTH_FINS)
  lane.refuseIf(Op.i32Ne)
  refuseUnlessKind(lane, Flag.ACK)
  code.get(payload).jumpIf(lane.refuse)
  const isAnswered = code.open(Op.block)
  lane.word(i, field.STATE).const(State.FIN_WAIT_1).op(Op.i32Ne).jumpIf(isAnswered)
  enter(lane, i, State.FIN_WAIT_2, false)
  code.close()
  receiveFin(lane, State.TIME_WAIT)
  enter(lane, j, State.CLOSED, false)
  acknowledge(lane)
  setPhase(lane, Phase.OTHER)
  lane.tellSlot()
  code.const(LaneStop.OVER).set(lane.stop).jump(done)
  code.close()

  code.get(phase).const(Phase.BOTH_FINS)
  lane.refuseIf(Op.i32Eq)
  const isFin = code.open(Op.block)
  code.get(kind).const(Flag.ACK).op(Op.i32Ne).jumpIf(isFin)
  code.get(phase).const(Phase.FIN)
  lane.refuseIf(Op.i32Ne)
  code.get(payload).jumpIf(lane.refuse)
  receiveFin(lane, State.CLOSE_WAIT)
  enter(lane, j, State.FIN_WAIT_2, false)
  acknowledge(lane)
  setPhase(lane, Phase.FIN_ACKED)
  code.jump(done)
  code.close()

  refuseUnlessKind(lane, Flag.ACK | Flag.FIN)
  lane.word(i, field.EDGE).get(lane.seq)
  lane.refuseIf(Op.i32Ne)
  lane.box(Box.BEYOND).jumpIf(lane.refuse)
  sendFin(lane)
  const isAcknowledged = code.open(Op.block)
  code.get(phase).const(Phase.FIN).op(Op.i32Ne).jumpIf(isAcknowledged)
  receiveFin(lane, State.CLOSE_WAIT)
  code.close()
  enter(lane, i, State.LAST_ACK, true)
  awaitFin(lane, Known.FIRST_COVERS | Known.LAST_COVERS)
  acknowledge(lane)
  setPhase(lane, Phase.BOTH_FINS)
}

/** Less is acknowledged than was before. */
function refuseOldAck(lane: LaneWriter): void {
  lane.code.get(lane.ack)
  lane.word(lane.j, field.ACKED).op(Op.i32Sub).const(0)
  lane.refuseIf(Op.i32LtS)
}

/** Reassembly's deliver(), but for telling the sink. */
function passPayload(lane: LaneWriter): void {
  const { code, i, payload } = lane
  lane.setWide(i, field.DELIVERED, () => {
    code
      .get(i)
      .loadWide(4 * field.DELIVERED)
      .get(payload)
      .op(Op.f64ConvertI32U, Op.f64Add)
  })
  lane.setWord(i, field.EDGE, () => lane.word(i, field.EDGE).get(payload).op(Op.i32Add))
}

/** The sender's FIN, behind payload that it may have. */
function sendFin(lane: LaneWriter): void {
  const { code, i, payload } = lane
  lane.tellPayload()
  const isBare = code.open(Op.block)
  code.get(payload).op(Op.i32Eqz).jumpIf(isBare)
  lane.box(Box.HOLDS).jumpIf(lane.refuse)
  passPayload(lane)
  addFlags(lane, i, Known.DATA)
  code.close()
  lane.setWord(i, field.FIN, () => lane.word(i, field.EDGE))
  for (const offset of [field.NEXT, field.EDGE])
    lane.setWord(i, offset, () => lane.word(i, field.FIN).const(1).op(Op.i32Add))
  addFlags(lane, i, Known.FIN)
  lane.setWord(i, field.FIN_PACKET, () => code.get(lane.number))
  code.const(LaneStop.FIN).set(lane.stop)
}

/** The sender's FIN is under way to the receiver. */
function awaitFin(lane: LaneWriter, covers: number): void {
  const { code, j } = lane
  for (const offset of [field.WAITING_FIN, field.WAITING_FIN_LAST]) lane.setWord(j, offset, () => code.get(lane.number))
  lane.setWide(j, field.WAITING_FIN_TIME, () => code.get(lane.time))
  lane.setWord(j, field.FLAGS, () => {
    lane
      .word(j, field.FLAGS)
      .const(~(Known.FIRST_COVERS | Known.LAST_COVERS))
      .op(Op.i32And)
      .const(covers)
      .op(Op.i32Or)
  })
}

/** The sender shows that it has the peer's FIN. */
function receiveFin(lane: LaneWriter, state: number): void {
  for (const offset of [field.WAITING_FIN, field.WAITING_FIN_LAST])
    lane.setWord(lane.i, offset, () => lane.code.const(0))
  enter(lane, lane.i, state, true)
}
