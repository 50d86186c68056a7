import type { Flag } from './flag.ts'

/** Options of the commands that capture. Names and letters are tcpdump's. */
export const liveFlags: readonly Flag[] = [
  {
    name: 'interface',
    short: 'i',
    kind: 'text',
    value: 'IF',
    commands: ['explain', 'top', 'doctor'],
    help: {
      en: 'capture on this interface, by its name or its number in wiretale -D; any: on all',
      zh: '在此接口上抓包（名称，或 wiretale -D 中的编号）；any 表示全部接口',
    },
  },
  {
    name: 'snapshot-length',
    short: 's',
    kind: 'number',
    value: 'N',
    least: 0,
    commands: ['explain', 'top'],
    help: { en: 'with -i: keep at most N bytes of a packet', zh: '与 -i 合用：每个包最多保留 N 字节' },
    byDefault: { en: '262144', zh: '262144' },
  },
  {
    name: 'buffer-size',
    short: 'B',
    kind: 'number',
    value: 'KIB',
    least: 1,
    commands: ['explain', 'top'],
    help: {
      en: "with -i: the operating system's buffer, in KiB; a larger one loses fewer packets",
      zh: '与 -i 合用：操作系统缓冲区的大小（KiB）；越大丢包越少',
    },
    byDefault: { en: "the system's", zh: '系统默认值' },
  },
  {
    name: 'no-promiscuous-mode',
    short: 'p',
    kind: 'switch',
    commands: ['explain', 'top'],
    help: { en: 'with -i: not in promiscuous mode', zh: '与 -i 合用：不用混杂模式' },
  },
  {
    name: 'process',
    kind: 'switch',
    commands: ['explain'],
    help: {
      en: "with -i: name this machine's program of each connection, where it can be known",
      zh: '与 -i 合用：在可以确知时，写出每个连接在本机上的程序',
    },
  },
  {
    name: 'relinquish-privileges',
    short: 'Z',
    kind: 'text',
    value: 'USER',
    commands: ['explain', 'top'],
    help: {
      en: 'with -i, as root: become USER once the interface is open; root: remain it',
      zh: '与 -i 合用且以 root 运行时：打开接口后切换为 USER；root 表示不切换',
    },
    byDefault: {
      en: 'tcpdump where there is such a user, else who called sudo, else nobody',
      zh: 'tcpdump（若有此用户），否则为调用 sudo 的用户，否则为 nobody',
    },
  },
]

/** Those that mean nothing without an interface. */
export const needInterface: readonly string[] = liveFlags.map(({ name }) => name).filter((name) => name !== 'interface')
