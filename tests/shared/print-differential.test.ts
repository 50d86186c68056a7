import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { describeNeeds, sharedFolder } from '../needs.ts'
import { printFile, printOptions } from '../support/print.ts'

/** What 4.99.6 prints otherwise than an older 4.99: one row for each difference, as narrow as it can be, which turns the
 *  older text into the newer one. `proof` is the case of tests/shared/tcpdump-cases that shows 4.99.6's form. */
const differences: readonly { readonly proof: string; readonly older: RegExp; readonly newer: string }[] = [
  {
    proof: 'ipv6-srh-ext-header',
    older: /(IP6 \([^()]*next-header \S+ \(\d+\)) payload length: (\d+)\)/g,
    newer: '$1, payload length $2)',
  },
  { proof: 'ipv6_jumbogram_1', older: /next-header Options \(0\)/g, newer: 'next-header HBH (0)' },
  {
    // The option of RFC 3971 §5.3.2 has a name; -vv dumps it too.
    proof: 'icmpv6-ns-nonce-v0',
    older: /unknown option \(14\), length 8 \(1\): \n\t {2}( {2})?(0x0000: {2})(..)(..) (..)(..) (..)(..)\n/g,
    newer: 'nonce option (14), length 8 (1): $3:$4:$5:$6:$7:$8\n$1$2$3$4 $5$6 $7$8\n',
  },
]

const options = ['-n', '-nv', '-nvv -X', '-ne', '-nS', '-n -ttt', '-n -tttt']

/** What the installed tcpdump prints, as 4.99.6 would. */
function tcpdump(path: string, words: string): string {
  const { stdout } = spawnSync('tcpdump', ['-r', path, ...words.split(' ')], {
    env: { ...process.env, TZ: 'GMT0' },
    encoding: 'latin1',
    maxBuffer: 1 << 30,
  })
  const text = differences.reduce((newest, { older, newer }) => newest.replace(older, newer), stdout)
  // Without -vv the dump stood for the name; with it, it is indented by four.
  return text.replace(/^0x0000: {2}.*\n/gm, '').replace(/^ {2}(0x0000)/gm, '\t    $1')
}

describeNeeds(['shared', 'tcpdump'], 'the installed tcpdump', () => {
  const folder = join(sharedFolder, 'truth')
  const files = readdirSync(folder).filter((name) => name.endsWith('.pcap'))
  it.each(options)('prints the same with %s', (words) => {
    const unexplained: string[] = []
    for (const name of files) {
      const path = join(folder, name)
      const ours = printFile(path, printOptions(words).options).toString('latin1').split('\n')
      const theirs = tcpdump(path, words).split('\n')
      const at = ours.findIndex((line, i) => line !== theirs[i])
      if (at >= 0) unexplained.push(`${name} line ${at + 1}\n- ${theirs[at]}\n+ ${ours[at]}`)
      else if (ours.length !== theirs.length) unexplained.push(`${name}: ${theirs.length} lines, ours ${ours.length}`)
    }
    expect(unexplained).toEqual([])
  })
})
