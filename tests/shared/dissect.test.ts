import { join } from 'node:path'
import { expect, it } from 'vitest'
import { describeNeeds, sharedFolder } from '../needs.ts'
import { askDissect, askTshark } from '../support/dissect-lines.ts'

describeNeeds(['shared', 'tshark'], 'dissect agrees with tshark on', () => {
  for (const [name, tcpPackets] of [
    ['vlan-qinq', 10],
    ['vlan-qinq.server', 10],
    ['cap-any-sll', 10],
    ['ipv6-server-close', 10],
    ['cap-loopback', 10],
    ['opt-ecn', 10],
    ['open-tfo', 10],
    ['opt-jumbo', 10],
  ] as const)
    it(name, () => {
      const file = join(sharedFolder, 'truth', `${name}.pcap`)
      const ours = askDissect(file)
      expect(ours).toEqual(askTshark(file))
      // Agreeing on nothing would not be worth much.
      expect(ours.filter((line) => line.split('\t')[7] !== '').length).toBeGreaterThanOrEqual(tcpPackets)
    })
})
