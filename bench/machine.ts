/** What the figures were measured on. */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { cpus, loadavg, totalmem } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('..', import.meta.url))
export const launcher = join(root, 'wiretale')

/** First line of what a program says of itself that has a digit in it; null where it is not installed. */
export function versionOf(program: string, ...args: string[]): string | null {
  const { stdout, stderr, error } = spawnSync(program, args, { encoding: 'utf8' })
  if (error !== undefined) return null
  const line = `${stdout}\n${stderr}`.split('\n').find((text) => /\d/.test(text)) ?? ''
  return line.match(/\d+(\.\d+)+/)?.[0] ?? line.trim()
}

/** Builds the command from the sources as they are. */
export function build(): void {
  const { status, stderr } = spawnSync(process.execPath, [join(root, 'scripts/build.mjs'), '--command'], {
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`the build failed: ${stderr}`)
  // The launcher then finds its Node and keeps the compiled form of a whole explanation.
  for (const args of [['--version'], ['explain', join(root, 'examples/http-practice.pcap')]])
    spawnSync(launcher, args, { stdio: 'ignore' })
}

/** The Node that the launcher runs. */
export function launchedNode(): string {
  return process.env.WIRETALE_NODE || readFileSync(join(root, 'packages/cli/dist/ready'), 'utf8').split('\n')[0]
}

/** Prints machine, load and versions. */
export function printMachine(peers: Readonly<Record<string, string | null>>): void {
  const processors = cpus()
  const node = launchedNode()
  const [load] = loadavg()
  console.log(
    `machine  ${processors[0]?.model ?? 'unknown'} × ${processors.length}, ${Math.round(totalmem() / 2 ** 30)} GiB`,
  )
  console.log(`wiretale ${versionOf(launcher, '--version')} on Node ${versionOf(node, '-v')} (${node})`)
  const named = Object.entries(peers).map(([name, version]) => `${name} ${version ?? 'not installed'}`)
  console.log(`peers    ${named.join(', ')}`)
  if (load > processors.length / 2)
    console.log(`warning  load average ${load.toFixed(1)}: other work shares the processors, CPU times are too high`)
}
