import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
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
  { proof: 'icmpv6-ns-nonce-v0', older: /^(\t {2})unknown option \(14\), length 8 \(1\): $/, newer: '$1nonce' },
]

const options = ['-n', '-nv', '-nvv -X', '-ne', '-nS', '-n -ttt', '-n -tttt']

function tcpdump(path: string, words: string): string[] {
  const { stdout } = spawnSync('tcpdump', ['-r', path, ...words.split(' ')], {
    env: { ...process.env, TZ: 'GMT0' },
    encoding: 'latin1',
    maxBuffer: 1 << 30,
  })
  return stdout.split('\n')
}

/** The older line as 4.99.6 prints it. */
function newer(line: string): string {
  return differences.reduce((text, { older, newer }) => text.replace(older, newer), line)
}

describeNeeds(['shared', 'tcpdump'], 'the installed tcpdump', () => {
  const folder = join(sharedFolder, 'truth')
  const files = readdirSync(folder).filter((name) => name.endsWith('.pcap'))
  describe.each(options)('prints the same with %s', (words) => {
    it(`of ${files.length} captures`, () => {
      const unexplained: string[] = []
      let nonce = false
      for (const name of files) {
        const path = join(folder, name)
        const ours = printFile(path, printOptions(words).options).toString('latin1').split('\n')
        const theirs = tcpdump(path, words)
        // The nonce's bytes: an older tcpdump dumps them on lines of their own.
        for (let i = 0, j = 0; i < ours.length || j < theirs.length; i++, j++) {
          const wanted = newer(theirs[j] ?? '')
          if (wanted.endsWith('\t  nonce')) {
            nonce = true
            if (/^\t {2}nonce option \(14\), length 8 \(1\): /.test(ours[i])) {
              if (/^\t {2}\t0x0000/.test(theirs[j + 1] ?? '')) j++
              continue
            }
          }
          if (nonce && /^\t {2}0x0000: {2}/.test(theirs[j] ?? '') && ours[i] !== theirs[j]) j++
          nonce = false
          if (ours[i] === newer(theirs[j] ?? '')) continue
          unexplained.push(`${name} line ${i + 1}\n- ${theirs[j]}\n+ ${ours[i]}`)
          break
        }
      }
      expect(unexplained).toEqual([])
    })
  })
})
