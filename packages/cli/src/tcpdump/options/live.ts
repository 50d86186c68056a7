import { Failure } from '../failure.ts'
import { atoi } from '../numbers.ts'
import type { TcpdumpOption } from './option.ts'

/** libpcap's time stamp types, pcap-tstamp(7). */
const TIME_STAMP_TYPES = ['host', 'host_lowprec', 'host_hiprec', 'host_hiprec_unsynced', 'adapter', 'adapter_unsynced']

/** What only a live capture can do. */
export const liveOptions: readonly TcpdumpOption[] = [
  {
    short: 'i',
    long: 'interface',
    value: 'INTERFACE',
    help: { en: 'capture on INTERFACE; any: on all', zh: '在 INTERFACE 上抓包；any 表示全部' },
    set: (settings, value) => {
      settings.device = value
    },
  },
  {
    short: 'D',
    long: 'list-interfaces',
    help: { en: 'list the interfaces', zh: '列出网络接口' },
    set: (settings) => settings.liveOnly.push('-D'),
  },
  {
    short: 'L',
    long: 'list-data-link-types',
    help: { en: 'list the link types of the interface', zh: '列出接口的链路类型' },
    set: (settings) => settings.liveOnly.push('-L'),
  },
  {
    short: 'J',
    long: 'list-time-stamp-types',
    help: { en: 'list the time stamp types of the interface', zh: '列出接口的时间戳类型' },
    set: (settings) => settings.liveOnly.push('-J'),
  },
  {
    short: 'j',
    long: 'time-stamp-type',
    value: 'TYPE',
    choices: TIME_STAMP_TYPES,
    help: { en: 'time stamp type of the capture', zh: '抓包所用的时间戳类型' },
    set: (settings, value) => {
      const type = value.toLowerCase()
      if (!TIME_STAMP_TYPES.includes(type)) throw new Failure(`invalid time stamp type ${value}`)
      settings.timeStampType = type
    },
  },
  {
    short: 'B',
    long: 'buffer-size',
    value: 'SIZE',
    help: { en: 'buffer of the operating system, in KiB', zh: '操作系统抓包缓冲区的大小（KiB）' },
    set: (settings, value) => {
      settings.bufferBytes = Math.imul(atoi(value), 1024)
      if (settings.bufferBytes <= 0) throw new Failure(`invalid packet buffer size ${value}`)
    },
  },
  {
    short: 'I',
    long: 'monitor-mode',
    help: { en: 'monitor mode (Wi-Fi)', zh: '监听模式（Wi-Fi）' },
    set: (settings) => {
      settings.monitorMode = true
    },
  },
  {
    short: 'p',
    long: 'no-promiscuous-mode',
    help: { en: 'not in promiscuous mode', zh: '不用混杂模式' },
    set: (settings) => {
      settings.promiscuous = false
    },
  },
  {
    short: 'Q',
    long: 'direction',
    value: 'DIRECTION',
    choices: ['in', 'out', 'inout'],
    help: { en: 'packets that come in, go out, or both', zh: '只抓入、出或双向的包' },
    set: (settings, value) => {
      const direction = value.toLowerCase()
      if (direction !== 'in' && direction !== 'out' && direction !== 'inout') {
        throw new Failure(`unknown capture direction \`${value}'`)
      }
      settings.direction = direction
    },
  },
  {
    long: 'immediate-mode',
    help: { en: 'deliver packets at once, unbuffered', zh: '不缓冲，立即交付' },
    set: (settings) => {
      settings.immediate = true
    },
  },
]
