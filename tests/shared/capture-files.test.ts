import { execFileSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readCapture } from '../../packages/cli/src/sources/source.ts'
import { SourceError } from '../../packages/cli/src/sources/source-error.ts'
import { describeNeeds, sharedFolder } from '../needs.ts'

/** The packet count of a capture, or null if it is refused or turns out damaged. */
async function countPackets(path: string): Promise<number | null> {
  let packets = 0
  const sink = { capture() {}, interface() {}, packet: () => void packets++ }
  try {
    return (await readCapture([path], sink)).damage === null ? packets : null
  } catch (error) {
    if (error instanceof SourceError) return null
    throw error
  }
}

/** libpcap reads it, but not this file; why ours does. */
const READ_BY_US_ALONE = new Map([
  ['linktype-reserved-field-not-zero.pcap', 'flags beside the link type do not change it'],
  ['pcapng-invalid-vers-2.pcapng', 'minor versions are compatible by the format’s own rule'],
])

describeNeeds(['shared', 'tcpdump'], 'captures', () => {
  const folders = ['cases', 'malformed', 'classic'].map((name) => join(sharedFolder, 'tcpdump', name))

  test.each(folders)('%s: tcpdump counts as many packets, or refuses the same files', async (folder) => {
    const names = readdirSync(folder).filter((name) => /\.pcap(ng)?$/.test(name))
    expect(names.length).toBeGreaterThan(5)
    const script = 'for f; do tcpdump --count -r "$f" 2>/dev/null | grep -o "^[0-9]*" || echo none; done'
    const counts = execFileSync('sh', ['-c', script, 'sh', ...names], { cwd: folder, encoding: 'utf8' })
      .trim()
      .split('\n')
    const theirs = Object.fromEntries(names.map((name, i) => [name, counts[i] === 'none' ? null : Number(counts[i])]))
    const ours = Object.fromEntries(
      await Promise.all(names.map(async (name) => [name, await countPackets(join(folder, name))] as const)),
    )
    for (const name of READ_BY_US_ALONE.keys()) {
      if (!(name in theirs)) continue
      expect([theirs[name], typeof ours[name]]).toEqual([null, 'number'])
      theirs[name] = ours[name]
    }
    expect(ours).toEqual(theirs)
  })
})
