import type { ProcessRecord, ProcessSide } from '@wiretale/core'
import type { OwnAddresses } from './addresses.ts'
import { type SeenProcess, uptimeMs } from './programs.ts'
import { type End, endKey, opposite, type SocketFact } from './protocol.ts'
import { findHolders } from './socket-holders.ts'
import { type Listener, readSocketTables, type SocketTables } from './socket-tables.ts'

/** When a socket is looked for again: it may not be accepted yet, and what holds it may not have been seen. */
const RETRY_MS = [0, 20, 100, 400] as const
/** Looking takes at most this part of the time. */
const SHARE = 0.1
/** Questions that wait; more are not answered. */
const WAITING = 4_096
/** Clocks of packets and of this process may be so far apart. */
const CLOCK_SLACK_MS = 50

interface Inquiry {
  readonly end: End
  /** The end that accepted the connection: a listener may speak for it. */
  readonly isServer: boolean
  readonly seenMs: number
  readonly askedAt: number
  tries: number
}

/** Finds who holds a socket by searching through /proc, for what the kernel's events do not tell: connections that are
 *  older than the helper, and servers, who are handed theirs by the kernel. */
export class Inquiries {
  private readonly addresses: OwnAddresses
  /** Whether the kernel's events know of a socket with this end, at that time. */
  private readonly existed: (end: End, ms: number) => boolean
  private readonly publish: (fact: SocketFact) => void
  private waiting: Inquiry[] = []
  private timer: NodeJS.Timeout | null = null
  private isLooking = false
  private nextLook = 0
  /** Events number theirs upwards from 1. */
  private nextId = -1

  constructor(
    addresses: OwnAddresses,
    existed: (end: End, ms: number) => boolean,
    publish: (fact: SocketFact) => void,
  ) {
    this.addresses = addresses
    this.existed = existed
    this.publish = publish
  }

  ask(client: End, seenMs: number): void {
    const server = opposite(client)
    for (const [end, isServer] of [[client, false] as const, [server, true] as const]) {
      if (!this.addresses.has(end[0]) || this.waiting.length >= WAITING) continue
      this.waiting.push({ end, isServer, seenMs, askedAt: performance.now(), tries: 0 })
    }
    this.schedule()
  }

  private schedule(): void {
    if (this.isLooking || this.waiting.length === 0) return
    const due = Math.min(...this.waiting.map(dueAt))
    if (this.timer !== null) clearTimeout(this.timer)
    this.timer = setTimeout(() => this.look(), Math.max(0, Math.max(due, this.nextLook) - performance.now()))
  }

  private async look(): Promise<void> {
    this.timer = null
    this.isLooking = true
    const began = performance.now()
    const now = this.waiting.filter((inquiry) => dueAt(inquiry) <= began)
    const tables = readSocketTables(new Set(now.map(({ end }) => endKey(end))))
    const inodes = new Set<number>()
    for (const inquiry of now) {
      const inode = tables.connected.get(endKey(inquiry.end))?.inode ?? 0
      if (inode !== 0) inodes.add(inode)
      else if (inquiry.isServer) for (const listener of listenersOf(inquiry.end, tables)) inodes.add(listener.inode)
    }
    const holders = await findHolders(inodes)
    const open = new Set(this.waiting)
    for (const inquiry of now) if (this.settle(inquiry, tables, holders)) open.delete(inquiry)
    this.waiting = [...open]
    this.isLooking = false
    const end = performance.now()
    this.nextLook = end + (end - began) * (1 / SHARE - 1)
    this.schedule()
  }

  /** True: there is nothing more to find out. */
  private settle(inquiry: Inquiry, tables: SocketTables, holders: ReadonlyMap<number, SeenProcess[]>): boolean {
    const { end, seenMs } = inquiry
    const isLast = ++inquiry.tries >= RETRY_MS.length
    const listed = tables.connected.get(endKey(end))
    const found = listed === undefined ? [] : (holders.get(listed.inode) ?? [])
    if (found.length > 0) {
      // Who started after the client's first packet is another client, on the same port.
      const bootMs = Date.now() - (uptimeMs() ?? 0)
      const isLater = found.some(({ startedMs }) => bootMs + startedMs > seenMs + CLOCK_SLACK_MS)
      if (inquiry.isServer || !isLater)
        this.tell(inquiry, { basis: 'observed', by: 'socket', processes: found.map(recordOf) })
      return true
    }
    if (!inquiry.isServer) return isLast
    // A listener speaks only for what certainly reached it: packets may be redirected to another machine before.
    const isOurs = listed !== undefined || this.existed(end, seenMs + CLOCK_SLACK_MS)
    if (!isLast && listed !== undefined) return false
    if (!isOurs) return isLast
    const side = speakFor(listenersOf(end, tables).map(({ inode }) => holders.get(inode) ?? []))
    if (side !== null) this.tell(inquiry, side)
    return isLast || side !== null
  }

  private tell({ end, seenMs }: Inquiry, side: ProcessSide): void {
    this.publish({ id: this.nextId--, end, seenMs, openedMs: null, endedMs: null, side })
  }
}

function dueAt({ askedAt, tries }: Inquiry): number {
  return askedAt + (RETRY_MS[tries] ?? 0)
}

function recordOf({ pid, name, program }: SeenProcess): ProcessRecord {
  return { pid, name, program }
}

/** Those that listen at this address alone come first; else those that listen at all. */
function listenersOf([address, port]: End, { listeners }: SocketTables): Listener[] {
  const all = listeners.filter((listener) => listener.port === port)
  const exact = all.filter((listener) => listener.address === address)
  const isV6 = address.includes(':')
  return exact.length > 0
    ? exact
    : all.filter((listener) => listener.isWildcard && (!isV6 || listener.address === '::'))
}

/** The one program that holds all the listening sockets, or null. Which of its processes accepted, nobody tells. */
function speakFor(holders: readonly (readonly SeenProcess[])[]): ProcessSide | null {
  const all = holders.flat()
  if (all.length === 0 || holders.some((some) => some.length === 0)) return null
  const [{ name, program }] = all
  if (program === null || all.some((other) => other.program !== program || other.name !== name)) return null
  const pids = new Set(all.map(({ pid }) => pid))
  return {
    basis: 'inferred',
    by: 'listener',
    processes: [{ pid: pids.size === 1 ? all[0].pid : null, name, program }],
  }
}
