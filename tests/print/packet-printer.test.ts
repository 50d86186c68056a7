import { join } from 'node:path'
import { expect, it } from 'vitest'
import { rootFolder } from '../needs.ts'
import { printFile, printOptions } from '../support/print.ts'

const example = join(rootFolder, 'examples/http-practice.pcap')
const lines = (options: string): string[] => printFile(example, printOptions(options).options).toString().split('\n')

it('prints a line for each packet', () => {
  expect(lines('-n -t').slice(0, 3)).toMatchInlineSnapshot(`
    [
      "IP 10.1.9.11.58384 > 192.168.64.71.80: Flags [S], seq 3718379515, win 65535, options [mss 1460,nop,nop,sackOK], length 0",
      "IP 192.168.64.71.80 > 10.1.9.11.58384: Flags [S.], seq 261066897, ack 3718379516, win 5840, options [mss 1460,nop,nop,sackOK], length 0",
      "IP 10.1.9.11.58384 > 192.168.64.71.80: Flags [.], ack 1, win 65535, length 0",
    ]
  `)
})

it('counts from the first sequence numbers unless -S is given', () => {
  const [relative] = lines('-n -t').filter((line) => line.includes('length 0') && !line.includes('[S'))
  const [absolute] = lines('-n -t -S').filter((line) => line.includes('length 0') && !line.includes('[S'))
  expect([relative, absolute]).toMatchInlineSnapshot(`
    [
      "IP 10.1.9.11.58384 > 192.168.64.71.80: Flags [.], ack 1, win 65535, length 0",
      "IP 10.1.9.11.58384 > 192.168.64.71.80: Flags [.], ack 261066898, win 65535, length 0",
    ]
  `)
})

it('dumps the packet from the network layer on with -x, all of it with -xx', () => {
  expect(lines('-n -t -x')[1]).toMatch(/^\t0x0000: {2}45/)
  expect(lines('-n -t -xx')[1]).not.toMatch(/^\t0x0000: {2}45/)
})
