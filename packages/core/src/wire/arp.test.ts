import { expect, it } from 'vitest'
import { hex, readAlone, tryHostile } from '../../../../tests/support/packet-bytes.ts'
import * as arp from './arp.ts'
import { TRUNCATED } from './outcome.ts'

const request = hex('0001 0800 06 04 0001 02420a000001 0a000001 000000000000 0a000002')

function read(b: Uint8Array, at: number, end: number) {
  const after = arp.headerEnd(b, at, end)
  if (after < 0) return after
  return {
    bytes: after - at,
    hardware: arp.hardware(b, at),
    protocol: arp.protocol(b, at),
    hardwareBytes: arp.hardwareBytes(b, at),
    protocolBytes: arp.protocolBytes(b, at),
    operation: arp.operation(b, at),
    senderHardwareAt: arp.senderHardwareAt(b, at) - at,
    senderProtocolAt: arp.senderProtocolAt(b, at) - at,
    targetHardwareAt: arp.targetHardwareAt(b, at) - at,
    targetProtocolAt: arp.targetProtocolAt(b, at) - at,
  }
}

it('reads every field', () => {
  expect(readAlone(request, read)).toEqual({
    bytes: 28,
    hardware: 1,
    protocol: 0x0800,
    hardwareBytes: 6,
    protocolBytes: 4,
    operation: arp.Operation.REQUEST,
    senderHardwareAt: 8,
    senderProtocolAt: 14,
    targetHardwareAt: 18,
    targetProtocolAt: 24,
  })
})

it('tells every prefix from a whole packet', () => {
  for (let n = 0; n < request.length; n++) expect(arp.headerEnd(request, 0, n)).toBe(TRUNCATED)
})

it('survives anything', () => tryHostile(request, read, 1))
