import { linkTypeNumber } from '@wiretale/core'
import { Failure } from '../failure.ts'
import { atoi, wholeNumber } from '../numbers.ts'
import type { TcpdumpOption } from './option.ts'

/** tcpdump's MAXIMUM_SNAPLEN. */
export const MAX_SNAPLEN = 262_144

const UNITS: Readonly<Record<string, number>> = { k: 1024, m: 1024 ** 2, g: 1024 ** 3 }

/** -C: a number of millions of bytes, or of what k, m or g stands for. */
function rotationBytes(value: string): number {
  const unit = UNITS[value.at(-1) ?? '']
  const count = unit === undefined ? value : value.slice(0, -1)
  const digits = /^[ \t\n\v\f\r]*\+?(\d+)$/.exec(count)
  if (digits === null || Number(digits[1]) === 0 || BigInt(digits[1]) >= 2n ** 63n) {
    throw new Failure(`invalid file size ${count}`)
  }
  const bytes = Number(digits[1]) * (unit ?? 1_000_000)
  if (bytes > 2 ** 63) throw new Failure(`file size ${count} is too large`)
  return bytes
}

/** What is read, filtered and written. */
export const fileOptions: readonly TcpdumpOption[] = [
  {
    short: 'r',
    value: 'FILE',
    help: { en: 'read packets from FILE; - is standard input', zh: '从 FILE 读取；- 表示标准输入' },
    set: (settings, value) => {
      settings.readFile = value
    },
  },
  {
    short: 'V',
    value: 'FILE',
    help: { en: 'read the files whose names FILE lists, one a line', zh: '读取 FILE 中列出的各文件，每行一个' },
    set: (settings, value) => {
      settings.listFile = value
    },
  },
  {
    short: 'c',
    value: 'COUNT',
    help: { en: 'stop after COUNT packets', zh: '读取 COUNT 个包后停止' },
    set: (settings, value) => {
      settings.count = atoi(value)
      if (settings.count <= 0) throw new Failure(`invalid packet count ${value}`)
    },
  },
  {
    long: 'count',
    help: { en: 'print only the number of packets', zh: '只打印包的个数' },
    set: (settings) => {
      settings.countOnly = true
    },
  },
  {
    short: 's',
    long: 'snapshot-length',
    value: 'SNAPLEN',
    help: {
      en: 'capture SNAPLEN bytes of each packet; without effect on a file that is read',
      zh: '每个包抓取 SNAPLEN 字节；读取文件时无作用',
    },
    set: (settings, value) => {
      const snaplen = wholeNumber(value)
      if (snaplen === null || snaplen < 0 || snaplen > MAX_SNAPLEN) {
        throw new Failure(`invalid snaplen ${value} (must be >= 0 and <= ${MAX_SNAPLEN})`)
      }
      settings.snaplen = snaplen
    },
  },
  {
    short: 'F',
    value: 'FILE',
    help: { en: 'take the filter from FILE, not from the command line', zh: '从 FILE 而非命令行取过滤表达式' },
    set: (settings, value) => {
      settings.filterFile = value
    },
  },
  {
    short: 'd',
    help: {
      en: 'print the compiled filter and stop; -dd: as C, -ddd: as decimal numbers',
      zh: '打印编译后的过滤程序并结束；-dd：C 语言形式，-ddd：十进制数字',
    },
    set: (settings) => settings.dumpCode++,
  },
  {
    short: 'O',
    long: 'no-optimize',
    help: { en: 'do not optimise the compiled filter', zh: '不优化编译后的过滤程序' },
    set: (settings) => {
      settings.optimize = false
    },
  },
  {
    short: 'y',
    long: 'linktype',
    value: 'LINKTYPE',
    help: {
      en: 'link type of the capture, or of the filter that -d prints',
      zh: '抓包的链路类型，或 -d 所打印程序的链路类型',
    },
    set: (settings, value) => {
      const link = /^(DLT|LINKTYPE)_/i.test(value) ? null : linkTypeNumber(value)
      if (link === null) throw new Failure(`invalid data link type ${value}`)
      settings.link = link
      settings.linkName = value
    },
  },
  {
    short: 'w',
    value: 'FILE',
    help: {
      en: 'write the packets to FILE in place of printing them; - is standard output',
      zh: '把包写入 FILE 而不打印；- 表示标准输出',
    },
    set: (settings, value) => {
      settings.writeFile = value
    },
  },
  {
    long: 'print',
    help: { en: 'print the packets although -w writes them', zh: '用 -w 写文件时也打印' },
    set: (settings) => {
      settings.printToo = true
    },
  },
  {
    short: 'C',
    value: 'SIZE',
    help: {
      en: 'with -w: a new file after SIZE million bytes; after k, m or g: of these units',
      zh: '与 -w 合用：每 SIZE 百万字节换一个文件；后缀 k、m、g 表示单位',
    },
    set: (settings, value) => {
      settings.rotateBytes = rotationBytes(value)
    },
  },
  {
    short: 'G',
    value: 'SECONDS',
    help: {
      en: 'with -w: a new file every SECONDS; FILE is a strftime(3) pattern',
      zh: '与 -w 合用：每 SECONDS 秒换一个文件；FILE 是 strftime(3) 格式',
    },
    set: (settings, value) => {
      const seconds = atoi(value)
      if (seconds < 0) throw new Failure(`invalid number of seconds ${value}`)
      settings.rotateSeconds = seconds
      settings.rotationStart = Math.floor(Date.now() / 1000)
    },
  },
  {
    short: 'W',
    value: 'COUNT',
    help: {
      en: 'with -C: begin anew after COUNT files; with -G: stop after COUNT files',
      zh: '与 -C 合用：COUNT 个文件后从头覆盖；与 -G 合用：COUNT 个文件后停止',
    },
    set: (settings, value) => {
      settings.fileCount = atoi(value)
      if (settings.fileCount <= 0) throw new Failure(`invalid number of output files ${value}`)
    },
  },
  {
    short: 'z',
    value: 'COMMAND',
    help: {
      en: 'with -C or -G: run COMMAND FILE after each rotation',
      zh: '与 -C 或 -G 合用：每次换文件后运行 COMMAND FILE',
    },
    set: (settings, value) => {
      settings.afterRotation = value
    },
  },
  {
    short: 'Z',
    long: 'relinquish-privileges',
    value: 'USER',
    help: {
      en: 'as root: become USER before packets are read; root: remain',
      zh: '以 root 运行时：读包之前切换为 USER；root 表示不切换',
    },
    set: (settings, value) => {
      settings.user = value
    },
  },
  {
    short: 'l',
    help: { en: 'write each line as soon as it is complete', zh: '逐行输出' },
    set: (settings) => {
      settings.lineBuffered = true
    },
  },
  {
    short: 'U',
    long: 'packet-buffered',
    help: { en: 'write each packet as soon as it is read', zh: '逐包输出' },
    set: (settings) => {
      settings.packetBuffered = true
    },
  },
]
