import { Op, WasmCode } from '../bytes/wasm-code.ts'
import { Flag } from '../wire/tcp.ts'
import { PHASE_SHIFT, Trait } from './known.ts'
import { Box } from './lane-box.ts'
import * as field from './page.ts'

export interface LaneOptions {
  /** Of the memory, in pages of 64 KiB. */
  readonly pages: number
  readonly maxPages: number
  /** Address of the box. */
  readonly box: number
  /** As FlowTable mixes it. */
  readonly seed: number
  readonly nano: boolean
  /** Records that hold more are not taken. */
  readonly maxBytes: number
}

/** Where the records begin, and where they end. */
export const PARAMETERS = 2

/*  Record of a pcap file: seconds, fraction of a second, captured length, length on the wire; then the packet. */
const RECORD_BYTES = 16
const FRACTION = 4
const CAPTURED = 8
const ON_WIRE = 12

// In the packet, where no header has options: Ethernet, IPv4, TCP.
const NETWORK = 14
const TRANSPORT = 34
const USUAL_BYTES = 54

/** Writes the loop over the records. Locals c, i and j hold the addresses of the parts of a conversation's record, as in
 *  usual.ts. */
export class LaneWriter {
  readonly code = new WasmCode(PARAMETERS)
  /** Of the packet, if it is taken. */
  readonly number = this.code.local()
  readonly payload = this.code.local()
  readonly seq = this.code.local()
  readonly ack = this.code.local()
  /** The flags that move a state machine. */
  readonly kind = this.code.local()
  readonly phase = this.code.local()
  readonly side = this.code.local()
  readonly c = this.code.local()
  readonly i = this.code.local()
  readonly j = this.code.local()
  /** What run() returns. */
  readonly stop = this.code.local()
  readonly time = this.code.localWide()
  readonly passed = this.code.local()
  readonly depth = this.code.local()
  /** Label: the record is not taken. */
  refuse = 0
  private readonly options: LaneOptions
  private readonly at = 0
  private readonly end = 1
  private readonly next = this.code.local()
  private readonly from = this.code.local()
  private readonly captured = this.code.local()
  readonly slot = this.code.local()
  readonly source = this.code.local()
  readonly destination = this.code.local()
  readonly ports = this.code.local()
  readonly hash = this.code.local()
  private readonly cell = this.code.local()
  private readonly scratch = this.code.local()
  private readonly index = this.code.local()

  constructor(options: LaneOptions) {
    this.options = options
  }

  /** `steps` writes what is done with a segment of a known conversation, `begin` with one of none; they jump to `refuse`
   *  where they do not take it. */
  write(steps: (lane: LaneWriter) => void, begin: (lane: LaneWriter) => void): this {
    const { code, at, stop } = this
    this.box(Box.NUMBER).const(1).op(Op.i32Add).set(this.number)
    const exit = code.open(Op.block)
    const records = code.open(Op.loop)
    this.refuse = code.open(Op.block)
    this.dissect()
    this.readNumbers()
    const taken = code.open(Op.block)
    const found = code.open(Op.block)
    this.find(found)
    begin(this)
    code.jump(taken)
    code.close()
    this.findEnds()
    this.word(this.c, field.FLAGS).const(Trait.PHASE).op(Op.i32And).const(PHASE_SHIFT).op(Op.i32ShrU).set(this.phase)
    steps(this)
    code.close()
    this.count()
    code.get(this.next).set(at)
    code.get(stop).op(Op.i32Eqz).jumpIf(records)
    code.jump(exit)
    code.close()
    code.close()
    code.close()
    this.setBox(Box.NUMBER, () => code.get(this.number).const(1).op(Op.i32Sub))
    this.setBox(Box.AT, () => code.get(at))
    code.get(stop)
    return this
  }

  /** The record's header, then as Dissector reads the usual frame; all else is refused. */
  private dissect(): void {
    const { code, at, end, next, captured, payload, from } = this
    const { maxBytes, nano } = this.options
    code
      .get(end)
      .get(at)
      .op(Op.i32Sub)
      .const(RECORD_BYTES + USUAL_BYTES)
    this.refuseIf(Op.i32LtU)
    code.get(at).load(4, CAPTURED).tee(captured).const(maxBytes)
    this.refuseIf(Op.i32GtU)
    code.get(captured).const(USUAL_BYTES)
    this.refuseIf(Op.i32LtU)
    code.get(captured).get(end).get(at).op(Op.i32Sub).const(RECORD_BYTES).op(Op.i32Sub)
    this.refuseIf(Op.i32GtU)
    code
      .get(at)
      .load(4, FRACTION)
      .const(nano ? 1e9 : 1e6)
    this.refuseIf(Op.i32GeU)
    code.get(at).get(captured).op(Op.i32Add).const(RECORD_BYTES).op(Op.i32Add).set(next)
    // EtherType, then version and header length: IPv4 without options.
    this.frame(4, NETWORK - 2)
      .const(0xffffff)
      .op(Op.i32And)
      .const(0x450008)
    this.refuseIf(Op.i32Ne)
    // More-fragments flag and fragment offset; the TTL is let through; TCP.
    this.frame(4, NETWORK + 6)
      .const(0xff00ff3f)
      .op(Op.i32And)
      .const(0x06000000)
    this.refuseIf(Op.i32Ne)
    // TCP's header length.
    this.frame(1, TRANSPORT + 12)
      .const(4)
      .op(Op.i32ShrU)
      .const(2)
      .op(Op.i32Shl)
      .tee(from)
      .const(20)
    this.refuseIf(Op.i32LtU)
    // What the headers leave of IP's total length.
    this.frame(1, NETWORK + 2)
      .const(8)
      .op(Op.i32Shl)
    this.frame(1, NETWORK + 3).op(Op.i32Or)
    code.const(20).op(Op.i32Sub).get(from).op(Op.i32Sub).tee(payload).const(0)
    this.refuseIf(Op.i32LtS)
    code
      .get(from)
      .get(at)
      .op(Op.i32Add)
      .const(RECORD_BYTES + TRANSPORT)
      .op(Op.i32Add)
      .set(from)
    // The captured part of the payload: from 0 to all of it.
    code.get(next).get(from).op(Op.i32Sub).set(captured)
    code.get(captured).get(payload).get(captured).get(payload).op(Op.i32LtS, Op.select).set(captured)
    code.const(0).get(captured).get(captured).const(0).op(Op.i32LtS, Op.select).set(captured)
    this.frame(1, TRANSPORT + 13)
      .const(Flag.SYN | Flag.ACK | Flag.RST | Flag.FIN)
      .op(Op.i32And)
      .set(this.kind)
  }

  /** FlowTable.find4(): jumps to `found` with slot, side and c set. Behind it there is no such conversation, and
   *  cellAddress() is that of the empty cell. */
  private find(found: number): void {
    const { code, source, destination, ports, hash, cell, slot, c, side } = this
    this.bigEndian(NETWORK + 12, source)
    this.bigEndian(NETWORK + 16, destination)
    this.bigEndian(TRANSPORT, ports)
    // mixEnds() of both ends: hash and cell hold them until they are mixed.
    this.mixEnd(source, () => code.get(ports).const(16).op(Op.i32ShrU), hash)
    this.mixEnd(destination, () => code.get(ports).const(0xffff).op(Op.i32And), cell)
    code.get(hash).get(cell).op(Op.i32Add).const(0xc2b2ae35).op(Op.i32Mul)
    code.get(hash).get(cell).op(Op.i32Xor).const(0x27d4eb2f).op(Op.i32Mul, Op.i32Xor).tee(hash)
    code.get(hash).const(15).op(Op.i32ShrU, Op.i32Xor).tee(hash)
    this.box(Box.MASK).op(Op.i32And).set(this.index)
    const unknown = code.open(Op.block)
    const probes = code.open(Op.loop)
    const other = code.open(Op.block)
    this.cellAddress().load(4, 0).tee(cell).op(Op.i32Eqz).jumpIf(unknown)
    code
      .get(cell)
      .get(hash)
      .op(Op.i32Xor)
      .const(-1 << field.SLOT_BITS)
      .op(Op.i32And)
      .jumpIf(other)
    code
      .get(cell)
      .const((1 << field.SLOT_BITS) - 1)
      .op(Op.i32And)
      .const(1)
      .op(Op.i32Sub)
      .set(slot)
    this.findRecord()
    this.word(c, field.FLAGS).const(Trait.IPV6).op(Op.i32And).jumpIf(other)
    for (const fromClient of [true, false]) {
      const no = code.open(Op.block)
      this.word(c, field.PORTS).get(ports)
      if (!fromClient) code.const(16).op(Op.i32Rotl)
      code.op(Op.i32Ne).jumpIf(no)
      this.word(c, field.CLIENT_ADDRESS)
        .get(fromClient ? source : destination)
        .op(Op.i32Ne)
        .jumpIf(no)
      this.word(c, field.SERVER_ADDRESS)
        .get(fromClient ? destination : source)
        .op(Op.i32Ne)
        .jumpIf(no)
      code
        .const(fromClient ? 0 : 1)
        .set(side)
        .jump(found)
      code.close()
    }
    code.close()
    code.get(this.index).const(1).op(Op.i32Add)
    this.box(Box.MASK).op(Op.i32And).set(this.index)
    code.jump(probes)
    code.close()
    code.close()
  }

  /** Sets c by the slot. */
  findRecord(): void {
    const { code, slot, c } = this
    code.get(slot).const(field.PAGE_SHIFT).op(Op.i32ShrU).const(2).op(Op.i32Shl)
    code
      .const(this.options.box)
      .op(Op.i32Add)
      .load(4, 4 * Box.PAGES)
      .tee(c)
      .op(Op.i32Eqz)
      .jumpIf(this.refuse)
    code
      .get(slot)
      .const((1 << field.PAGE_SHIFT) - 1)
      .op(Op.i32And)
      .const(4 * field.recordWords(false))
    code.op(Op.i32Mul).get(c).op(Op.i32Add).set(c)
  }

  /** Sets i and j by c and the side. */
  findEnds(): void {
    const { code, side, c, i, j } = this
    const apart = 4 * (field.SERVER - field.CLIENT)
    code
      .get(side)
      .const(apart)
      .op(Op.i32Mul)
      .get(c)
      .op(Op.i32Add)
      .const(4 * field.CLIENT)
      .op(Op.i32Add)
      .set(i)
    code
      .get(c)
      .const(2)
      .op(Op.i32Mul)
      .const(4 * (field.CLIENT + field.SERVER))
      .op(Op.i32Add)
    code.get(i).op(Op.i32Sub).set(j)
  }

  /** Pushes the address of the cell that the search stands at. */
  cellAddress(): WasmCode {
    this.code.get(this.index).const(2).op(Op.i32Shl)
    return this.box(Box.CELLS).op(Op.i32Add)
  }

  /** Pushes where the TCP options begin, and where they or their captured part end. */
  optionsAt(): WasmCode {
    return this.code
      .get(this.at)
      .const(RECORD_BYTES + USUAL_BYTES)
      .op(Op.i32Add)
  }

  optionsEnd(): WasmCode {
    const { code, from, next } = this
    return code.get(from).get(next).get(from).get(next).op(Op.i32LtU, Op.select)
  }

  private mixEnd(address: number, port: () => void, to: number): void {
    const { code } = this
    const { seed } = this.options
    code.get(address).const(seed).op(Op.i32Xor).const(0x9e3779b1).op(Op.i32Mul)
    port()
    code.op(Op.i32Xor).tee(to)
    code.get(to).const(16).op(Op.i32ShrU, Op.i32Xor).const(seed).op(Op.i32Xor).const(0x85ebca6b).op(Op.i32Mul).tee(to)
    code.get(to).const(13).op(Op.i32ShrU, Op.i32Xor).set(to)
  }

  private readNumbers(): void {
    const { code, at } = this
    this.bigEndian(TRANSPORT + 4, this.seq)
    this.bigEndian(TRANSPORT + 8, this.ack)
    code.get(at).load(4, 0).op(Op.f64ConvertI32U)
    this.boxWide(Box.BASE).op(Op.f64Sub).constWide(1e9).op(Op.f64Mul)
    code.get(at).load(4, FRACTION).op(Op.f64ConvertI32U)
    if (!this.options.nano) code.constWide(1000).op(Op.f64Mul)
    code.op(Op.f64Add).set(this.time)
  }

  /** The record was taken. */
  private count(): void {
    const { code, at, next, number, options } = this
    code.get(number).const(1).op(Op.i32Add).set(number)
    this.setBoxWide(Box.WIRE, () => {
      this.boxWide(Box.WIRE).get(at).load(4, ON_WIRE).op(Op.f64ConvertI32U, Op.f64Add)
    })
    this.setBox(Box.CUT, () => {
      this.box(Box.CUT).get(next).get(at).op(Op.i32Sub).const(RECORD_BYTES).op(Op.i32Sub)
      code.get(at).load(4, ON_WIRE).op(Op.i32LtU, Op.i32Add)
    })
    this.setBox(Box.SECONDS, () => code.get(at).load(4, 0))
    this.setBox(Box.FRACTION, () =>
      code
        .get(at)
        .load(4, FRACTION)
        .const(options.nano ? 1 : 1000)
        .op(Op.i32Mul),
    )
  }

  /** Tells the caller of the segment's payload, before it is counted in the stream. */
  tellPayload(): void {
    const { code, i } = this
    this.setBox(Box.SLOT, () => code.get(this.slot))
    this.setBox(Box.SIDE, () => code.get(this.side))
    this.setBox(Box.FROM, () => code.get(this.from))
    this.setBox(Box.BYTES, () => code.get(this.payload))
    this.setBox(Box.CAPTURED, () => code.get(this.captured))
    this.setBoxWide(Box.OFFSET, () => code.get(i).loadWide(4 * field.DELIVERED))
    this.setBoxWide(Box.TIME, () => code.get(this.time))
  }

  /** Tells the caller which conversation is over. */
  tellSlot(): void {
    this.setBox(Box.SLOT, () => this.code.get(this.slot))
    this.setBoxWide(Box.TIME, () => this.code.get(this.time))
  }

  /** Pushes a word of a part of the conversation's record. */
  word(part: number, offset: number): WasmCode {
    return this.code.get(part).load(4, 4 * offset)
  }

  /** Writes what `value` pushes there. */
  setWord(part: number, offset: number, value: () => void): void {
    this.code.get(part)
    value()
    this.code.store(4 * offset)
  }

  setWide(part: number, offset: number, value: () => void): void {
    this.code.get(part)
    value()
    this.code.storeWide(4 * offset)
  }

  /** Jumps to `refuse` if the comparison of what is on the stack holds. */
  refuseIf(...comparison: number[]): void {
    this.code.op(...comparison).jumpIf(this.refuse)
  }

  box(word: number): WasmCode {
    return this.code.const(this.options.box).load(4, 4 * word)
  }

  private boxWide(word: number): WasmCode {
    return this.code.const(this.options.box).loadWide(4 * word)
  }

  setBox(word: number, value: () => void): void {
    this.code.const(this.options.box)
    value()
    this.code.store(4 * word)
  }

  private setBoxWide(word: number, value: () => void): void {
    this.code.const(this.options.box)
    value()
    this.code.storeWide(4 * word)
  }

  /** Pushes bytes of the packet, little-endian. */
  private frame(width: 1 | 2 | 4, offset: number): WasmCode {
    return this.code.get(this.at).load(width, RECORD_BYTES + offset)
  }

  /** A word of the packet, in the network's order. */
  private bigEndian(offset: number, to: number): void {
    const { code, scratch } = this
    this.frame(4, offset).tee(scratch).const(8).op(Op.i32Rotl).const(0x00ff00ff).op(Op.i32And)
    code.get(scratch).const(24).op(Op.i32Rotl).const(0xff00ff00).op(Op.i32And, Op.i32Or).set(to)
  }
}
