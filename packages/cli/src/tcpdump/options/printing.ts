import { Failure } from '../failure.ts'
import type { TcpdumpOption } from './option.ts'

/** -T's types, tcpdump's own order. */
const PACKET_TYPES = [
  'vat',
  'wb',
  'rpc',
  'rtp',
  'rtcp',
  'snmp',
  'cnfp',
  'tftp',
  'aodv',
  'carp',
  'radius',
  'zmtp1',
  'vxlan',
  'pgm',
  'pgm_zmtp1',
  'lmp',
  'resp',
  'ptp',
  'someip',
  'domain',
]

/** How packets are printed. */
export const printingOptions: readonly TcpdumpOption[] = [
  {
    short: 'n',
    help: { en: 'numbers, not names: addresses and ports are not looked up', zh: '不把地址与端口转换为名字' },
    set: (settings) => settings.numeric++,
  },
  {
    short: 'v',
    help: { en: 'more detail; -vv and -vvv still more', zh: '更详细；-vv、-vvv 更多' },
    set: (settings) => settings.verbose++,
  },
  {
    short: 'q',
    help: { en: 'less detail: shorter lines', zh: '更简短的行' },
    set: (settings) => settings.quiet++,
  },
  {
    short: 'e',
    help: { en: 'print the link-level header', zh: '打印链路层首部' },
    set: (settings) => {
      settings.linkHeader = true
    },
  },
  {
    short: 't',
    help: {
      en:
        'no time stamp; -tt: seconds since 1970; -ttt: since the previous packet; -tttt: with the date; ' +
        '-ttttt: since the first packet',
      zh: '不打印时间；-tt：1970 年以来的秒数；-ttt：距上一个包；-tttt：带日期；-ttttt：距第一个包',
    },
    set: (settings) => settings.timeForm++,
  },
  {
    short: 'x',
    help: {
      en: 'print each packet in hex; -xx: with its link-level header',
      zh: '以十六进制打印每个包；-xx 含链路层首部',
    },
    set: (settings) => settings.hex++,
  },
  {
    short: 'X',
    help: {
      en: 'print each packet in hex and ASCII; -XX: with its link-level header',
      zh: '以十六进制和 ASCII 打印每个包；-XX 含链路层首部',
    },
    set: (settings) => settings.hexAscii++,
  },
  {
    short: 'A',
    help: {
      en: 'print each packet in ASCII; -AA: with its link-level header',
      zh: '以 ASCII 打印每个包；-AA 含链路层首部',
    },
    set: (settings) => settings.ascii++,
  },
  {
    short: '#',
    long: 'number',
    help: { en: "print the packet's number", zh: '打印包的编号' },
    set: (settings) => {
      settings.packetNumber = true
    },
  },
  {
    short: 'S',
    long: 'absolute-tcp-sequence-numbers',
    help: { en: 'print absolute TCP sequence numbers', zh: '打印绝对的 TCP 序号' },
    set: (settings) => {
      settings.absoluteSequence = true
    },
  },
  {
    short: 'K',
    long: 'dont-verify-checksums',
    help: { en: 'do not verify checksums', zh: '不验证校验和' },
    set: (settings) => {
      settings.unverified = true
    },
  },
  {
    long: 'micro',
    help: { en: 'time stamps in microseconds', zh: '时间精确到微秒' },
    set: (settings) => {
      settings.nano = false
    },
  },
  {
    long: 'nano',
    help: { en: 'time stamps in nanoseconds', zh: '时间精确到纳秒' },
    set: (settings) => {
      settings.nano = true
    },
  },
  {
    long: 'time-stamp-precision',
    value: 'PRECISION',
    choices: ['micro', 'nano'],
    help: { en: 'micro or nano, as --micro and --nano', zh: 'micro 或 nano，同 --micro、--nano' },
    set: (settings, value) => {
      if (!/^(nano|micro)/.test(value)) throw new Failure('unsupported time stamp precision')
      settings.nano = value.startsWith('nano')
    },
  },
  {
    short: 'T',
    value: 'TYPE',
    choices: PACKET_TYPES,
    help: {
      en: 'take the packets for this type, whatever their ports are',
      zh: '不论端口，一律按此类型解读',
    },
    set: (settings, value) => {
      const type = value.toLowerCase()
      if (!PACKET_TYPES.includes(type)) throw new Failure(`unknown packet type \`${value}'`)
      settings.packetType = type
    },
  },
  {
    short: 'N',
    help: { en: 'host names without their domain', zh: '主机名不带域名' },
    set: (settings) => {
      settings.unqualified = true
    },
  },
  {
    short: 'f',
    help: { en: 'foreign addresses as numbers (live capture only)', zh: '外部地址以数字打印（仅实时抓包）' },
    set: (settings) => {
      settings.foreignNumeric = true
    },
  },
  {
    short: 'g',
    help: { en: 'no line break after the IPv4 header of -v', zh: '-v 的 IPv4 首部后不换行' },
    set: (settings) => {
      settings.grepable = true
    },
  },
  {
    short: 'b',
    help: { en: 'AS numbers of BGP in ASDOT notation', zh: 'BGP 的 AS 号用 ASDOT 写法' },
    set: (settings) => {
      settings.asdot = true
    },
  },
  {
    short: 'H',
    help: { en: 'look for 802.11s mesh headers', zh: '识别 802.11s mesh 首部' },
    set: (settings) => {
      settings.mesh = true
    },
  },
  {
    short: 'u',
    help: { en: 'NFS handles undecoded', zh: '不解读 NFS 句柄' },
    set: (settings) => {
      settings.undecodedHandles = true
    },
  },
  {
    short: 'M',
    value: 'SECRET',
    help: { en: 'check the digests of TCP segments with the MD5 option', zh: '用此密钥检验带 MD5 选项的 TCP 段' },
    set: (settings, value) => {
      settings.md5Secret = value
    },
  },
  {
    short: 'E',
    value: 'SPI@ADDRESS ALGORITHM:SECRET',
    help: { en: 'decrypting IPsec ESP is not supported', zh: '不支持解密 IPsec ESP' },
    set: () => {
      throw new Failure('-E: decrypting ESP is not supported')
    },
  },
  {
    short: 'm',
    value: 'MODULE',
    help: { en: 'loading SMI MIB modules is not supported', zh: '不支持载入 SMI MIB 模块' },
    set: () => {
      throw new Failure('-m: SMI MIB modules are not supported')
    },
  },
  { short: 'a', set: () => {} },
]
