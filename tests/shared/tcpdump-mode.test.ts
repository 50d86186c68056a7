import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { itNeeds, needsShared, sharedFolder } from '../needs.ts'
import { Command, start } from '../support/command.ts'
import { expectSameFiles } from '../tcpdump/differential.ts'

needsShared('tcpdump mode over every capture of a real kernel', () => {
  const command = new Command()
  const captures = readdirSync(join(sharedFolder, 'truth'))
    .filter((name) => name.endsWith('.pcap'))
    .map((name) => join(sharedFolder, 'truth', name))

  itNeeds(
    ['tcpdump'],
    'prints, counts and says what the installed tcpdump does (without -v, whose words have changed since)',
    async () => {
      const list = join(command.folder, 'list')
      writeFileSync(list, captures.join('\n'))
      for (const options of ['-n', '-ne -ttt', '-nS -tttt -q', '-n -x', '-n -A -# -K', '-n --count tcp', '-e -ttttt']) {
        const args = ['-Z', 'root', ...options.split(' '), '-V', list]
        const [theirs, ours] = await Promise.all([start('tcpdump', args), command.runAsTcpdump(args)])
        expect([ours.code, ours.err], options).toEqual([theirs.code, theirs.err])
        const expected = theirs.out.toString('latin1').split('\n')
        const actual = ours.out.toString('latin1').split('\n')
        expect(expected.length, options).toBeGreaterThan(1)
        const at = expected.findIndex((line, i) => line !== actual[i])
        expect([at, actual[at], actual.length], options).toEqual([-1, expected[at], expected.length])
      }
    },
  )

  itNeeds(['tcpdump'], 'writes what the installed tcpdump writes', async () => {
    const list = join(command.folder, 'list')
    // A pcap file holds one link type.
    writeFileSync(list, captures.filter((path) => !/cap-(any|sll)/.test(path)).join('\n'))
    // Not --nano: tcpdump forgets it from the second file on, and writes times that are wrong.
    for (const options of [[], ['-C', '1'], ['tcp', 'port', '28080']]) {
      await expectSameFiles(command, ['-Z', 'root', '-V', list, '-w', 'f', ...options])
    }
  })
})
