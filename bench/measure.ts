/** Measures whole processes: start-up, reading and writing included. */
import { spawnSync } from 'node:child_process'
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface Run {
  /** User and system, of the process and all that it waited for. */
  readonly cpuSeconds: number
  readonly wallSeconds: number
  /** The largest resident set. */
  readonly residentBytes: number
  readonly stdout: string
  readonly stderr: string
}

const TIME = '/usr/bin/time'

/** tcpdump and its like look the time zone up for every packet unless TZ names a file: that would flatter us. */
const peerEnvironment = { ...process.env, TZ: ':/etc/localtime', LC_ALL: 'C.UTF-8' }

/** A folder of its own for `use`, removed afterwards. In memory if there is a place for that. */
export function withScratch<T>(use: (folder: string) => T): T {
  const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'wiretale-bench-'))
  try {
    return use(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Where a program's standard output goes: into a file, for `stdout`; to /dev/null; or through a pipe, whose other end
 *  is not measured. */
export type Sink = 'file' | 'null' | 'pipe'

/** GNU time runs the words after it. */
const PIPED = '"$@" | cat >/dev/null'

/** Runs a program to its end. GNU time asks wait4 for it: the resident set that Node itself could ask for would
 *  begin with that of this process, from which the program was forked. Throws where the program fails. */
export function measure(command: readonly string[], sink: Sink = 'file'): Run {
  if (!existsSync(TIME)) throw new Error(`needs GNU time as ${TIME} (Debian: scripts/debian-packages --bench)`)
  return withScratch((folder) => {
    const figures = join(folder, 'time')
    const written = join(folder, 'stdout')
    const output = openSync(sink === 'null' ? '/dev/null' : written, 'w')
    const timed = [TIME, '-q', '-o', figures, '-f', '%U %S %e %M %x', ...command]
    const [program, ...args] = sink === 'pipe' ? ['sh', '-c', PIPED, 'sh', ...timed] : timed
    const { status, stderr, error } = spawnSync(program, args, {
      stdio: ['ignore', output, 'pipe'],
      env: peerEnvironment,
      maxBuffer: 1 << 28,
    })
    closeSync(output)
    if (error !== undefined) throw error
    const [user, system, wall, kilobytes, code] = readFileSync(figures, 'utf8').trim().split(' ').map(Number)
    if (status !== 0 || code !== 0)
      throw new Error(`${command.join(' ')} failed (${code || status}): ${String(stderr).slice(-500)}`)
    return {
      cpuSeconds: user + system,
      wallSeconds: wall,
      residentBytes: kilobytes * 1024,
      stdout: sink === 'file' ? readFileSync(written, 'utf8') : '',
      stderr: String(stderr),
    }
  })
}

/** A digest of all that a program writes to its standard output. */
export function digestOutput(command: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync('sh', ['-c', '"$@" | md5sum', 'sh', ...command], {
    env: peerEnvironment,
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`${command.join(' ')} failed (${status}): ${stderr.slice(-500)}`)
  return stdout.split(' ')[0]
}

/** Runs the commands in turn, `runs` times, each time beginning with another: what else the machine does meets all alike.
 *  Result: one list of runs for each command, of the same round at the same index. */
export function measureInTurn(commands: readonly (() => Run)[], runs: number): Run[][] {
  const results: Run[][] = commands.map(() => [])
  for (let round = 0; round < runs; round++)
    for (let i = 0; i < commands.length; i++) {
      const which = (i + round) % commands.length
      results[which].push(commands[which]())
    }
  return results
}
