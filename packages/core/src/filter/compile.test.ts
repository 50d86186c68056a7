import { describe, expect, it } from 'vitest'
import { compileFilter, type FilterOptions } from './compile.ts'
import { disassemble } from './disassemble.ts'
import { FilterError } from './error.ts'
import { runBpf } from './interpret.ts'
import type { FilterNames } from './names.ts'

const names: FilterNames = {
  hostAddresses: (name) => (name === 'both' ? [Uint8Array.of(192, 0, 2, 1), new Uint8Array(16).fill(0x20)] : []),
  servicePorts: (name) => (name === 'http' ? { tcp: 80, udp: null } : name === 'domain' ? { tcp: 53, udp: 53 } : null),
  ipProtocol: (name) => (name === 'tcp' ? 6 : null),
  network: (name) => (name === 'loopback' ? 0x7f000000 : null),
  etherHost: (name) => (name === 'router' ? Uint8Array.of(2, 0, 0, 0, 0, 1) : null),
}

function listing(expression: string, options: Partial<FilterOptions> = {}): string[] {
  const { program } = compileFilter(expression, {
    link: 1,
    snaplen: 65535,
    optimize: true,
    netmask: 0,
    names,
    ...options,
  })
  return disassemble(program, 'human').trimEnd().split('\n')
}

function refusal(expression: string, options: Partial<FilterOptions> = {}): FilterError {
  try {
    listing(expression, options)
  } catch (error) {
    if (error instanceof FilterError) return error
    throw error
  }
  throw new Error(`accepted: ${expression}`)
}

describe('compileFilter', () => {
  it('reads bytes of a frame to the right of geneve without asking whether Geneve holds a frame, as libpcap does', () => {
    const { program } = compileFilter('geneve or ether[9] > 98', {
      link: 1,
      snaplen: 65535,
      optimize: true,
      netmask: 0,
      names,
    })
    const frame = Uint8Array.of(2, 0, 0, 0, 0, 1, 2, 0, 0, 99, 0, 2, 0x88, 0x63, 0x11, 0, 0, 8, 0, 0x2e)
    expect(runBpf(program, frame, 0, frame.length, frame.length)).toBe(65535)
    frame[9] = 98
    expect(runBpf(program, frame, 0, frame.length, frame.length)).toBe(0)
  })

  it("finds a VLAN's tag in a live capture beside the packet or in it, as libpcap does on Linux", () => {
    const live = { isLinuxCapture: true }
    // Nothing is read behind the tag: nothing has to be moved.
    expect(listing('vlan', live)).toEqual([
      '(000) ldb      [vlanp]',
      '(001) jeq      #0x1             jt 6\tjf 2',
      '(002) ldh      [12]',
      '(003) jeq      #0x8100          jt 6\tjf 4',
      '(004) jeq      #0x88a8          jt 6\tjf 5',
      '(005) jeq      #0x9100          jt 6\tjf 7',
      '(006) ret      #65535',
      '(007) ret      #0',
    ])
    const moved = listing('vlan 5 and ip', { ...live, optimize: false })
    expect(moved.slice(0, 4)).toEqual([
      '(000) ld       #0x0',
      '(001) st       M[0]',
      '(002) st       M[1]',
      '(003) ldb      [vlanp]',
    ])
    expect(moved.slice(17, 27)).toEqual([
      '(017) ldb      [vlanp]',
      '(018) jeq      #0x1             jt 19\tjf 21',
      '(019) ldb      [vlan_tci]',
      '(020) ja       22',
      '(021) ldh      [14]',
      '(022) and      #0xfff',
      '(023) jeq      #0x5             jt 24\tjf 28',
      '(024) ldx      M[1]',
      '(025) ldh      [x + 12]',
      '(026) jeq      #0x800           jt 27\tjf 28',
    ])
    // A second tag is in the packet, as is one that came through a tunnel.
    expect(listing('vlan and vlan', live).filter((line) => line.includes('vlanp'))).toHaveLength(1)
    expect(listing('geneve and vlan', live).join()).not.toContain('vlanp')
    expect(refusal('vlan', { ...live, link: 113 }).message).toBe('no VLAN support for Linux cooked v1')
  })

  it('accepts all where there is no expression', () => {
    expect(listing('')).toEqual(['(000) ret      #65535'])
    expect(listing(' \n\t')).toEqual(['(000) ret      #65535'])
  })

  it('compiles a port as libpcap does', () => {
    expect(listing('tcp dst port http')).toEqual([
      '(000) ldh      [12]',
      '(001) jeq      #0x86dd          jt 2\tjf 6',
      '(002) ldb      [20]',
      '(003) jeq      #0x6             jt 4\tjf 15',
      '(004) ldh      [56]',
      '(005) jeq      #0x50            jt 14\tjf 15',
      '(006) jeq      #0x800           jt 7\tjf 15',
      '(007) ldb      [23]',
      '(008) jeq      #0x6             jt 9\tjf 15',
      '(009) ldh      [20]',
      '(010) jset     #0x1fff          jt 15\tjf 11',
      '(011) ldxb     4*([14]&0xf)',
      '(012) ldh      [x + 16]',
      '(013) jeq      #0x50            jt 14\tjf 15',
      '(014) ret      #65535',
      '(015) ret      #0',
    ])
  })

  it('folds computed offsets', () => {
    expect(listing('tcp[((tcp[12:1] & 0xf0) >> 2):4] = 0x47455420').slice(6)).toEqual([
      '(006) ldxb     4*([14]&0xf)',
      '(007) ldb      [x + 26]',
      '(008) and      #0xf0',
      '(009) rsh      #2',
      '(010) add      x',
      '(011) tax      ',
      '(012) ld       [x + 14]',
      '(013) jeq      #0x47455420      jt 14\tjf 15',
      '(014) ret      #65535',
      '(015) ret      #0',
    ])
  })

  it('gives `and` and `or` the same weight, to the left', () => {
    expect(listing('tcp or udp and ip')).toEqual(listing('(tcp or udp) and ip'))
    expect(listing('tcp or udp and ip')).not.toEqual(listing('tcp or (udp and ip)'))
  })

  it('hands qualifiers on', () => {
    expect(listing('tcp port 80 or 443')).toEqual(listing('tcp port 80 or tcp port 443'))
    expect(listing('tcp port 80 or (udp port 53) or 443')).toEqual(
      listing('tcp port 80 or udp port 53 or tcp port 443'),
    )
    expect(listing('src host 1.2.3.4 and not (5.6.7.8 or 9.9.9.9)')).toEqual(
      listing('src host 1.2.3.4 and not (src host 5.6.7.8 or src host 9.9.9.9)'),
    )
  })

  it('moves offsets behind encapsulations', () => {
    expect(listing('vlan and vlan and ip')).toContain('(000) ldh      [12]')
    expect(listing('vlan and ip')).toContain('(004) ldh      [16]')
    expect(listing('pppoes and ip')).toContain('(002) ldh      [20]')
    expect(listing('mpls 5 and src host 1.2.3.4').join()).toContain('ld       [30]')
  })

  it('takes both addresses of a host, but only those of the family asked for', () => {
    expect(listing('ip host both')).toEqual(listing('ip host 192.0.2.1'))
    expect(listing('host both')).toEqual(listing('host 192.0.2.1 or ip6 host 2020:2020:2020:2020:2020:2020:2020:2020'))
    expect(refusal('ip host nobody').message).toBe("unknown host 'nobody'")
  })

  it('reaches targets beyond 255 instructions', () => {
    const text = Array.from({ length: 300 }, (_, i) => `ether[${i}] = ${i % 256}`).join(' and ')
    const lines = listing(text)
    expect(lines.some((line) => line.includes(' ja '))).toBe(true)
    expect(lines.at(-1)).toContain('ret      #0')
  })

  it.each([
    ['tcp port', "can't parse filter expression: syntax error", 8, 8],
    ['ip prot 80', "can't parse filter expression: syntax error", 3, 7],
    ['tcp and prot 80', 'syntax error in filter expression', 8, 12],
    ['host foo bar', "unknown host 'foo'", 5, 8],
    ['port foo', "unknown port 'foo'", 5, 8],
    ['udp port http', "port 'http' is tcp", 9, 13],
    ['net 10.0.0.1/8', 'non-network bits set in "10.0.0.1/8"', 4, 14],
    ['tcp host 1.2.3.4', "'tcp' modifier applied to host", 9, 16],
    ['tcp or 80', 'syntax error in filter expression', 7, 9],
    ['ip and not ip', 'expression rejects all packets', 0, 13],
    ['len / 0 = 1', 'division by zero', 0, 11],
    ['decnet host 1.1024', "malformed decnet address '1.1024'", 12, 18],
    ['len > 0 and 60 % (6 % 1) = 1 or ip6', 'modulus by zero', 0, 35],
    ['stp[0] = 1', 'unsupported index operation', 0, 10],
    ['ip6 host 1.2.3.4', "'ip6' modifier applied to ip host", 9, 16],
    ['type mgt', '802.11 link-layer types supported only on 802.11', 0, 8],
    ['host 08', 'number 08 contains non-octal digit', 5, 7],
  ])('refuses %s', (expression, message, at, end) => {
    const error = refusal(expression)
    expect([error.message, error.at, error.end]).toEqual([message, at, end])
  })

  it('knows no direction in a file, but for link types that record it', () => {
    expect(refusal('inbound', { isSavefile: true }).message).toBe(
      'inbound/outbound not supported on Ethernet when reading savefiles',
    )
    expect(listing('inbound', { link: 113, isSavefile: true })).toHaveLength(4)
  })

  it('complains of a constant that cannot be divided by, though its result is never asked for', () => {
    // From tcpdump, where a calculation's result decides nothing.
    expect(refusal('60 % 6 % 1 > len and greater 0 or less 1 or greater 1').message).toBe('modulus by zero')
  })

  it('keeps loads that reject a short packet, though every other one is accepted', () => {
    // As tcpdump's: of whole packets, this accepts every one.
    const lines = listing(
      '(src portrange 26-81) && greater 37 || src net ::/0 || l2 || host 2001:db8::2 or (! src host fe80::1) or not multicast',
    )
    expect(lines[0]).toBe('(000) ldh      [12]')
    expect(lines).toHaveLength(66)
  })

  it('compiles thousands of ports in bounded time', () => {
    const text = Array.from({ length: 3000 }, (_, i) => `port ${i}`).join(' or ')
    const start = process.cpuUsage()
    compileFilter(text, { link: 1, snaplen: 65535, optimize: true, netmask: 0, names })
    const { user, system } = process.cpuUsage(start)
    expect(user + system).toBeLessThan(8e6)
  })

  it('stays within bounds on hostile text', () => {
    expect(refusal(`${'('.repeat(10_000)}tcp${')'.repeat(10_000)}`).code).toBe('too-complex')
    expect(refusal(`${'ip['.repeat(10_000)}0`).code).toBe('too-complex')
    expect(refusal(`1 ^ ${'1 ^ '.repeat(10_000)}1 = 1`).code).toBe('too-complex')
    expect(listing(`${'not '.repeat(100_001)}tcp`)).toEqual(listing('not tcp'))
    expect(listing(`len = 5${' + 5'.repeat(50_000)}`)).toHaveLength(4)
    expect(() => listing(`tcp${' or tcp'.repeat(150_000)}`)).toThrow(FilterError)
  })
})
