import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { needsShared, sharedFolder } from '../needs.ts'
import { runTcpdumpMode, withoutMargin } from '../support/tcpdump-mode.ts'

const folder = join(sharedFolder, 'truth')
const looks = [['--lang=en'], ['--lang=zh', '--width=80'], ['--lang=both', '--width=140', '--color=always']]

needsShared('the margin of --annotate and --summary', () => {
  it.each(['-n', '-nvv -X', '-n -A', '-ne'])('taken away leaves what %s prints', async (words) => {
    const captures = readdirSync(folder).filter((name) => name.endsWith('.pcap'))
    expect(captures.length).toBeGreaterThan(150)
    for (const [at, name] of captures.entries()) {
      const given = ['-r', join(folder, name), ...words.split(' ')]
      const { stdout: plain, code } = await runTcpdumpMode(...given)
      const own = ['--annotate', '--summary', ...looks[at % looks.length]]
      const { stdout: explained, code: ownCode } = await runTcpdumpMode(...given, ...own)
      expect(ownCode).toBe(code)
      expect(withoutMargin(explained).equals(plain), `${name} ${words} ${own}`).toBe(true)
    }
  })
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
