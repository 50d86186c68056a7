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

/** Runs a program to its end. GNU time asks wait4 for it: the resident set that Node itself could ask for would
 *  begin with that of this process, from which the program was forked. Throws where the program fails. */
export function measure(command: readonly string[]): Run {
  if (!existsSync(TIME)) throw new Error(`needs GNU time as ${TIME} (Debian: scripts/debian-packages --bench)`)
  return withScratch((folder) => {
    const figures = join(folder, 'time')
    const written = join(folder, 'stdout')
    const output = openSync(written, 'w')
    const { status, stderr, error } = spawnSync(TIME, ['-q', '-o', figures, '-f', '%U %S %e %M', ...command], {
      stdio: ['ignore', output, 'pipe'],
      env: peerEnvironment,
      maxBuffer: 1 << 28,
    })
    closeSync(output)
    if (error !== undefined) throw error
    if (status !== 0) throw new Error(`${command.join(' ')} failed (${status}): ${String(stderr).slice(-500)}`)
    const [user, system, wall, kilobytes] = readFileSync(figures, 'utf8').trim().split(' ').map(Number)
    return {
      cpuSeconds: user + system,
      wallSeconds: wall,
      residentBytes: kilobytes * 1024,
      stdout: readFileSync(written, 'utf8'),
      stderr: String(stderr),
    }
  })
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
