import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { rootFolder } from '../needs.ts'
import { Command } from '../support/command.ts'

const command = new Command()

/** Where each packet of a little-endian pcap file ends. */
function ends(file: Buffer): number[] {
  const found: number[] = []
  for (let at = 24; at < file.length; ) {
    at += 16 + file.readUInt32LE(at + 8)
    found.push(at)
  }
  return found
}

it('explains each packet of a pipe as it comes, and concludes on Ctrl-C', async () => {
  const file = readFileSync(join(rootFolder, 'examples/http-practice.pcap'))
  const child = command.open(['-r', '-', '-n', '-t', '--annotate', '--summary'])
  let out = ''
  let wake = (): void => {}
  child.stdout.on('data', (bytes: Buffer) => {
    out += bytes
    wake()
  })
  const until = async (text: string): Promise<void> => {
    while (!out.includes(text)) {
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
  }
  let at = 0
  for (const [index, end] of ends(file).slice(0, 5).entries()) {
    child.stdin.write(file.subarray(at, end))
    at = end
    await until(`\n│ #${index + 1} `)
  }
  expect(out).not.toContain('CONCLUSION')
  child.kill('SIGINT')
  const code = await new Promise((resolve) => child.on('close', resolve))
  expect(code).toBe(0)
  expect(out).toMatch(/\n│ #5 Server's TCP has all 611 B sent so far\.\n\n│ \n│ CONCLUSION {2}10\.1\.9\.11:58384 /)
})
