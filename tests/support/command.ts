import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import { rootFolder } from '../needs.ts'
import { buildCommand } from './build-command.ts'

export interface Outcome {
  readonly code: number | null
  readonly out: Buffer
  readonly err: string
}

export interface RunOptions {
  readonly input?: Buffer
  readonly env?: Record<string, string>
  readonly cwd?: string
}

/** The command, built for this test file, as a process of its own. */
export class Command {
  /** A folder for the tests' files. */
  folder = ''
  /** Of the built command. */
  path = ''

  constructor() {
    beforeAll(async () => {
      this.folder = mkdtempSync(join(tmpdir(), 'wiretale-'))
      this.path = join(this.folder, 'wiretale.cjs')
      await buildCommand(this.path)
    })
    afterAll(() => rmSync(this.folder, { recursive: true, force: true }))
  }

  /** Called as wiretale. */
  run(args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
    return start(process.execPath, [this.path, ...args], options)
  }

  /** Left running: the caller writes its input and ends it. */
  open(args: readonly string[], { cwd = rootFolder }: Pick<RunOptions, 'cwd'> = {}): ChildProcessWithoutNullStreams {
    const env = { PATH: process.env.PATH, TZ: 'UTC0', LANG: 'C' }
    return spawn(process.execPath, [this.path, ...args], { env, cwd })
  }

  /** Called through a link named tcpdump. */
  runAsTcpdump(args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
    return this.run(args, { ...options, env: { ...options.env, WIRETALE_ARGV0: '/usr/local/bin/tcpdump' } })
  }
}

/** Runs a program to its end, in UTC. */
export function start(program: string, args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  const { input, env = {}, cwd = rootFolder } = options
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd,
      env: { PATH: `${process.env.PATH}:/usr/sbin`, TZ: 'UTC0', LANG: 'C.UTF-8', ...env },
      stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    })
    const out: Buffer[] = []
    const err: Buffer[] = []
    child.stdout?.on('data', (bytes: Buffer) => out.push(bytes))
    child.stderr?.on('data', (bytes: Buffer) => err.push(bytes))
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, out: Buffer.concat(out), err: Buffer.concat(err).toString() }))
    // It may end before it has read all of its input.
    child.stdin?.on('error', () => {})
    child.stdin?.end(input)
  })
}
