import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { sharedFolder } from '../needs.ts'
import { runTcpdumpMode, withoutMargin } from './tcpdump-mode.ts'

const looks = [['--lang=en'], ['--lang=zh', '--width=80'], ['--lang=both', '--width=140', '--color=always']]

/** Expects of each capture of ../shared/truth that the text with --annotate and --summary, without their margin, is what
 *  tcpdump mode prints for `words`. */
export async function expectSameWithoutMargin(words: string): Promise<void> {
  const folder = join(sharedFolder, 'truth')
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
}
