import { execFileSync } from 'node:child_process'
import { createSocket } from 'node:dgram'
import type { LiveRequest, TakeBatch } from '../../packages/cli/src/capture/live-source.ts'

/** tcpdump's own choices for an interface. */
export function liveRequest(of: Partial<LiveRequest> & Pick<LiveRequest, 'device'>): LiveRequest {
  return {
    snaplen: 262_144,
    promiscuous: true,
    monitorMode: false,
    bufferBytes: 0,
    timeStampType: null,
    nano: false,
    link: null,
    direction: null,
    immediate: false,
    expression: '',
    ...of,
  }
}

/** What a batch holds of a packet. */
export interface Caught {
  readonly seconds: number
  readonly fraction: number
  readonly wireBytes: number
  readonly bytes: Buffer
}

/** Takes batches apart, and refuses any that is not made of whole records. */
export class Catcher {
  readonly packets: Caught[] = []
  batches = 0

  readonly take: TakeBatch = (bytes, at, end) => {
    this.batches++
    const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    for (let next = at; next < end; ) {
      const captured = view.readUInt32LE(next + 8)
      if (next + 16 + captured > end) throw new Error('a batch ends within a record')
      this.packets.push({
        seconds: view.readUInt32LE(next),
        fraction: view.readUInt32LE(next + 4),
        wireBytes: view.readUInt32LE(next + 12),
        bytes: Buffer.from(view.subarray(next + 16, next + 16 + captured)),
      })
      next += 16 + captured
    }
  }

  /** Packets whose last bytes are this text. */
  saying(text: string): Caught[] {
    return this.packets.filter(({ bytes }) => bytes.subarray(-text.length).toString('latin1') === text)
  }

  /** Resolves once `count` packets have come. */
  async reach(count: number): Promise<void> {
    while (this.packets.length < count) await pause(5)
  }
}

export const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds))

/** Sends datagrams to a port of this machine where nobody listens; the second text ends with the number. */
export async function sendDatagrams(count: number, text: string, port: number): Promise<void> {
  const socket = createSocket('udp4')
  for (let i = 0; i < count; i++) await new Promise((resolve) => socket.send(`${text}${i}`, port, '127.0.0.1', resolve))
  socket.close()
  // Sending never waits: other events have had no turn.
  await new Promise(setImmediate)
}

const ip = (...words: string[]): void => {
  execFileSync('ip', words, { stdio: ['ignore', 'ignore', 'pipe'] })
}

/** A pair of interfaces: `here` is silent but for what comes through it; the other end is in a namespace of its own. */
export class VethPair {
  readonly here = `wt${process.pid}a`
  readonly namespace = `wiretale-${process.pid}`
  static readonly THERE = 'there'

  constructor() {
    const { here, namespace } = this
    ip('netns', 'add', namespace)
    ip('link', 'add', here, 'type', 'veth', 'peer', 'name', VethPair.THERE, 'netns', namespace)
    ip('link', 'set', here, 'addrgenmode', 'none')
    ip('-n', namespace, 'link', 'set', VethPair.THERE, 'addrgenmode', 'none', 'arp', 'off')
    ip('link', 'set', here, 'up')
    ip('-n', namespace, 'addr', 'add', '192.0.2.1/24', 'dev', VethPair.THERE)
    ip('-n', namespace, 'link', 'set', VethPair.THERE, 'up')
  }

  /** Sends datagrams from the other end; they reach `here`, and nobody. */
  send(count: number, text: string): void {
    const script = `const s = require('node:dgram').createSocket('udp4'); let left = ${count}
for (let i = 0; i < ${count}; i++) s.send('${text}' + i, 9, '192.0.2.9', () => --left || s.close())`
    execFileSync('ip', ['netns', 'exec', this.namespace, process.execPath, '-e', script])
  }

  removeLink(): void {
    ip('link', 'del', this.here)
  }

  close(): void {
    ip('netns', 'del', this.namespace)
  }
}
