import type { ProcessRecord } from '@wiretale/core'
import { addressText, type OwnAddresses } from './addresses.ts'
import { networkNamespace, type ProgramTable, processOfThread, readProcess, threadStarted } from './programs.ts'
import { type End, endKey, type SocketFact } from './protocol.ts'
import { parseFormat, State } from './trace-events.ts'
import type { TraceInstance } from './trace-instance.ts'

const SOCKET = 'sock/inet_sock_set_state'
const EXEC = 'sched/sched_process_exec'
const FORK = 'sched/sched_process_fork'
const EXIT = 'sched/sched_process_exit'

/** What is recorded, and the filter of each. */
export function eventsToRecord(stateFilter: string): ReadonlyMap<string, string | null> {
  return new Map([
    [EXEC, null],
    [FORK, null],
    [EXIT, null],
    [SOCKET, stateFilter],
  ])
}

/** common_flags: the kernel interrupted the program that it names; it has nothing to do with the event. */
const INTERRUPT_FLAGS = 0x08 | 0x10 | 0x40
const AF_INET6 = 10
/** A process that started so much after the event has its number from one that has gone; /proc counts in 10 ms. */
const START_SLACK_MS = 30
/** Sockets that are followed; of more the oldest are forgotten. */
const SOCKETS = 65_536

interface TraceSocket {
  readonly id: number
  end: End | null
  readonly openedMs: number | null
  endedMs: number | null
  /** Who called connect(). */
  opener: ProcessRecord | null
  /** Who called close() or shutdown(). */
  closer: ProcessRecord | null
  /** Of another network namespace: whatever its addresses are, its packets are not those that are captured here. */
  isForeign: boolean
}

/** A record that waits until all that is older has been read. */
interface Waiting {
  readonly time: number
  readonly apply: () => void
}

/** Which program opened and closed each TCP socket, by the kernel's own account of it. */
export class SocketEvents {
  private readonly trace: TraceInstance
  private readonly programs: ProgramTable
  private readonly addresses: OwnAddresses
  private readonly publish: (fact: SocketFact) => void
  private readonly byAddress = new Map<number, TraceSocket>()
  private readonly byEnd = new Map<string, TraceSocket>()
  private readonly visitors = new Map<number, (view: DataView, at: number, end: number) => (() => void) | null>()
  private readonly namespace = networkNamespace('self')
  private waiting: Waiting[] = []
  private nextId = 1
  /** What the trace's clock leads the calendar by, negative. */
  private clockMs = 0
  /** What it lags the time since the machine's start by: the time asleep. */
  private bootMs = 0
  private now = 0
  /** When events were lost last; null: never. A socket that is met later may be older than that, or not. */
  private lostAtMs: number | null = null

  /** Throws if this kernel's events lack what is needed. */
  constructor(
    trace: TraceInstance,
    programs: ProgramTable,
    addresses: OwnAddresses,
    publish: (fact: SocketFact) => void,
  ) {
    this.trace = trace
    this.programs = programs
    this.addresses = addresses
    this.publish = publish
    this.readSocketFormat()
    this.readProcessFormats()
  }

  /** Takes in all that the kernel has recorded until now. True: some was lost, and what was known is forgotten. */
  drain(uptimeMs: number): boolean {
    const mono = Number(process.hrtime.bigint()) / 1e6
    this.clockMs = Date.now() - mono
    this.bootMs = uptimeMs - mono
    const isLost = this.trace.drain((view, at, end, time) => {
      const apply = this.visitors.get(view.getUint16(at, true))?.(view, at, end) ?? null
      if (apply !== null) this.waiting.push({ time, apply })
    })
    if (isLost) this.forget()
    this.waiting.sort((a, b) => a.time - b.time)
    // What was recorded while the processors were read one by one may be preceded by what was not read yet.
    const last = this.waiting.findIndex(({ time }) => time > mono)
    const ready = last < 0 ? this.waiting : this.waiting.slice(0, last)
    this.waiting = last < 0 ? [] : this.waiting.slice(last)
    for (const { time, apply } of ready) {
      this.now = time
      apply()
    }
    return isLost
  }

  /** What the kernel told of the socket that has this end now, or had it last. */
  find(end: End): { readonly openedMs: number | null; readonly endedMs: number | null } | null {
    const socket = this.byEnd.get(endKey(end))
    return socket === undefined || socket.isForeign ? null : socket
  }

  private forget(): void {
    this.byAddress.clear()
    this.byEnd.clear()
    this.programs.clear()
    this.waiting = []
    this.lostAtMs = Date.now()
  }

  private readSocketFormat(): void {
    const names = ['common_flags', 'common_pid', 'skaddr', 'oldstate', 'newstate', 'sport', 'dport', 'family']
    const { id, fields } = this.format(SOCKET, [...names, 'saddr_v6', 'daddr_v6', 'saddr', 'daddr'])
    const of = (name: string): number => fields.get(name) ?? 0
    const [flags, tid, socket, before, after, port, peerPort, family] = names.map(of)
    const [address6, peer6] = [of('saddr_v6'), of('daddr_v6')]
    const [address4, peer4] = [of('saddr'), of('daddr')]
    const need = Math.max(address6, peer6) + 16
    const scratch = new Uint8Array(16)
    const text = (view: DataView, at: number, isV6: boolean): string => {
      scratch.fill(0)
      if (!isV6) scratch.fill(0xff, 10, 12)
      for (let i = isV6 ? 0 : 12; i < 16; i++) scratch[i] = view.getUint8(isV6 ? at + i : at + i - 12)
      return addressText(scratch, 0)
    }
    this.visitors.set(id, (view, at, end) => {
      if (end - at < need) return null
      const isV6 = view.getUint16(at + family, true) === AF_INET6
      const local = text(view, at + (isV6 ? address6 : address4), isV6)
      const peer = text(view, at + (isV6 ? peer6 : peer4), isV6)
      const where: End = [local, view.getUint16(at + port, true), peer, view.getUint16(at + peerPort, true)]
      // The sixteen highest bits of a kernel address are all the same.
      const address = (view.getUint32(at + socket + 4, true) & 0xffff) * 2 ** 32 + view.getUint32(at + socket, true)
      const isOwnCall = (view.getUint8(at + flags) & INTERRUPT_FLAGS) === 0
      const caller = isOwnCall ? view.getInt32(at + tid, true) : 0
      const from = view.getInt32(at + before, true)
      const to = view.getInt32(at + after, true)
      return () => this.change(address, from, to, where, caller)
    })
  }

  private readProcessFormats(): void {
    const exec = this.format(EXEC, ['filename', 'pid'])
    const file = exec.fields.get('filename') ?? 0
    const executed = exec.fields.get('pid') ?? 0
    this.visitors.set(exec.id, (view, at, end) => {
      const location = view.getUint32(at + file, true)
      const from = at + (location & 0xffff)
      const to = Math.min(end, from + (location >>> 16))
      if (from > end) return null
      const name = Buffer.from(view.buffer, from, Math.max(0, to - from))
        .toString()
        .replace(/\0.*$/s, '')
      const pid = view.getInt32(at + executed, true)
      return () => this.programs.executed(pid, name)
    })
    const fork = this.format(FORK, ['parent_pid', 'child_pid'])
    const parent = fork.fields.get('parent_pid') ?? 0
    const child = fork.fields.get('child_pid') ?? 0
    this.visitors.set(fork.id, (view, at) => {
      const [from, to] = [view.getInt32(at + parent, true), view.getInt32(at + child, true)]
      return () => this.programs.forked(from, to)
    })
    const exit = this.format(EXIT, ['pid'])
    const gone = exit.fields.get('pid') ?? 0
    this.visitors.set(exit.id, (view, at) => {
      const tid = view.getInt32(at + gone, true)
      return () => this.programs.exited(tid)
    })
  }

  private format(event: string, needed: readonly string[]): NonNullable<ReturnType<typeof parseFormat>> {
    const format = parseFormat(this.trace.format(event), needed)
    if (format === null) throw new Error(`the event ${event} of this kernel is not as expected`)
    return format
  }

  private change(address: number, from: number, to: number, end: End, caller: number): void {
    if (from === State.CLOSE && to === State.SYN_SENT) {
      // Its own port is chosen after this: the next event has it.
      this.begin(address, null, this.now + this.clockMs, caller === 0 ? null : this.identify(caller))
      return
    }
    let socket = this.byAddress.get(address)
    if (from === State.SYN_SENT) {
      if (socket === undefined) return
      this.name(socket, end)
      this.tell(socket)
    } else if (from === State.SYN_RECV && to === State.ESTABLISHED) {
      // Two that open at the same time: the socket is there already.
      if (socket === undefined || socket.end === null || endKey(socket.end) !== endKey(end))
        this.begin(address, end, this.now + this.clockMs, null)
    } else if (to === State.FIN_WAIT_1 || to === State.LAST_ACK) {
      socket ??= this.begin(address, end, this.lostAtMs, null)
      const seen = caller === 0 ? null : this.identify(caller)
      if (seen?.isForeign === true) socket.isForeign = true
      socket.closer = seen?.process ?? null
      if (socket.opener === null) this.tell(socket)
    }
    if (to !== State.CLOSE || socket === undefined) return
    socket.endedMs = this.now + this.clockMs
    this.byAddress.delete(address)
    this.tell(socket)
  }

  private begin(address: number, end: End | null, openedMs: number | null, by: Seen | null): TraceSocket {
    const socket: TraceSocket = {
      id: this.nextId++,
      end: null,
      openedMs,
      endedMs: null,
      opener: by?.process ?? null,
      closer: null,
      isForeign: by?.isForeign === true,
    }
    keep(this.byAddress, address, socket)
    if (end !== null) this.name(socket, end)
    return socket
  }

  private name(socket: TraceSocket, end: End): void {
    if (!this.addresses.has(end[0])) socket.isForeign = true
    socket.end = end
    if (!socket.isForeign) keep(this.byEnd, endKey(end), socket)
  }

  private tell({ id, end, openedMs, endedMs, opener, closer, isForeign }: TraceSocket): void {
    const process = opener ?? closer
    if (end === null || isForeign || process === null) return
    const by = opener === null ? 'close' : 'connect'
    this.publish({ id, end, seenMs: null, openedMs, endedMs, side: { basis: 'observed', by, processes: [process] } })
  }

  /** The process of a thread that made a call just now. */
  private identify(tid: number): Seen {
    const namespace = networkNamespace(tid)
    const isForeign = namespace !== null && this.namespace !== null && namespace !== this.namespace
    const known = this.programs.seen(tid)
    if (known !== null) return { process: known, isForeign }
    const started = threadStarted(tid)
    const isSame = started !== null && started <= this.now + this.bootMs + START_SLACK_MS
    const pid = isSame ? processOfThread(tid) : null
    const seen = pid === null ? null : readProcess(pid)
    // Of one that has ended, and waits for its parent to notice, /proc has little more than the number.
    if (seen === null || seen.program === null) return { process: this.programs.find(tid) ?? record(seen), isForeign }
    const process = record(seen)
    if (process !== null) this.programs.saw(tid, process)
    return { process, isForeign }
  }
}

function record(seen: ProcessRecord | null): ProcessRecord | null {
  return seen === null ? null : { pid: seen.pid, name: seen.name, program: seen.program }
}

interface Seen {
  readonly process: ProcessRecord | null
  readonly isForeign: boolean
}

/** Newest last; the oldest goes when there are too many. */
function keep<Key, Value>(map: Map<Key, Value>, key: Key, value: Value): void {
  map.delete(key)
  if (map.size >= SOCKETS) {
    const oldest = map.keys().next()
    if (!oldest.done) map.delete(oldest.value)
  }
  map.set(key, value)
}
