import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { needsShared, sharedFolder } from '../needs.ts'
import { runTcpdumpMode, withoutMargin } from '../support/tcpdump-mode.ts'

needsShared('the margin of --annotate and --summary beside malformed packets', () => {
  it('holds no control byte, whatever the packets are', async () => {
    const malformed = join(sharedFolder, 'tcpdump/malformed')
    for (const name of readdirSync(malformed)) {
      const given = ['-r', join(malformed, name), '-n', '-vvv', '-e', '-X']
      const { stdout: plain } = await runTcpdumpMode(...given)
      const { stdout: explained } = await runTcpdumpMode(...given, '--annotate', '--summary', '--lang=both')
      expect(withoutMargin(explained).equals(plain), name).toBe(true)
      // biome-ignore lint/suspicious/noControlCharactersInRegex: control bytes are looked for
      expect(explained.toString(), name).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\ufffd]/)
    }
  })
})
