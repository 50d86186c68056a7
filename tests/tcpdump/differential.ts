import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { type Command, type Outcome, type RunOptions, start } from '../support/command.ts'

/** What both programs say of themselves differs by nature; and 4.99.6 has -g. */
function withoutVersion(text: string): string {
  return text
    .replace(/^tcpdump version .*\n(libpcap version .*\n)?(OpenSSL .*\n)?/m, 'VERSION\n')
    .replace('-AbdDefghH', '-AbdDefhH')
}

function shown({ code, out, err }: Outcome): object {
  return { code, out: withoutVersion(out.toString('latin1')), err: withoutVersion(err) }
}

/** Runs tcpdump and ours with the same words: exit code, standard output and standard error must be the same. */
export async function expectSame(command: Command, args: readonly string[], options: RunOptions = {}): Promise<void> {
  const [theirs, ours] = await Promise.all([start('tcpdump', args, options), command.runAsTcpdump(args, options)])
  expect(shown(ours), args.join(' ')).toEqual(shown(theirs))
}

/** The same, each in a new folder; the files that they leave there must be the same, too. */
export async function expectSameFiles(
  command: Command,
  args: readonly string[],
  options: RunOptions = {},
): Promise<void> {
  const folders = ['theirs', 'ours'].map((name) => join(command.folder, name))
  for (const folder of folders) {
    rmSync(folder, { recursive: true, force: true })
    // tcpdump gives up root's privileges before it writes.
    mkdirSync(folder, { mode: 0o777 })
  }
  const [theirs, ours] = await Promise.all([
    start('tcpdump', args, { ...options, cwd: folders[0] }),
    command.runAsTcpdump(args, { ...options, cwd: folders[1] }),
  ])
  expect(shown(ours), args.join(' ')).toEqual(shown(theirs))
  const [expected, actual] = folders.map(
    (folder) => new Map(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name))])),
  )
  expect([...actual.keys()], args.join(' ')).toEqual([...expected.keys()])
  for (const [name, bytes] of expected) expect(actual.get(name)?.equals(bytes), `${args.join(' ')}: ${name}`).toBe(true)
}
