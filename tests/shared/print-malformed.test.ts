import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { needsShared, sharedFolder } from '../needs.ts'
import { printFile, printOptions } from '../support/print.ts'

needsShared('malformed captures', () => {
  const folder = join(sharedFolder, 'tcpdump', 'malformed')
  for (const name of readdirSync(folder).filter((file) => /\.pcap(ng)?$/.test(file)))
    it.each(['-n -vvv -e -X', '-n', '-n -v -A', '-n -q -x'])(`prints ${name} with %s`, (words) => {
      const before = performance.now()
      const printed = printFile(join(folder, name), printOptions(words).options)
      expect(performance.now() - before).toBeLessThan(1000)
      // Newline and tab are the only control characters, and nothing is beyond ASCII.
      expect(printed.findIndex((byte) => (byte < 0x20 && byte !== 0x0a && byte !== 0x09) || byte > 0x7e)).toBe(-1)
    })
})
