/** Words of the pcap-filter language (man 7 pcap-filter). Each maps to the token that the grammar sees: synonyms share one. */
const SYNONYMS: Readonly<Record<string, string>> = {
  ether: 'link',
  ppp: 'link',
  slip: 'link',
  fddi: 'link',
  tr: 'link',
  wlan: 'link',
  'es-is': 'esis',
  'is-is': 'isis',
  direction: 'dir',
  address1: 'addr1',
  address2: 'addr2',
  address3: 'addr3',
  address4: 'addr4',
  length: 'len',
  on: 'ifname',
  rset: 'ruleset',
  rulenum: 'rnr',
  subrulenum: 'srnr',
  lsu: 'lssu',
}

/** Protocols: alone a test, before `[` something to read from, else a qualifier. */
export const PROTOCOL_WORDS: ReadonlySet<string> = new Set(
  (
    'link ip arp rarp sctp tcp udp icmp igmp igrp pim vrrp carp atalk aarp decnet lat sca mopdl moprc ip6 icmp6 ah esp ' +
    'iso esis isis l1 l2 iih lsp snp psnp csnp clnp stp ipx netbeui radio'
  ).split(' '),
)

/** Words that the Ss7 and ATM families test, alone or with a value. */
export const ATM_TYPES: ReadonlySet<string> = new Set(
  'lane metac bcc oamf4ec oamf4sc sc ilmic oam oamf4 connectmsg metaconnect'.split(' '),
)
export const ATM_FIELDS: ReadonlySet<string> = new Set(['vpi', 'vci'])
export const MTP2_TYPES: ReadonlySet<string> = new Set('fisu lssu msu hfisu hlssu hmsu'.split(' '))
export const MTP3_FIELDS: ReadonlySet<string> = new Set('sio opc dpc sls hsio hopc hdpc hsls'.split(' '))
export const PF_WORDS: ReadonlySet<string> = new Set('ifname ruleset rnr srnr reason action'.split(' '))

const OTHER_WORDS =
  'dst src host net mask port portrange proto protochain gateway type subtype dir addr1 addr2 addr3 addr4 ra ta less greater ' +
  'byte broadcast multicast and or not len inbound outbound ifindex vlan mpls pppoed pppoes geneve vxlan llc'

const KEYWORDS = new Map<string, string>(Object.entries(SYNONYMS))
for (const words of [PROTOCOL_WORDS, ATM_TYPES, ATM_FIELDS, MTP2_TYPES, MTP3_FIELDS, PF_WORDS, OTHER_WORDS.split(' ')])
  for (const word of words) KEYWORDS.set(word, word)

/** The token of a word, undefined for a word that is a name. */
export function keywordToken(word: string): string | undefined {
  return KEYWORDS.get(word)
}

/** Every word that means something, for suggestions. */
export function allKeywords(): string[] {
  return [...KEYWORDS.keys(), ...CONSTANTS.keys()]
}

/** Names of numbers: offsets of fields, ICMP types (RFC 792, RFC 4443 and others), TCP flags (RFC 9293 §3.1). */
const CONSTANTS: ReadonlyMap<string, number> = new Map(
  Object.entries({
    icmptype: 0,
    icmpcode: 1,
    'icmp-echoreply': 0,
    'icmp-unreach': 3,
    'icmp-sourcequench': 4,
    'icmp-redirect': 5,
    'icmp-echo': 8,
    'icmp-routeradvert': 9,
    'icmp-routersolicit': 10,
    'icmp-timxceed': 11,
    'icmp-paramprob': 12,
    'icmp-tstamp': 13,
    'icmp-tstampreply': 14,
    'icmp-ireq': 15,
    'icmp-ireqreply': 16,
    'icmp-maskreq': 17,
    'icmp-maskreply': 18,
    icmp6type: 0,
    icmp6code: 1,
    'icmp6-destinationunreach': 1,
    'icmp6-packettoobig': 2,
    'icmp6-timeexceeded': 3,
    'icmp6-parameterproblem': 4,
    'icmp6-echo': 128,
    'icmp6-echoreply': 129,
    'icmp6-multicastlistenerquery': 130,
    'icmp6-multicastlistenerreportv1': 131,
    'icmp6-multicastlistenerdone': 132,
    'icmp6-routersolicit': 133,
    'icmp6-routeradvert': 134,
    'icmp6-neighborsolicit': 135,
    'icmp6-neighboradvert': 136,
    'icmp6-redirect': 137,
    'icmp6-routerrenum': 138,
    'icmp6-nodeinformationquery': 139,
    'icmp6-nodeinformationresponse': 140,
    'icmp6-ineighbordiscoverysolicit': 141,
    'icmp6-ineighbordiscoveryadvert': 142,
    'icmp6-multicastlistenerreportv2': 143,
    'icmp6-homeagentdiscoveryrequest': 144,
    'icmp6-homeagentdiscoveryreply': 145,
    'icmp6-mobileprefixsolicit': 146,
    'icmp6-mobileprefixadvert': 147,
    'icmp6-certpathsolicit': 148,
    'icmp6-certpathadvert': 149,
    'icmp6-multicastrouteradvert': 151,
    'icmp6-multicastroutersolicit': 152,
    'icmp6-multicastrouterterm': 153,
    tcpflags: 13,
    'tcp-fin': 0x01,
    'tcp-syn': 0x02,
    'tcp-rst': 0x04,
    'tcp-push': 0x08,
    'tcp-ack': 0x10,
    'tcp-urg': 0x20,
    'tcp-ece': 0x40,
    'tcp-cwr': 0x80,
  }),
)

/** The number that a word stands for, undefined if it stands for none. */
export function constantValue(word: string): number | undefined {
  return CONSTANTS.get(word)
}
