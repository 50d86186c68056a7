import { expect, test } from 'vitest'
import { formatIpv4, formatIpv6 } from './address.ts'

function ipv6(hex: string): string {
  return formatIpv6(Uint8Array.from(Buffer.from(`ff${hex.replaceAll(' ', '')}`, 'hex')), 1)
}

test('IPv4 in dotted decimal', () => {
  expect(formatIpv4(Uint8Array.of(9, 192, 168, 64, 71), 1)).toBe('192.168.64.71')
})

test('IPv6 as RFC 5952 §4 and §5 have it', () => {
  expect(ipv6('20010db8 00000000 00000000 00000001')).toBe('2001:db8::1')
  expect(ipv6('20010db8 00000001 00010001 00010001')).toBe('2001:db8:0:1:1:1:1:1')
  expect(ipv6('20010000 00000001 00000000 00000001')).toBe('2001:0:0:1::1')
  expect(ipv6('20010db8 00000000 00010000 00000001')).toBe('2001:db8::1:0:0:1')
  expect(ipv6('00000000 00000000 00000000 00000000')).toBe('::')
  expect(ipv6('00000000 00000000 00000000 00000001')).toBe('::1')
  expect(ipv6('fe800000 00000000 00000000 00000000')).toBe('fe80::')
  expect(ipv6('00000000 00000000 0000ffff c0000201')).toBe('::ffff:192.0.2.1')
  expect(ipv6('00010002 00030004 00050006 0007abcd')).toBe('1:2:3:4:5:6:7:abcd')
})
