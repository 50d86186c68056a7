import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { Socket } from 'node:net'
import type { Readable, Writable } from 'node:stream'
import type { PerSide, ProcessSide } from '@wiretale/core'
import { HELPER_WORD } from './helper-word.ts'
import { eachJsonLine } from './json-lines.ts'
import { type Answer, type End, endKey, type Limit, opposite, type Request } from './protocol.ts'
import { SocketFacts } from './socket-facts.ts'

/** Longest wait for the helper's start, and for one answer: a capture goes on without names rather than late. */
const START_MS = 5_000
const SETTLE_MS = 100
/** Connections that were asked for and are remembered as such. */
const ASKED = 65_536
/** What the helper keeps when it starts as root: to list other users' files, and to see what they are. */
const CAPABILITIES = '-all,+dac_read_search,+sys_ptrace'
const SETPRIV = ['/usr/bin/setpriv', '/bin/setpriv']

/** Which programs of this machine hold the ends of TCP connections. */
export interface ProcessNames {
  /** Why some will be missing. */
  readonly limits: readonly Limit[]
  /** What is known at this moment; null: nothing (yet). Addresses as the report writes them. The first call for a
   *  connection asks the helper in the background. `startMs`: Unix time of the connection's first packet. */
  find(
    clientAddress: string,
    clientPort: number,
    serverAddress: string,
    serverPort: number,
    startMs: number,
  ): PerSide<ProcessSide | null> | null
  /** Resolves when all that the kernel knew until now is known here, soon in any case. */
  settle(): Promise<void>
  /** Ends the helper. */
  close(): void
}

/** Starts the helper, which keeps the rights that this process has: to be called before it gives them up. `onEnd` is told
 *  if the helper ends by itself; from then on nothing more becomes known. Where it does not start, nothing ever does.
 *  `script`: the command's own file. */
export async function openProcessNames(onEnd: () => void = () => {}, script = process.argv[1]): Promise<ProcessNames> {
  const names = new HelperNames(startHelper(script), onEnd)
  await names.ready
  return names
}

type Helper = ChildProcessByStdio<Writable, Readable, null>

function startHelper(script: string): Helper {
  const command = [process.execPath, ...process.execArgv, script, HELPER_WORD]
  const setpriv = SETPRIV.find((path) => existsSync(path))
  if (setpriv !== undefined) {
    // Capabilities that a program file gives are not taken up; root's are cut down before the program starts.
    const rights = process.geteuid?.() === 0 ? [`--bounding-set=${CAPABILITIES}`, '--inh-caps=-all'] : []
    command.unshift(setpriv, '--no-new-privs', ...rights)
  }
  const [program, ...words] = command
  const { WIRETALE_ARGV0: _, ...env } = process.env
  // In a session of its own, so that a terminal's signals do not reach it.
  return spawn(program, words, { stdio: ['pipe', 'pipe', 'ignore'], detached: true, cwd: '/', env })
}

class HelperNames implements ProcessNames {
  limits: readonly Limit[] = []
  readonly ready: Promise<void>
  private readonly facts = new SocketFacts()
  private readonly asked = new Map<string, number>()
  private readonly helper: Helper
  private readonly settling = new Map<number, () => void>()
  private lastSettle = 0
  private isOver = false

  constructor(helper: Helper, onEnd: () => void) {
    this.helper = helper
    this.ready = new Promise((resolve) => {
      const timer = setTimeout(resolve, START_MS)
      const over = (): void => {
        clearTimeout(timer)
        resolve()
        if (this.isOver) return
        this.end()
        onEnd()
      }
      helper.on('error', over).on('exit', over)
      helper.stdin.on('error', () => {})
      // A capture that fails need not think of it: the helper ends with this process.
      helper.unref()
      for (const pipe of [helper.stdin, helper.stdout]) if (pipe instanceof Socket) pipe.unref()
      eachJsonLine(helper.stdout, (line) => {
        const answer = line as Answer
        if ('ready' in answer) {
          clearTimeout(timer)
          this.limits = answer.ready.limits
          resolve()
        } else this.take(answer)
      })
    })
  }

  find(
    clientAddress: string,
    clientPort: number,
    serverAddress: string,
    serverPort: number,
    startMs: number,
  ): PerSide<ProcessSide | null> | null {
    const client: End = [clientAddress, clientPort, serverAddress, serverPort]
    this.ask(client, startMs)
    const sides = { client: this.facts.find(client, startMs), server: this.facts.find(opposite(client), startMs) }
    return sides.client === null && sides.server === null ? null : sides
  }

  settle(): Promise<void> {
    if (this.isOver) return Promise.resolve()
    const number = ++this.lastSettle
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.settled(number), SETTLE_MS)
      this.settling.set(number, () => {
        clearTimeout(timer)
        resolve()
      })
      this.send({ settle: number })
    })
  }

  close(): void {
    if (this.isOver) return
    this.end()
    this.helper.stdin.end()
    this.helper.stdout.destroy()
  }

  private ask(client: End, startMs: number): void {
    const key = endKey(client)
    if (this.isOver || this.asked.get(key) === startMs) return
    this.asked.delete(key)
    if (this.asked.size >= ASKED) {
      const oldest = this.asked.keys().next()
      if (!oldest.done) this.asked.delete(oldest.value)
    }
    this.asked.set(key, startMs)
    this.send({ ask: { client, seenMs: startMs } })
  }

  private take(answer: Answer): void {
    if ('socket' in answer) this.facts.add(answer.socket)
    else if ('settled' in answer) this.settled(answer.settled)
    else if ('lost' in answer) this.facts.endOpen(Date.now())
  }

  private settled(number: number): void {
    this.settling.get(number)?.()
    this.settling.delete(number)
  }

  private send(request: Request): void {
    if (!this.isOver) this.helper.stdin.write(`${JSON.stringify(request)}\n`)
  }

  private end(): void {
    this.isOver = true
    for (const resolve of this.settling.values()) resolve()
    this.settling.clear()
  }
}
