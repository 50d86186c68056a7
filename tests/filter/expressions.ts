import { seeded } from '../support/packet-bytes.ts'

/** Random filter expressions of the whole language, and packets that many of them match. */

/** Numbers from 0 up to but without 1. */
export type Random = () => number

export function randomFrom(seed: number): Random {
  const draw = seeded(seed)
  return () => draw(2 ** 30) / 2 ** 30
}

export function pick<Value>(random: Random, values: readonly Value[]): Value {
  return values[Math.floor(random() * values.length)]
}

export function below(random: Random, limit: number): number {
  return Math.floor(random() * limit)
}

const IPV4 = ['10.0.0.1', '10.0.0.2', '192.168.1.9', '127.0.0.1', '224.0.0.5', '255.255.255.255']
const IPV6 = ['::1', 'fe80::1', '2001:db8::2', 'ff02::1']
const MACS = ['02:00:00:00:00:01', '2-0-0-0-0-2', 'ffff.ffff.ffff', '333300000001']
const PORTS = ['22', '53', '80', 'http', 'domain', '443', '0x50', '6081', '65535', '0']
const NETS = ['10.0.0.0/8', '10', '192.168', '10.0.0.0/31', '0.0.0.0/0', '192.168.0.0 mask 255.255.0.0', '224.0.0.0/4']
const NETS6 = ['fe80::/10', '2001:db8::/32', '::/0', 'ff00::/8', '2001:db8::2/128']
const WORDS =
  'ip ip6 arp rarp tcp udp icmp icmp6 igmp sctp ah esp pim vrrp carp igrp decnet atalk aarp iso esis isis clnp stp ipx netbeui ' +
  'lat sca moprc mopdl l1 l2 iih lsp snp csnp psnp'
const LOADS = ['ip', 'ip6', 'tcp', 'udp', 'icmp', 'icmp6', 'ether', 'arp', 'igmp', 'sctp', 'pim', 'lat']
const RELATIONS = ['=', '==', '!=', '<', '>', '<=', '>=']
const DIRECTIONS = ['src ', 'dst ', 'src or dst ', 'src and dst ', 'dst or src ', '', '', '']

export function randomExpression(random: Random, depth = 3): string {
  const choice = random()
  if (depth === 0 || choice < 0.45) return randomPrimitive(random)
  if (choice < 0.57) return `${pick(random, ['not ', '! ', 'not not '])}${randomExpression(random, depth - 1)}`
  if (choice < 0.67) return `(${randomExpression(random, depth - 1)})`
  const parts = [randomExpression(random, depth - 1)]
  for (let more = 1 + below(random, 3); more > 0; more--)
    parts.push(pick(random, [' and ', ' or ', ' && ', ' || ']), randomExpression(random, depth - 1))
  return parts.join('')
}

function randomPrimitive(random: Random): string {
  const primitives: (() => string)[] = [
    () => pick(random, WORDS.split(' ')),
    () => pick(random, ['ip', 'ip6', 'arp', 'tcp', 'udp', 'icmp']),
    () => `${pick(random, ['', '', 'ip ', 'arp '])}${pick(random, DIRECTIONS)}host ${pick(random, IPV4)}`,
    () => `${pick(random, ['', 'ip6 '])}${pick(random, DIRECTIONS)}host ${pick(random, IPV6)}`,
    () => `${pick(random, ['', 'ip '])}${pick(random, DIRECTIONS)}net ${pick(random, NETS)}`,
    () => `${pick(random, ['', 'ip6 '])}${pick(random, DIRECTIONS)}net ${pick(random, NETS6)}`,
    () => `${pick(random, ['', 'tcp ', 'udp ', 'sctp '])}${pick(random, DIRECTIONS)}port ${pick(random, PORTS)}`,
    () =>
      `${pick(random, ['tcp ', ''])}port ${pick(random, PORTS)} or ${pick(random, ['not ', ''])}${pick(random, PORTS)}`,
    () =>
      `${pick(random, ['', 'udp '])}${pick(random, DIRECTIONS)}portrange ${below(random, 90)}-${below(random, 600)}`,
    () => `${pick(random, ['ether ', 'wlan '])}${pick(random, DIRECTIONS)}host ${pick(random, MACS)}`,
    () => `${pick(random, ['ip ', 'ip6 ', ''])}proto ${pick(random, ['6', '17', '58', '\\tcp', '\\udp', '1', '44'])}`,
    () => `ether proto ${pick(random, ['0x800', '0x86dd', '\\arp', '5', '\\ip', '0x8100', '\\stp', '\\iso'])}`,
    () => `${pick(random, ['iso', 'isis'])} proto ${pick(random, ['0x83', '17', '20', '0x81'])}`,
    () => `${pick(random, ['ip ', 'ip6 ', ''])}protochain ${pick(random, ['6', '17', '58', '59'])}`,
    () => `${pick(random, ['ether ', 'ip ', ''])}broadcast`,
    () => `${pick(random, ['ether ', 'ip ', 'ip6 ', ''])}multicast`,
    () => `${pick(random, ['less', 'greater'])} ${below(random, 120)}`,
    () => `byte ${below(random, 20)} ${pick(random, ['=', '<', '>'])} ${below(random, 256)}`,
    () => `vlan${pick(random, ['', '', ' 5', ' 100'])}`,
    () => `mpls${pick(random, ['', '', ' 16', ' 100'])}`,
    () => pick(random, ['pppoed', 'pppoes', 'pppoes 7', 'geneve', 'geneve 3']),
    () => `llc${pick(random, ['', ' i', ' s', ' u', ' rr', ' rej', ' ui', ' xid', ' test'])}`,
    () => `decnet ${pick(random, ['', 'src ', 'dst '])}host 10.11`,
    () => pick(random, ['inbound', 'outbound', `ifindex ${below(random, 3)}`]),
    () => randomRelation(random),
    () => randomRelation(random),
    () => randomRelation(random),
  ]
  return pick(random, primitives)()
}

function randomRelation(random: Random): string {
  const flags = () =>
    `tcp[tcpflags] & (${pick(random, ['tcp-syn', 'tcp-ack'])}|${pick(random, ['tcp-fin', 'tcp-rst'])}) ${pick(random, ['=', '!='])} 0`
  const simple = () => `${randomSum(random, 0)} ${pick(random, RELATIONS)} ${below(random, 260)}`
  const general = () => `${randomSum(random, 2)} ${pick(random, RELATIONS)} ${randomSum(random, 2)}`
  return pick(random, [flags, simple, simple, general])()
}

function randomSum(random: Random, depth: number): string {
  const choice = random()
  if (depth === 0 || choice < 0.4) return randomOperand(random, depth)
  if (choice < 0.5) return `(${randomSum(random, depth - 1)})`
  if (choice < 0.55) return `- ${randomSum(random, depth - 1)}`
  const operator = pick(random, ['+', '-', '*', '&', '|', '^', '<<', '>>', '/', '%'])
  // What divides or shifts is a number: libpcap refuses some harmless sums there.
  const isPlain = operator === '<<' || operator === '>>' || operator === '/' || operator === '%'
  const right = isPlain ? String(1 + below(random, 9)) : randomSum(random, depth - 1)
  return `${randomSum(random, depth - 1)} ${operator} ${right}`
}

function randomOperand(random: Random, depth: number): string {
  const choice = random()
  if (choice < 0.25) return String(below(random, 70))
  if (choice < 0.35) return 'len'
  const size = pick(random, ['', '', ':1', ':2', ':4'])
  const index = depth > 0 && random() < 0.3 ? randomSum(random, depth - 1) : String(below(random, 44))
  return `${pick(random, LOADS)}[${index}${size}]`
}
