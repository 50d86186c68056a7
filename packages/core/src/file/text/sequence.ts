import { TcpFlag, type TcpPart } from './packet-line.ts'

/** At most so many flows are remembered, the most recently met at least half of them; the later numbers of one that was
 *  forgotten are taken as printed. */
const MOST_FLOWS = 65_536

/** Segments without a number that a side keeps; the reader gives up on them before. */
const MOST_WAITING = 256

/** A number below this is no initial sequence number that a stack draws at random (RFC 6528). */
const SMALL = 1 << 20

/** How the printed numbers of a flow are meant, once that is settled.
 *  `relative`: to what tcpdump stored at the flow's first segment. `absolute`: as printed (-S, or text cut in the
 *  middle, where the base was never printed and any fixed one is as good). `syn`: relative to the SYN, whose answer
 *  is missing from the text. */
type Scale = 'unsettled' | 'relative' | 'absolute' | 'syn'

interface Side {
  /** What tcpdump subtracts from this side's numbers. */
  base: number
  /** Sequence number of this side's SYN, -1 if not printed. */
  syn: number
  /** Next number expected of this side, -1 as long as nothing is known. */
  next: number
  /** Segments whose own number the text has not told yet. */
  waiting: TcpPart[] | null
}

interface Flow {
  /** The side whose name sorts first, and the other. */
  readonly low: Side
  readonly high: Side
  /** Whether tcpdump has stored bases: by a SYN+ACK, or by another segment with ACK. */
  stored: 'no' | 'handshake' | 'middle'
  scale: Scale
}

/** Undoes tcpdump's relative sequence numbers (print-tcp.c, tcp_print): a segment without ACK is printed absolute and not
 *  remembered; the first one with ACK of a flow, and every SYN+ACK, is printed absolute and stores `seq` and `ack - 1`
 *  as the bases of the two directions; later ones are printed relative to these. */
export class SequenceTable {
  /** Flows that had to be forgotten. */
  forgotten = 0
  /** -S was seen on the command line. */
  absolute = false
  private young = new Map<string, Flow>()
  private old = new Map<string, Flow>()

  /** Makes `tcp.seq`, `tcp.ack` and the SACK edges absolute. False: the segment's own number is not known yet; it is
   *  filled in when a later line tells it, or by settle(). */
  resolve(source: string, target: string, tcp: TcpPart): boolean {
    const forward = source < target
    const flow = this.flow(forward ? `${source} ${target}` : `${target} ${source}`)
    const own = forward ? flow.low : flow.high
    const peer = forward ? flow.high : flow.low
    const hasAck = tcp.ack !== null
    if (!hasAck) this.resolveFirst(flow, own, tcp)
    else if ((tcp.flags & TcpFlag.SYN) !== 0 && tcp.seq !== null) this.storeHandshake(flow, own, peer, tcp)
    else if (flow.stored === 'no') this.storeMiddle(flow, own, peer, tcp)
    else this.applyScale(flow, own, peer, tcp)
    return advance(flow, own, peer, tcp)
  }

  /** Gives up on a segment that still waits: any fixed number is as good, so 0. */
  settle(tcp: TcpPart): void {
    if (tcp.seq === null) tcp.seq = 0
  }

  /** Two generations: when the young one is full, the old one with all that was not met since is dropped. */
  private flow(key: string): Flow {
    let flow = this.young.get(key)
    if (flow !== undefined) return flow
    flow = this.old.get(key)
    if (flow === undefined) {
      flow = { low: newSide(), high: newSide(), stored: 'no', scale: this.absolute ? 'absolute' : 'unsettled' }
    } else this.old.delete(key)
    if (this.young.size >= MOST_FLOWS / 2) {
      this.forgotten += this.old.size
      this.old = this.young
      this.young = new Map()
    }
    this.young.set(key, flow)
    return flow
  }

  private resolveFirst(flow: Flow, own: Side, tcp: TcpPart): void {
    if ((tcp.flags & TcpFlag.SYN) === 0 || tcp.seq === null) return
    own.syn = tcp.seq
    own.next = -1
    // A new connection of the same ports: tcpdump keeps the old bases until its SYN+ACK.
    if (flow.scale === 'syn') flow.scale = 'unsettled'
  }

  private storeHandshake(flow: Flow, own: Side, peer: Side, tcp: TcpPart): void {
    const acked = sub(tcp.ack!, 1)
    flow.stored = 'handshake'
    flow.scale = this.absolute ? 'absolute' : 'unsettled'
    own.base = tcp.seq!
    own.syn = tcp.seq!
    own.next = -1
    peer.base = acked
    if (peer.syn < 0) peer.syn = acked
  }

  private storeMiddle(flow: Flow, own: Side, peer: Side, tcp: TcpPart): void {
    flow.stored = 'middle'
    const afterSyn =
      (own.syn >= 0 && tcp.seq !== null && nearer(add(own.syn, tcp.seq), tcp.seq, own.next)) ||
      (peer.syn >= 0 && nearer(add(peer.syn, tcp.ack!), tcp.ack!, peer.next))
    if (afterSyn && flow.scale !== 'absolute') {
      flow.scale = 'syn'
      this.shift(flow, own, peer, tcp)
      return
    }
    own.base = tcp.seq ?? Math.max(own.next, 0)
    peer.base = sub(tcp.ack!, 1)
    // SACK edges are printed relative even here.
    shiftSack(tcp, (edge) => (nearer(add(peer.base, edge), edge, tcp.ack!) ? add(peer.base, edge) : edge))
  }

  private applyScale(flow: Flow, own: Side, peer: Side, tcp: TcpPart): void {
    if (flow.scale !== 'unsettled') {
      this.shift(flow, own, peer, tcp)
      return
    }
    const before = flow.scale
    const { scale, sure } = this.judge(flow, own, peer, tcp)
    flow.scale = scale
    this.shift(flow, own, peer, tcp)
    if (!sure) flow.scale = before
  }

  /** Which meaning puts the printed numbers where the flow's other segments expect them. */
  private judge(flow: Flow, own: Side, peer: Side, tcp: TcpPart): { scale: Scale; sure: boolean } {
    const miss = (scale: Scale): number => {
      const seq = tcp.seq === null ? 0 : distance(add(offset(scale, own), tcp.seq), own.next)
      return Math.max(seq, distance(add(offset(scale, peer), tcp.ack!), peer.next))
    }
    const relative = miss('relative')
    const absolute = miss('absolute')
    const bySyn = flow.stored === 'middle' && (own.syn >= 0 || peer.syn >= 0) ? miss('syn') : Number.POSITIVE_INFINITY
    const preferred = flow.stored === 'middle' && own.base < SMALL && peer.base < SMALL ? 'absolute' : 'relative'
    if (bySyn === 0 && relative > 0) return { scale: 'syn', sure: true }
    if (relative === 0 && absolute > 0) return { scale: 'relative', sure: true }
    if (absolute === 0 && relative > 0) return { scale: 'absolute', sure: true }
    // Lines may be missing: only a difference of another magnitude decides.
    if (absolute > SMALL && relative < absolute / 16) return { scale: 'relative', sure: true }
    if (relative > SMALL && absolute < relative / 16) return { scale: 'absolute', sure: true }
    return { scale: preferred, sure: false }
  }

  private shift(flow: Flow, own: Side, peer: Side, tcp: TcpPart): void {
    const { scale } = flow
    if (tcp.seq !== null) tcp.seq = add(offset(scale, own), tcp.seq)
    tcp.ack = add(offset(scale, peer), tcp.ack!)
    const edges = offset(scale, peer)
    shiftSack(tcp, (edge) => add(edges, edge))
  }
}

/** Notes what the segment says about both sides' numbers and fills in those that waited for it. */
function advance(flow: Flow, own: Side, peer: Side, tcp: TcpPart): boolean {
  if (tcp.seq === null && own.next >= 0) tcp.seq = own.next
  if (tcp.seq === null) {
    own.waiting ??= []
    if (own.waiting.length < MOST_WAITING) own.waiting.push(tcp)
  } else {
    release(flow, own, tcp.seq)
    const flags = tcp.flags
    const taken = tcp.payloadBytes + ((flags & TcpFlag.SYN) !== 0 ? 1 : 0) + ((flags & TcpFlag.FIN) !== 0 ? 1 : 0)
    const next = add(tcp.seq, taken)
    if (own.next < 0 || (flags & TcpFlag.SYN) !== 0 || ((next - own.next) | 0) > 0) own.next = next
  }
  if (tcp.ack !== null) {
    release(flow, peer, tcp.ack)
    if (peer.next < 0 || ((tcp.ack - peer.next) | 0) > 0) peer.next = tcp.ack
  }
  return tcp.seq !== null
}

function newSide(): Side {
  return { base: 0, syn: -1, next: -1, waiting: null }
}

function offset(scale: Scale, side: Side): number {
  if (scale === 'absolute') return 0
  if (scale === 'syn') return Math.max(side.syn, 0)
  return side.base
}

/** The side's first known number goes to the segments that waited for one. Where numbers are relative and a waiting segment
 *  is the one that tcpdump took the base from, that base is its number. */
function release(flow: Flow, side: Side, seq: number): void {
  if (side.waiting === null) return
  const number = flow.stored === 'middle' && flow.scale === 'relative' ? side.base : seq
  for (const tcp of side.waiting) tcp.seq ??= number
  side.waiting = null
}

function shiftSack(tcp: TcpPart, move: (edge: number) => number): void {
  const o = tcp.options
  for (const at of tcp.sackEdges) {
    const edge = move(((o[at] << 24) | (o[at + 1] << 16) | (o[at + 2] << 8) | o[at + 3]) >>> 0)
    o[at] = edge >>> 24
    o[at + 1] = (edge >>> 16) & 255
    o[at + 2] = (edge >>> 8) & 255
    o[at + 3] = edge & 255
  }
}

function add(a: number, b: number): number {
  return (a + b) >>> 0
}

function sub(a: number, b: number): number {
  return (a - b) >>> 0
}

/** How far apart on the circle of 2^32; 0 where nothing is expected (-1). */
function distance(value: number, expected: number): number {
  return expected < 0 ? 0 : Math.abs((value - expected) | 0)
}

function nearer(value: number, than: number, expected: number): boolean {
  return expected >= 0 && distance(value, expected) < distance(than, expected)
}
