import { closeSync, openSync, readSync } from 'node:fs'
import { addressText } from './addresses.ts'
import { type End, endKey } from './protocol.ts'
import { State } from './trace-events.ts'

/** A socket as /proc/net/tcp and tcp6 list it. */
export interface ListedSocket {
  /** 0: no program has it: not accepted yet, or closed. */
  readonly inode: number
  readonly uid: number
}

export interface Listener extends ListedSocket {
  readonly address: string
  readonly port: number
  /** It takes what comes to any address. */
  readonly isWildcard: boolean
}

/** The sockets that were asked for, and those that listen. */
export interface SocketTables {
  /** By endKey(). */
  readonly connected: ReadonlyMap<string, ListedSocket>
  readonly listeners: readonly Listener[]
}

const BLOCK = 64 * 1024
/** The kernel walks all of its sockets for this; of a machine with more the rest stays unknown. */
const LINES = 300_000
const WILDCARDS: ReadonlySet<string> = new Set(['0.0.0.0', '::'])

/** Looks for `wanted` ends in this network namespace. Where a table cannot be read nothing is found in it. */
export function readSocketTables(wanted: ReadonlySet<string>): SocketTables {
  const connected = new Map<string, ListedSocket>()
  const listeners: Listener[] = []
  for (const path of ['/proc/self/net/tcp', '/proc/self/net/tcp6']) {
    eachLine(path, (line) => {
      const fields = line.trim().split(/\s+/)
      const local = parseEnd(fields[1])
      const peer = parseEnd(fields[2])
      if (local === null || peer === null) return
      const inode = Number(fields[9])
      const uid = Number(fields[7])
      if (Number.parseInt(fields[3], 16) === State.LISTEN) {
        const [address, port] = local
        listeners.push({ inode, uid, address, port, isWildcard: WILDCARDS.has(address) })
      } else {
        const key = endKey([...local, ...peer] satisfies End)
        if (wanted.has(key)) connected.set(key, { inode, uid })
      }
    })
  }
  return { connected, listeners }
}

/** `0100007F:1F90`: the address's 32-bit words as this machine writes them, the port as a number. */
function parseEnd(text: string | undefined): [address: string, port: number] | null {
  const parts = /^([0-9A-F]{8}|[0-9A-F]{32}):([0-9A-F]{4})$/.exec(text ?? '')
  if (parts === null) return null
  const words = new Uint32Array(4)
  const digits = parts[1].padStart(32, '0')
  for (let i = 0; i < 4; i++) words[i] = Number.parseInt(digits.slice(8 * i, 8 * i + 8), 16)
  const bytes = new Uint8Array(words.buffer)
  if (parts[1].length === 8) bytes.fill(0xff, 10, 12)
  return [addressText(bytes, 0), Number.parseInt(parts[2], 16)]
}

function eachLine(path: string, visit: (line: string) => void): void {
  let file: number
  try {
    file = openSync(path, 'r')
  } catch {
    return
  }
  const block = Buffer.alloc(BLOCK)
  let rest = ''
  let lines = 0
  try {
    for (let bytes = readSync(file, block); bytes > 0 && lines < LINES; bytes = readSync(file, block)) {
      const parts = (rest + block.toString('latin1', 0, bytes)).split('\n')
      rest = parts.pop() ?? ''
      lines += parts.length
      for (const line of parts) visit(line)
    }
  } finally {
    closeSync(file)
  }
}
