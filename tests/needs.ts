import { accessSync, constants, existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, it, type TestContext } from 'vitest'

/** Tests that need what not every machine has. Where it is missing they are skipped by name and with the reason
 *  (tests/reporter.ts prints both); under CI, which runs scripts/debian-packages first, they fail. */

/** The project's root, absolute, with a slash at its end. */
export const rootFolder = fileURLToPath(new URL('..', import.meta.url))

/** Material that lies beside the repository; its README says what is in it. */
export const sharedFolder = join(rootFolder, '..', 'shared')

/** The name of a program in PATH, `root` (user id 0), or `shared` (the folder ../shared). */
export type Need = string

/** Under CI nothing may be skipped. */
export const inCi = !['', '0', 'false'].includes(process.env.CI ?? '')

function isThere(need: Need): boolean {
  if (need === 'root') return process.getuid?.() === 0
  if (need === 'shared') return existsSync(join(sharedFolder, 'README.md'))
  // Debian keeps some of what we need out of an ordinary user's PATH.
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin']
  return folders.some((folder) => {
    try {
      accessSync(join(folder, need), constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}

/** Why a test cannot run here, in one line; null if it can. */
function missingNeeds(needs: readonly Need[]): string | null {
  const missing = needs.filter((need) => !isThere(need))
  if (missing.length === 0) return null
  const says = missing.map((need) =>
    need === 'root' ? 'root' : need === 'shared' ? 'the folder ../shared' : `the program ${need}`,
  )
  const help = missing.some((need) => need !== 'root' && need !== 'shared')
    ? '; scripts/debian-packages installs it'
    : ''
  return `needs ${says.join(' and ')}${help}`
}

/** Inside a test: skips it here and now, or fails it under CI, unless all is there. */
function need(context: TestContext, ...needs: Need[]): void {
  const reason = missingNeeds(needs)
  if (reason === null) return
  if (inCi) throw new Error(`under CI nothing is skipped: ${reason}`)
  context.skip(reason)
}

/** `it()` for a test that needs programs. `itNeeds(['tshark'], 'agrees with tshark', () => { … })` */
export function itNeeds(
  needs: readonly Need[],
  name: string,
  run: (context: TestContext) => unknown,
  timeout?: number,
): void {
  it(
    name,
    async (context) => {
      need(context, ...needs)
      await run(context)
    },
    timeout,
  )
}

/** `describe()` whose body may use what it needs while it is still declaring its tests. Where that is missing the body
 *  does not run, and the suite counts as one skipped test. */
export function describeNeeds(needs: readonly Need[], name: string, body: () => void): void {
  if (missingNeeds(needs) === null) describe(name, body)
  else itNeeds(needs, name, () => {})
}

/** A suite on ../shared: `needsShared('tcpdump cases', () => { … readdirSync(join(sharedFolder, 'tcpdump')) … })` */
export function needsShared(name: string, body: () => void): void {
  describeNeeds(['shared'], name, body)
}
