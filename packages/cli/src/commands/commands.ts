import type { Command } from './command.ts'

/** Every command, in the order of the help. */
export const commands: readonly Command[] = [
  {
    name: 'explain',
    operands: 'FILE...|-|-i IF [FILTER]',
    summary: {
      en: 'explain the TCP connections and HTTP exchanges of a capture',
      zh: '讲解抓包中的 TCP 连接与 HTTP 往返',
    },
    description: {
      en:
        'Draws each packet as an arrow between the states of both ends, says what it means, and concludes: the exchange, ' +
        'where the time went, how the response was split, who closed first, what went wrong. FILE is a pcap or pcapng ' +
        'file, gzip and zstd included, or the text that tcpdump printed; - is standard input. Several files of one ' +
        'rotated capture are read as one. Of a file of many packets all conversations are judged first and the chosen few ' +
        'read again; standard input is read once, and of very many conversations at once less is kept. ' +
        'With -i the ladder grows as the packets come; the conclusion follows at Ctrl-C, or after -c N packets. ' +
        'What is inferred and not observed is marked ~.',
      zh:
        '把每个包画成两端状态之间的箭头，说明其含义，并给出结论：往返、时间花在哪里、响应如何分段、谁先关闭、哪里有问题。' +
        'FILE 是 pcap 或 pcapng 文件（可为 gzip、zstd 压缩），或 tcpdump 打印的文本；- 表示标准输入。' +
        '同一次轮转抓包的多个文件按一个流读取。包很多的文件先评估全部连接，再重读选中的几个；标准输入只读一次，' +
        '同时存在的连接极多时保留较少。使用 -i 时箭头图随包增长，按 Ctrl-C 或抓到 -c N 个包后给出结论。推断而非观测的内容以 ~ 标出。',
    },
    examples: [
      {
        line: 'wiretale explain examples/http-practice.pcap',
        does: { en: 'everything about a small capture', zh: '讲解一个小抓包的全部内容' },
      },
      {
        line: 'wiretale explain --lang zh -c 3 big.pcapng.gz',
        does: { en: 'one conversation, in Chinese', zh: '用中文讲解一个连接' },
      },
      {
        line: 'wiretale explain a.pcap host 192.0.2.1 and port 80',
        does: { en: 'what a filter lets through', zh: '只看过滤后的包' },
      },
      {
        line: 'tcpdump -nr a.pcap | wiretale explain -',
        does: { en: 'from the text that tcpdump prints', zh: '读取 tcpdump 打印的文本' },
      },
      {
        line: 'sudo wiretale explain -i eth0 host 192.0.2.1 and port 80',
        does: { en: 'the story while it happens', zh: '边抓包边讲解' },
      },
      {
        line: 'wiretale explain --json --types exchange,finding a.pcap',
        does: { en: 'for programs: JSON Lines', zh: '供程序使用：JSON Lines' },
      },
    ],
    load: async () => (await import('./explain.ts')).runExplain,
  },
  {
    name: 'fetch',
    operands: 'URL',
    summary: {
      en: 'request a URL and tell what the client did, step by step',
      zh: '请求一个 URL，逐步讲述客户端做了什么',
    },
    description: {
      en:
        'Sends an HTTP request and prints its log: name found, connecting, connected, request sent, response, data, ' +
        'complete, each with milliseconds from the start and with bytes exact to what was written to and read from the ' +
        'socket; then where the time went. Options are those of curl, but for -i and -w, which are those of tcpdump. ' +
        'The body is counted, not shown; -o saves it. Exit codes: 0 there was a response, whatever its status; 1 there ' +
        'was none, or with --fail its status is 400 or more; 2 wrong arguments; 4 --slo was missed.',
      zh:
        '发送 HTTP 请求并打印客户端日志：找到站点、正在连接、已连接、请求已发送、响应、数据到达、请求完成；' +
        '每行都有从开始算起的毫秒数，字节数与套接字实际收发的完全一致；最后给出时间花在哪里。选项与 curl 相同，' +
        '只有 -i 与 -w 是 tcpdump 的含义。正文只计数不显示，-o 可保存。退出码：0 收到响应（不论状态码）；' +
        '1 没有响应，或用了 --fail 且状态码在 400 及以上；2 参数错误；4 未达到 --slo。',
    },
    examples: [
      {
        line: 'wiretale fetch http://shop.example/',
        does: { en: 'one request, told step by step', zh: '一次请求，逐步讲述' },
      },
      {
        line: 'wiretale fetch -L --compressed -o page.html https://shop.example/',
        does: { en: 'follow redirects, save the page', zh: '跟随重定向并保存页面' },
      },
      {
        line: 'wiretale fetch --repeat 100 --slo total=500,wait=200 https://shop.example/',
        does: {
          en: 'a hundred requests, percentiles, exit code 4 if too slow',
          zh: '请求一百次，给出百分位，过慢时退出码为 4',
        },
      },
    ],
    load: async () => (await import('./fetch.ts')).runFetch,
  },
  {
    name: 'top',
    operands: '-i IF [FILTER]',
    summary: { en: 'watch the TCP connections of an interface live', zh: '实时查看接口上的 TCP 连接' },
    description: {
      en:
        'A table of the connections, drawn anew each second: the state of both ends (~: inferred, ?: the packets do not ' +
        'tell), bytes a second in each direction, the HTTP exchange under way or the last one, retransmitted segments, and whom each connection waits ' +
        'for and since when: for an answer in the handshake (open), the rest of a request, a response, data, room in a ' +
        'window, or the other FIN (close). Keys sort it; q ends it. What is over stays for five seconds. ' +
        'Without a terminal one table follows the other.',
      zh:
        '连接表，每秒刷新：两端状态（~ 为推断，? 为报文不足以判断）、两个方向每秒的字节数、正在进行或最近一次 HTTP 往返、重传的报文段，' +
        '以及每个连接在等谁、等了多久：建立连接的应答、请求的其余部分、响应、数据、接收窗口，或对方的 FIN（关闭）。' +
        '按键可改变排序，q 退出。已结束的连接再显示五秒。没有终端时逐张输出表格。',
    },
    examples: [
      { line: 'sudo wiretale top -i eth0 port 80', does: { en: 'who waits for whom', zh: '谁在等谁' } },
      {
        line: 'sudo wiretale top -i any --sort wait --json --rounds 60',
        does: { en: 'a minute for a program: a line each second', zh: '供程序使用：一分钟，每秒一行' },
      },
    ],
    load: async () => (await import('./top.ts')).runTop,
  },
  {
    name: 'doctor',
    operands: '[-i IF]',
    summary: { en: 'tell whether this machine can capture, and what to do', zh: '检查本机能否抓包，以及该怎么办' },
    description: {
      en:
        'Looks at what a capture needs and changes nothing: Node, koffi, libpcap and tcpdump, interfaces and their ' +
        'offloads (why captured segments can be larger than the MSS and checksums seem wrong), time stamps, buffer, ' +
        'clock, terminal, the kernel events of --process, rights. At the end the interface is opened for a moment and ' +
        'closed. What cannot be found out is called unknown. Exit code 0 if a capture would work, else 1.',
      zh:
        '检查抓包所需的条件，不作任何改动：Node、koffi、libpcap 与 tcpdump，网络接口及其卸载功能' +
        '（为何抓到的报文段会大于 MSS、校验和似乎有误），时间戳、缓冲区、时钟、终端、--process 所用的内核事件、权限。' +
        '最后短暂打开接口再关闭。无法查明的记为未知。可以抓包时退出码为 0，否则为 1。',
    },
    examples: [
      {
        line: 'sudo wiretale doctor -i eth0',
        does: { en: 'would a capture from eth0 work?', zh: '能否在 eth0 上抓包？' },
      },
      {
        line: 'wiretale doctor --json',
        does: { en: 'for programs: a line for each check', zh: '供程序使用：每项检查一行' },
      },
    ],
    load: async () => (await import('./doctor.ts')).runDoctor,
  },
  {
    name: 'help',
    operands: '[COMMAND]',
    summary: { en: 'show this help, or that of a command', zh: '显示本帮助或某个命令的帮助' },
    description: {
      en: 'Shows what the command, or one of its subcommands, does and which options it takes.',
      zh: '显示程序或某个子命令的作用与选项。',
    },
    examples: [{ line: 'wiretale help explain', does: { en: 'the options of explain', zh: 'explain 的选项' } }],
    load: null,
  },
]

/** The command of that name, or undefined. */
export function findCommand(name: string): Command | undefined {
  return commands.find((command) => command.name === name)
}
