import { endOfTarget, hasPorts, isHostToken, mentionsPacket, mentionsPair } from './endpoint.ts'
import { readIpPart } from './ip-line.ts'
import { LinkHeader } from './link-header.ts'
import { type OtherOutcome, parseMac, readArp, readIcmp, readIcmp6, readUdp } from './other-line.ts'
import { emptyPacketLine, type Outcome, type PacketLine, type ParsedLine } from './packet-line.ts'
import { isDigit, isSpace, Scanner } from './scan.ts'
import { readStamp } from './stamp.ts'
import { readTcp } from './tcp-line.ts'

/** Reads one logical line (wrapped pieces and -v's second line joined) as a packet. */
export function parsePacketLine(text: string): ParsedLine {
  return new LineParser(text).parse()
}

/** Bullets, quote marks and table borders that notes and mail put before a line. */
const DECORATION = '>|#*+•·│┃║–—'

const DIRECTIONS: readonly string[] = ['In', 'Out', 'B', 'M', 'P', 'PR', '<', '>']

class LineParser {
  private readonly s: Scanner
  private readonly packet: PacketLine = emptyPacketLine()
  private readonly link = new LinkHeader()
  private indent = 0
  private usable = false

  constructor(text: string) {
    this.s = new Scanner().reset(text)
  }

  parse(): ParsedLine {
    const outcome = this.read()
    const { s, packet, indent, usable } = this
    return { outcome, packet, rest: s.text.slice(s.at), indent, usable: usable || outcome === 'whole' }
  }

  private read(): Outcome {
    const { s, packet } = this
    this.skipDecoration()
    packet.stamp = readStamp(s)
    if (packet.stamp === null && isDigit(s.code())) this.skipLineNumber()
    if (packet.stamp !== null && s.ended) return 'none'
    s.spaces()
    if (s.ended) return 'none'
    const at = s.at
    const outcome = this.readNetwork() ?? this.readAfterPrefix()
    // A link header that is not understood, with a packet behind it.
    return outcome === 'none' && packet.stamp !== null && mentionsPacket(s.text, at) ? 'unreadable' : outcome
  }

  private skipDecoration(): void {
    const s = this.s
    s.spaces()
    this.indent = s.at
    for (let marks = 0; marks < 8; marks++) {
      const c = s.text[s.at]
      if (c === undefined) return
      // "- " is a bullet, "-00:00:00.000003" a negative difference.
      if (!DECORATION.includes(c) && !(c === '-' && isSpace(s.text.charCodeAt(s.at + 1)))) return
      s.at++
      s.spaces()
    }
  }

  /** `    1  ` of -#, or `1. ` and `1) ` of a list. */
  private skipLineNumber(): void {
    const s = this.s
    const from = s.at
    if (s.number() < 0) return
    if (s.text[s.at] === '.' || s.text[s.at] === ')' || s.text[s.at] === ':') s.at++
    if (!isSpace(s.code())) {
      s.at = from
      return
    }
    s.spaces()
    this.packet.stamp = readStamp(s)
  }

  /** From `IP`, `IP6`, `ARP` or a bare address pair on; null if the cursor is at none of them. */
  private readNetwork(): Outcome | null {
    const { s, packet } = this
    if (s.word('ARP') || s.word('arp')) return this.readArpPacket()
    const from = s.at
    if (s.word('IP6') || s.word('ip6')) packet.family = 6
    else if (s.word('IP') || s.word('ip')) packet.family = 4
    if (packet.family !== 0) {
      if (s.code() === 0x3a) s.at++
      const outcome = this.readIp()
      if (outcome !== 'none') return outcome
      s.at = from
      packet.family = 0
      // After a time stamp the word alone says that a packet was printed here.
      return packet.stamp !== null && mentionsPair(s.text, s.at) ? 'unreadable' : null
    }
    // 3.4 to 3.7 print no protocol word.
    if (
      s.code() === 0x28 &&
      packet.stamp !== null &&
      /^\((?:tos|class|flowlabel|hlim) /.test(s.text.slice(from, from + 12))
    )
      return this.readIp()
    if (!this.looksLikeEndpoint()) return null
    const outcome = this.readIp()
    if (outcome === 'none') {
      s.at = from
      packet.family = 0
      return null
    }
    return outcome
  }

  /** A numeric address, or a name with a dot or port, before ` > `. */
  private looksLikeEndpoint(): boolean {
    const { text, at } = this.s
    let end = at
    while (end < text.length && end - at < 300 && !isSpace(text.charCodeAt(end)) && text[end] !== '>') end++
    const token = text.slice(at, end)
    if (token.length < 3 || parseMac(token) !== null) return false
    while (end < text.length && isSpace(text.charCodeAt(end))) end++
    return (end >= text.length || text[end] === '>') && isHostToken(token)
  }

  private readArpPacket(): Outcome {
    const { s, packet } = this
    packet.protocol = 'arp'
    packet.message = readArp(s)
    if (packet.message !== null) {
      s.at = s.text.length
      return 'whole'
    }
    if (packet.stamp === null) return 'none'
    return s.spaces().ended || !/ (tell|is-at) \S/.test(s.text) ? 'open' : 'unreadable'
  }

  private readIp(): Outcome {
    const { s, packet } = this
    s.spaces()
    if (s.ended) return packet.stamp === null ? 'none' : 'open'
    if (s.code() === 0x28) {
      packet.ip = readIpPart(s, packet.family)
      if (packet.ip === null) {
        const ours = /^\((?:tos|class|flowlabel|hlim)/.test(s.text.slice(s.at, s.at + 12))
        return ours ? 'open' : 'none'
      }
      s.spaces()
      if (s.ended) return 'open'
    }
    return this.readEndpoints()
  }

  private readEndpoints(): Outcome {
    const { s, packet } = this
    const from = s.at
    while (!s.ended && !isSpace(s.code()) && s.code() !== 0x3e) s.at++
    packet.source = s.text.slice(from, s.at)
    if (!isHostToken(packet.source)) return 'none'
    s.spaces()
    if (s.ended) return packet.stamp === null && packet.ip === null ? 'none' : 'open'
    if (s.code() !== 0x3e) return 'none'
    s.at++
    s.spaces()
    const target = s.at
    s.token()
    let token = s.text.slice(target, s.at)
    const colon = endOfTarget(token)
    if (colon < 0) {
      if (!s.ended || (token !== '' && !isHostToken(token))) return 'none'
      return 'open'
    }
    s.at = target + colon + 1
    token = token.slice(0, colon)
    if (!isHostToken(token)) return 'none'
    packet.target = token
    if (packet.family === 0) packet.family = token.includes(':') || packet.source.includes(':') ? 6 : 4
    s.spaces()
    if (s.ended) return 'open'
    return this.readTransport()
  }

  private readTransport(): Outcome {
    const { s, packet } = this
    const proto = packet.ip?.protocol ?? -1
    if (packet.ip !== null && packet.ip.fragmentOffset > 0) return this.headerAlone() ?? 'unreadable'
    if (proto === -1 || proto === 6) {
      const tcp = readTcp(s)
      if (tcp !== null) {
        packet.protocol = 'tcp'
        packet.tcp = tcp.tcp
        packet.payloadBytes = tcp.tcp.payloadBytes
        this.usable = tcp.usable
        packet.textBytes = announcedText(s)
        packet.firstLine = announcedLine(s)
        return tcp.outcome
      }
    }
    return this.readOther(proto)
  }

  /** A later fragment, or a protocol that is not understood: with -v the IP header is a packet, cut behind it. */
  private headerAlone(): Outcome | null {
    const { s, packet } = this
    const ip = packet.ip
    if (ip === null || ip.totalBytes === null || ip.protocol < 0) return null
    packet.protocol = 'ip'
    packet.payloadBytes = ip.totalBytes
    s.at = s.text.length
    return 'whole'
  }

  private readOther(proto: number): Outcome {
    const { s, packet } = this
    const text = s.text
    const six = text.startsWith('ICMP6', s.at) || text.startsWith('icmp6', s.at)
    const icmp = !six && (text.startsWith('ICMP', s.at) || text.startsWith('icmp', s.at))
    // "tcp 611" (-q) names no flags, and ports may belong to SCTP and others: only what is surely UDP is taken.
    const foreign = /^(?:tcp|sctp|SCTP|DCCP|dccp|UDPLite|\[\|)/.test(text.slice(s.at, s.at + 8))
    const other = six
      ? readIcmp6(s)
      : icmp
        ? readIcmp(s)
        : foreign || (proto !== -1 && proto !== 17)
          ? null
          : (readUdp(text.slice(s.at)) ?? udpByTotal(packet))
    if (other === null || (other.protocol === 'udp' && !hasPorts(packet.source, packet.target))) {
      const alone = this.headerAlone()
      if (alone !== null) return alone
      if (packet.stamp === null && packet.ip === null) return 'none'
      // A decoded message that wraps has its length at the very end.
      return foreign ? 'unreadable' : 'open'
    }
    packet.protocol = other.protocol
    packet.payloadBytes = other.payloadBytes
    packet.message = other.message
    s.at = text.length
    return 'whole'
  }

  /** What may stand between the time stamp and the packet: an interface and direction, or -e's link header. */
  private readAfterPrefix(): Outcome {
    const { s, packet } = this
    const stamped = packet.stamp !== null
    const from = s.at
    const first = s.token()
    if (parseMac(first) !== null) return this.readEthernet(from)
    // `In 00:11:… ethertype IPv4 (0x0800), length 62: ` of cooked captures.
    if (DIRECTIONS.includes(first) && stamped) return this.afterEthertype(s.at)
    if (/^[A-Za-z][\w.@:-]{0,31}$/.test(first) || first === '?') {
      s.spaces()
      const second = s.at
      const direction = s.token()
      if (DIRECTIONS.includes(direction)) {
        packet.interfaceName = first === '?' ? null : first
        s.spaces()
        const at = s.at
        const outcome = this.readNetwork()
        if (outcome !== null && (stamped || outcome === 'whole')) return outcome
        return stamped ? this.afterEthertype(at) : 'none'
      }
      s.at = second
    }
    s.at = from
    // `AF IPv4 (2), length 56: ` of BSD loopback captures.
    if (stamped && s.literal('AF IPv') && s.past(': ')) return this.readNetwork() ?? 'unreadable'
    s.at = from
    return 'none'
  }

  /** `00:… (oui Unknown) > 66:…, ethertype IPv4 (0x0800), length 62: `; 3.4 to 3.7: `0:1:… 6:7:… ip 62: `. */
  private readEthernet(from: number): Outcome {
    const { s, packet } = this
    s.at = from
    const source = parseMac(s.token())
    s.spaces()
    if (s.literal('(oui') && s.past(')')) s.spaces()
    if (s.code() === 0x3e) s.at++
    s.spaces()
    const mac = s.token()
    const target = parseMac(mac.endsWith(',') ? mac.slice(0, -1) : mac)
    if (source === null) return 'none'
    if (target === null) return s.ended && packet.stamp !== null ? 'open' : 'none'
    const outcome = this.afterEthertype(s.at)
    if (this.link.ethertype >= 0) {
      const { vlans, ethertype, frameBytes } = this.link
      packet.ethernet = { source, target, vlans, type: ethertype, frameBytes }
    }
    return outcome === 'none' && packet.stamp !== null ? 'unreadable' : outcome
  }

  /** Reads what follows the addresses of a link header, and the packet behind it. */
  private afterEthertype(from: number): Outcome {
    const { s, packet, link } = this
    const stamped = packet.stamp !== null
    s.at = from
    const cut = link.read(s)
    if (cut !== null) return cut
    if (link.ethertype < 0) return this.oldEthertype(from)
    if (s.ended) return stamped ? 'open' : 'none'
    if (link.ethertype === 0x0806) return this.readArpPacket()
    if (link.ethertype === 0x86dd) packet.family = 6
    else if (link.ethertype === 0x0800) packet.family = 4
    else return stamped ? 'unreadable' : 'none'
    if (packet.family === 4) s.word('IP')
    else s.word('IP6')
    return this.readIp()
  }

  /** ` ip 62: ` or ` 0800 62: `. */
  private oldEthertype(from: number): Outcome {
    const { s, packet } = this
    s.at = from
    const word = s.spaces().token()
    const family = word === 'ip' || word === '0800' ? 4 : word === 'ip6' || word === '86dd' ? 6 : 0
    if (family === 0) return word === 'arp' || word === '0806' ? this.oldArp() : 'none'
    const bytes = s.spaces().number()
    if (bytes < 0 || !s.literal(':')) return s.ended && packet.stamp !== null ? 'open' : 'none'
    packet.family = family
    this.link.ethertype = family === 4 ? 0x0800 : 0x86dd
    this.link.frameBytes = bytes
    return this.readIp()
  }

  private oldArp(): Outcome {
    if (!this.s.past(':')) return 'none'
    this.link.ethertype = 0x0806
    this.s.spaces().word('arp')
    return this.readArpPacket()
  }
}

/** -v's total length tells what a decoded protocol's own words do not. */
function udpByTotal(packet: PacketLine): OtherOutcome | null {
  const ip = packet.ip
  if (ip === null || ip.protocol !== 17 || ip.totalBytes === null || ip.moreFragments) return null
  const payloadBytes = ip.totalBytes - (packet.family === 6 ? 48 : 28)
  return payloadBytes < 0 ? null : { protocol: 'udp', payloadBytes, message: null }
}

/** `: HTTP, length: 611`: with -v the payload's text follows, one line each. */
function announcedText(s: Scanner): number {
  const at = s.text.indexOf('HTTP, length: ', s.at)
  if (at < 0 || at - s.at > 8) return 0
  const bytes = new Scanner().reset(s.text, at + 14).number()
  return bytes > 0 && bytes <= 65_535 ? bytes : 0
}

/** `: HTTP: GET / HTTP/1.1`, `: HTTP: HTTP/1.1 200 OK`: the payload's first line. A remark may follow it: only what a start
 *  line can be is taken. */
function announcedLine(s: Scanner): string | null {
  const at = s.text.indexOf('HTTP: ', s.at)
  if (at < 0 || at - s.at > 8) return null
  const line = s.text.slice(at + 6, at + 6 + LONGEST_START_LINE)
  const found =
    /^(?:[A-Z]{3,16} [!-~]{1,2000} HTTP\/1\.[01]|HTTP\/1\.[01] [1-5][0-9][0-9](?: [A-Za-z][A-Za-z -]{0,60})?)/.exec(
      line,
    )
  return found === null ? null : found[0].trimEnd()
}

const LONGEST_START_LINE = 2048
