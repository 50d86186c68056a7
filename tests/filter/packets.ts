import { below, pick, type Random } from './expressions.ts'

/** Random packets of the kinds that filters tell apart, many of them cut short. */

function u16(value: number): number[] {
  return [(value >> 8) & 0xff, value & 0xff]
}

const PORTS = [22, 53, 80, 443, 512, 6081, 65535, 0]
const IPV4 = [
  [10, 0, 0, 1],
  [10, 0, 0, 2],
  [192, 168, 1, 9],
  [127, 0, 0, 1],
  [224, 0, 0, 5],
  [255, 255, 255, 255],
  [8, 8, 8, 8],
]
const IPV6 = [
  [...new Array<number>(15).fill(0), 1],
  [0xfe, 0x80, ...new Array<number>(13).fill(0), 1],
  [0x20, 1, 0xd, 0xb8, ...new Array<number>(11).fill(0), 2],
  [0xff, 2, ...new Array<number>(13).fill(0), 1],
]
const MACS = [
  [2, 0, 0, 0, 0, 1],
  [2, 0, 0, 0, 0, 2],
  [255, 255, 255, 255, 255, 255],
  [0x33, 0x33, 0, 0, 0, 1],
]

function filler(random: Random, bytes: number): number[] {
  return Array.from({ length: bytes }, () => below(random, 256))
}

/** Header and data of an IP protocol. */
function transport(random: Random, protocol: number, depth: number): number[] {
  const ports = [...u16(pick(random, PORTS)), ...u16(pick(random, PORTS))]
  if (protocol === 6)
    return [...ports, ...filler(random, 8), 0x50, pick(random, [2, 16, 18, 17, 4, 24]), ...filler(random, 20)]
  if (protocol === 17) {
    const geneve = [below(random, 3), 0, ...pick(random, [u16(0x6558), u16(0x0800), u16(0x86dd)]), 0, 0, 3, 0]
    const inside =
      depth > 0 ? [...geneve, ...filler(random, 4 * (geneve[0] & 0x3f)), ...ethernet(random, depth - 1)] : []
    return [...ports.slice(0, 2), ...(inside.length > 0 ? u16(6081) : ports.slice(2)), ...filler(random, 4), ...inside]
  }
  return filler(random, 24)
}

function ipv4(random: Random, depth: number): number[] {
  const protocol = pick(random, [6, 6, 6, 17, 17, 1, 2, 132, 50, 51, 103, 112, 9])
  const words = pick(random, [5, 5, 5, 6, 15])
  const fragment = pick(random, [0, 0, 0, 0x4000, 0x2000, 100])
  const header = [0x40 | words, 0, ...u16(below(random, 1500)), 0, 1, ...u16(fragment), 64, protocol, 0, 0]
  const options = filler(random, 4 * (words - 5))
  return [...header, ...pick(random, IPV4), ...pick(random, IPV4), ...options, ...transport(random, protocol, depth)]
}

function ipv6(random: Random, depth: number): number[] {
  const protocol = pick(random, [6, 6, 17, 58, 132])
  const extensions = pick(random, [[], [], [], [44], [0], [60, 43], [51]])
  const chain: number[] = []
  for (const [i, kind] of extensions.entries()) {
    const next = extensions[i + 1] ?? protocol
    chain.push(next, kind === 51 ? 4 : 0, ...filler(random, kind === 51 ? 22 : 6))
  }
  const header = [0x60, 0, 0, 0, ...u16(below(random, 1500)), extensions[0] ?? protocol, 64]
  return [...header, ...pick(random, IPV6), ...pick(random, IPV6), ...chain, ...transport(random, protocol, depth)]
}

function arp(random: Random): number[] {
  const station = () => [...pick(random, MACS), ...pick(random, IPV4)]
  return [0, 1, 8, 0, 6, 4, ...u16(1 + below(random, 4)), ...station(), ...station()]
}

/** An EtherType, or a length with IEEE 802.2 after it, and what follows. */
function typed(random: Random, depth: number): number[] {
  switch (below(random, 13)) {
    case 0:
    case 1:
    case 2:
    case 3:
      return [8, 0, ...ipv4(random, depth)]
    case 4:
    case 5:
    case 6:
      return [0x86, 0xdd, ...ipv6(random, depth)]
    case 7:
      return [8, pick(random, [6, 6]), ...arp(random)]
    case 8: {
      const tag = [...pick(random, [u16(0x8100), u16(0x88a8), u16(0x9100)]), ...u16(pick(random, [5, 100, 0x2005]))]
      return depth > 0 ? [...tag, ...typed(random, depth - 1)] : tag
    }
    case 9: {
      const label = (last: boolean) => [0, 1, pick(random, [0, 2]) | Number(last), 64]
      const stack = pick(random, [[label(true)], [label(false), label(true)]])
      return [0x88, 0x47, ...stack.flat(), ...(random() < 0.5 ? ipv4(random, 0) : ipv6(random, 0))]
    }
    case 10: {
      const ppp = random() < 0.6 ? [0, 0x21, ...ipv4(random, 0)] : [0, 0x57, ...ipv6(random, 0)]
      return [0x88, pick(random, [0x63, 0x64, 0x64]), 0x11, 0, 0, pick(random, [7, 8]), 0, ppp.length, ...ppp]
    }
    case 11: {
      const llc = pick(random, [
        [0x42, 0x42, 3],
        [0xfe, 0xfe, 3, pick(random, [0x81, 0x82, 0x83]), 27, 1, 0, pick(random, [15, 16, 17, 18, 20, 24, 25, 26, 27])],
        [0xaa, 0xaa, 3, 8, 0, 7, 0x80, 0x9b],
        [0xaa, 0xaa, 3, 0, 0, 0, 0x81, 0x37],
        [0xe0, 0xe0, 3],
        [0xf0, 0xf0, pick(random, [0, 1, 5, 9])],
        [0xff, 0xff, 0],
        [6, 6, 0xaf],
      ])
      return [...u16(3 + below(random, 1490)), ...llc, ...filler(random, 30)]
    }
    default:
      return [
        ...u16(pick(random, [0x6003, 0x6004, 0x6007, 0x8035, 0x809b, 0x80f3, 0x8137, 1501])),
        ...filler(random, 40),
      ]
  }
}

function ethernet(random: Random, depth: number): number[] {
  return [...pick(random, MACS), ...pick(random, MACS), ...typed(random, depth)]
}

/** A whole packet of a link type (LINKTYPE_ number). */
export function randomPacket(random: Random, link: number): Uint8Array {
  const ip = () => (random() < 0.6 ? ipv4(random, 1) : ipv6(random, 1))
  let bytes: number[]
  switch (link) {
    case 1:
      bytes = ethernet(random, 2)
      break
    case 0:
    case 108: {
      const inner = ip()
      const family = inner[0] >> 4 === 4 ? 2 : pick(random, [10, 30])
      bytes = [...(link === 0 ? [family, 0, 0, 0] : [0, 0, 0, family]), ...inner]
      break
    }
    case 9:
      bytes = [0xff, 3, ...(random() < 0.5 ? [0, 0x21, ...ipv4(random, 0)] : [0, 0x57, ...ipv6(random, 0)])]
      break
    case 113: {
      const cooked = [0, pick(random, [0, 4]), 0, 1, 0, 6, ...pick(random, MACS), 0, 0]
      bytes = [...cooked, ...(random() < 0.9 ? typed(random, 1) : [0, pick(random, [1, 4]), ...filler(random, 40)])]
      break
    }
    case 276: {
      const payload = typed(random, 1)
      const head = [...payload.slice(0, 2), 0, 0, 0, 0, 0, below(random, 3), 0, 1, pick(random, [0, 4]), 6]
      bytes = [...head, ...pick(random, MACS), 0, 0, ...payload.slice(2)]
      break
    }
    default:
      bytes = link === 228 ? ipv4(random, 1) : link === 229 ? ipv6(random, 1) : ip()
  }
  const cut = random() < 0.3 ? below(random, bytes.length + 1) : bytes.length
  return Uint8Array.from(bytes.slice(0, cut))
}
