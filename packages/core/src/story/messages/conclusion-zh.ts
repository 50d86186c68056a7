import type { Confidence, Severity, SideName } from '../../model/lines.ts'
import type { ReportMessages } from './conclusion-types.ts'
import { byteCountZh, duration, grouped } from './quantities.ts'

const sides: Record<SideName, string> = { client: '客户端', server: '服务器' }
const other: Record<SideName, SideName> = { client: 'server', server: 'client' }

const howSure: Record<Confidence, string> = { certain: '', likely: '很可能', possible: '可能' }

/** `#6`、`#6 #7`、`#6 至 #9` */
function packetList(packets: readonly number[]): string {
  const [first, last] = [packets[0], packets[packets.length - 1]]
  if (packets.length < 3) return packets.map((n) => `#${n}`).join(' ')
  return `#${first} 至 #${last}`
}

const severityNames: Record<Severity, string> = { error: '错误', warn: '警告', note: '提示', info: '说明' }

const partNames = { head: '响应头', body: '正文', 'head-and-body': '头部与正文' } as const

const labelNames: Record<string, string> = {
  retransmission: '重传',
  'fast-retransmission': '快速重传',
  'spurious-retransmission': '重传了已被确认的数据',
  'out-of-order': '乱序',
  'lost-before-capture': '在抓包点之前丢失，已重发',
  'dup-ack': '重复 ACK',
  'zero-window': '零窗口：接收方没有空间',
  'window-update': '窗口更新',
  'keep-alive': 'keep-alive 探测',
  'keep-alive-ack': '探测的应答',
  'zero-window-probe': '零窗口探测',
  'previous-not-captured': '到达时其前有缺口',
  'acked-unseen': '确认了没有抓到的数据',
  'window-full': '填满了接收窗口',
  'port-reused': '端口对曾被使用',
}

const waitWords = {
  open: '建立',
  request: '请求',
  response: '响应',
  data: '数据',
  window: '窗口',
  close: '关闭',
} as const

export const reportZh: ReportMessages = {
  layout: {
    client: '客户端',
    server: '服务器',
    milliseconds: 'ms',
    withdrawn: ({ states }) => `（并非 ${states}）`,
    neverEntered: ({ side, states }) => `${sides[side]}实际上并未进入 ${states.join('、')}。`,
    conversation: '连接',
    liveLegend: '~ 目前为推断，尚未观测到。“连接”一列是连接的编号。',
    note: '含义',
    segment: '报文段',
    run: ({ packets, segments, bytes, acks, unusual }) =>
      `${grouped(packets)} 个包：${grouped(segments)} 个数据段，${byteCountZh(bytes)}，${grouped(acks)} 个 ACK` +
      (unusual > 0 ? `，其中 ${grouped(unusual)} 个异常` : ''),
    label: ({ label }) => labelNames[label] ?? label,
    conclusion: '结论',
    section: {
      process: '程序',
      exchange: '往返',
      log: '客户端日志',
      time: '时间',
      segments: '分段',
      close: '关闭',
      states: '状态',
      findings: '发现',
      health: '健康',
    },
    listSeparator: '、',
    chain: ({ side, states }) => `${sides[side]}：${states}`,
    legendInferred: ({ states }) => `~ 推断而非观测：${states}`,
    legendAllInferred: ({ side }) => `${sides[side]}的全部状态`,
    legendNothingInferred: '所示状态均有其所属一方的报文为证。',
    legendExpected: '( ) 预期状态，没有报文显示',
  },

  top: {
    title: ({ conversations, packetRate, byteRate }) =>
      `${grouped(conversations)} 个连接，每秒 ${packetRate} 个包，${byteRate}/s`,
    state: '状态',
    rate: { client: 'C>S/s', server: 'S>C/s' },
    retransmitted: '重传',
    waits: '在等谁',
    exchange: '最近的往返',
    wait: ({ for: side, why, what, isInferred }) =>
      `${sides[side]}${isInferred ? '~' : ''} ${what}（${waitWords[why]}）`,
    retransmissions: ({ count: segments }) => `重传 ${grouped(segments)}`,
    empty: '还没有 TCP 连接。',
    more: ({ conversations }) => `……另有 ${grouped(conversations)} 个连接`,
    sort: '排序：',
    order: {
      rate: '速率',
      wait: '等待',
      retransmissions: '重传',
      state: '状态',
      number: '编号',
      exchange: '往返',
    },
    quit: 'q 退出',
  },

  table: {
    title: ({ conversations, packets, span }) =>
      `连接  ${grouped(conversations)} 个，共 ${grouped(packets)} 个包${span === null ? '' : `，${duration(span)}`}`,
    startColumn: '开始 ms',
    packetsColumn: '包数',
    bytesColumn: '字节',
    closeColumn: '关闭',
    exchangesColumn: 'HTTP',
    marksColumn: '标记',
    closeCell: {
      'client-fin': 'C FIN',
      'server-fin': 'S FIN',
      'both-fin': '同时 FIN',
      fin: 'FIN',
      half: '半关闭',
      'client-reset': 'C RST',
      'server-reset': 'S RST',
      reset: 'RST',
      refused: '被拒绝',
      unanswered: '无应答',
      open: '未关闭',
    },
    legend: '关闭：谁先关闭（C 客户端，S 服务器）。标记：! 错误，* 警告，- 提示，R 重传的报文段。',
    rest: ({ conversations, packets, exchanges }) =>
      `……另有 ${grouped(conversations)} 个连接：${grouped(packets)} 个包，${grouped(exchanges)} 次 HTTP 往返`,
    chosen: ({ shown, conversations }) => `以下详细展示 ${grouped(conversations)} 个中最能说明问题的 ${shown} 个。`,
    reason: (of) => {
      switch (of.kind) {
        case 'all':
          return '数量不多，全部展示'
        case 'asked':
          return '由 -c 指定'
        case 'findings':
          return `${grouped(of.count)} 条${severityNames[of.severity]}`
        case 'reset':
          return '以 RST 结束'
        case 'refused':
          return '连接被拒绝'
        case 'unanswered':
          return '连接请求没有应答'
        case 'retransmissions':
          return `重传 ${grouped(of.count)} 次`
        case 'incomplete-exchange':
          return '有未完成的往返'
        case 'status':
          return `HTTP 状态码 ${of.status}`
        case 'unusual-open':
          return '打开方式不寻常'
        case 'unusual-close':
          return '关闭方式不寻常'
        case 'slowest-wait':
          return `等待最久，${duration(of.ms)}`
        case 'typical':
          return of.alike > 1 ? `有代表性：${grouped(of.alike)} 个与之相似` : '同类中唯一的一个'
      }
    },
    showOther: '查看其他连接：加 -c 编号。',
    others: ({ packets }) => `${grouped(packets)} 个包不属于任何 TCP 连接。`,
    thinned:
      '同时进行的内容过多，未能为结论保留全部的包：每个连接保留开头、结尾与最能说明问题的包，最不重要的连接则未保留。',
    nothing: ({ packets }) => (packets === 0 ? '没有任何包。' : `${grouped(packets)} 个包中没有 TCP 连接。`),
    noSuchConversation: ({ asked, conversations }) =>
      conversations === 0
        ? `没有连接 ${asked}：抓包中没有连接。`
        : `没有连接 ${asked}：编号为 0 到 ${conversations - 1}。`,
  },

  conclusion: {
    exchange: ({ request, requestSeen, answer, responseSeen, requestBytes, responseBytes, complete, captured }) => {
      if (
        !captured &&
        request === null &&
        answer === null &&
        requestSeen &&
        responseSeen &&
        requestBytes !== null &&
        responseBytes !== null
      )
        return `请求 ${byteCountZh(requestBytes)}，响应 ${byteCountZh(responseBytes)}；内容没有抓到${complete ? '' : '，响应不完整'}`
      const question =
        request ?? (requestSeen ? (captured ? '（请求不能读作 HTTP）' : '（请求内容没有抓到）') : '（请求不在抓包中）')
      const asked = !requestSeen ? '' : requestBytes === null ? '，请求大小未知' : `，请求 ${byteCountZh(requestBytes)}`
      if (!responseSeen) return `${question} -> 抓包中没有响应${asked}`
      const got = responseBytes === null ? '，响应大小未知' : `，响应 ${byteCountZh(responseBytes)}`
      return `${question} -> ${answer ?? (captured ? '（应答不能读作 HTTP）' : '（响应内容没有抓到）')}${asked}${got}${complete ? '' : '，不完整'}`
    },
    logExchange: ({ request, status }) =>
      `据客户端日志：${request ?? '（没有请求行）'}${status === null ? '' : ` -> ${status}`}。属推断：报文没有显示。`,
    logBody: ({ body, head, headPackets, bodyPackets }) =>
      bodyPackets.length === 0
        ? `据客户端日志，正文 ${byteCountZh(body)}，余下 ${byteCountZh(head)}是头部。属推断：没有报文显示头部在哪里结束。`
        : `据客户端日志，正文 ${byteCountZh(body)}，正是 ${packetList(bodyPackets)} 的全部；因此 ${packetList(headPackets)} 的 ${byteCountZh(head)}是头部：由日志推断。`,
    logHeaders: ({ count, of }) => `${of === 'request' ? '请求' : '响应'}头 ${grouped(count)} 行`,
    moreExchanges: ({ count, shown }) => `……共 ${grouped(count)} 次往返，展示 ${shown} 次`,
    noExchange: ({ client, server }) =>
      client + server === 0
        ? '没有发送任何数据'
        : `未识别出 HTTP 往返：客户端发送 ${byteCountZh(client)}，服务器发送 ${byteCountZh(server)}`,

    phase: {
      dns: '解析',
      connect: '连接',
      tls: 'TLS',
      idle: '空闲',
      send: '发送',
      wait: '等待',
      server: '服务器',
      receive: '接收',
      close: '关闭',
    },
    phaseBorders: ({ isOnly }) => (isOnly ? '报文：' : '第一次往返，报文：'),
    waitSplit: ({ server, network }) => `等待中服务器占 ${duration(server)}，网络占 ${duration(network)}。`,
    waitUndivided: '等待包含服务器处理与网络传输：报文不足以分开二者。',
    waitDisturbed: '其间有报文段重传：等待中服务器占多少未知。',
    thenIdle: ({ idle, closer }) =>
      closer === null || closer === 'none'
        ? `此后 ${duration(idle)} 没有报文。`
        : `此后空闲 ${duration(idle)}，直到${closer === 'both' ? '双方' : sides[closer]}关闭。`,
    severalWaits: ({ count, total, slowest }) =>
      `${grouped(count)} 次等待响应，合计 ${duration(total)}，最长 ${duration(slowest)}`,
    roundTrip: ({ rtt, vantage }) =>
      `往返时延 ${duration(rtt)}` +
      (vantage === null ? '。' : vantage === 'between' ? '；抓包点在两端之间。' : `；抓包点靠近${sides[vantage]}。`),

    segments: ({ of, parts, more }) => {
      const list = parts
        .map(({ bytes, part }) => {
          const name = part === null ? '' : part === 'head' && of === 'client' ? '请求头' : partNames[part]
          return byteCountZh(bytes) + name
        })
        .join(' + ')
      return `${of === 'server' ? '响应' : '请求'}分 ${parts.length + more} 个 TCP 报文段：${list}${more > 0 ? ` + 其余 ${more} 段` : ''}`
    },
    headEndUnproven: ({ total }) =>
      `按序号合计 ${byteCountZh(total)}。某一段恰好在头部结尾处结束这一点未经证实：这些字节没有被捕获。`,
    writes: ({ by, writes, segments, confidence }) => {
      const sure = howSure[confidence]
      if (writes === segments && writes > 1) return `${sides[by]}${sure}分 ${writes} 次 send。`
      if (writes === 1) return `${sides[by]}${sure}一次 send。`
      return `${sides[by]}${sure}共 ${grouped(writes)} 次 send。`
    },
    fitsOneSegment: ({ total, mss }) =>
      `合计 ${byteCountZh(total)}本可放进一个 ${mss} 字节的报文段，所以协议栈既没有拆分也没有合并。`,
    splitBySize: ({ total, mss, segments }) =>
      `${byteCountZh(total)}放不进一个 ${mss} 字节的报文段：协议栈拆成了 ${segments} 段。`,

    closedByFin: ({ first }) =>
      first === null
        ? '双方都发了 FIN；从这份抓包无法得知谁先关闭。'
        : first === 'both'
          ? '双方在收到对方的 FIN 之前都已发出 FIN：同时关闭。'
          : `${sides[first]}先发 FIN。`,
    halfClosed: ({ first, seen }) => {
      if (seen === null) return '一个方向已关闭，其余抓包没有显示。'
      if (first === seen) return `${sides[seen]}先发 FIN；抓包中没有${sides[other[seen]]}的 FIN。`
      if (first === other[seen]) {
        return `${sides[first]}先关闭，但抓包中没有它的 FIN；${sides[seen]}随后发出 FIN。`
      }
      return `抓包中只有${sides[seen]}的 FIN：谁先关闭未知。`
    },
    closedByReset: ({ by, finFirst }) =>
      (finFirst === null ? '' : `${sides[finFirst]}先发 FIN。`) +
      (by === null ? '连接被 RST 重置。' : `${sides[by]}用 RST 重置了连接。`),
    refused: '服务器拒绝连接（以 RST 应答 SYN）。',
    undeliverable: 'ICMP 差错报文结束了这次尝试：连接没有建立。',
    unanswered: 'SYN 没有应答：连接没有建立。',
    notClosed: '抓包期间双方都没有关闭连接。',
    timeWait: ({ side, otherIsClosed }) =>
      side === 'both'
        ? 'TIME_WAIT 在双方（Linux 约 60 秒）。通常无害，无需处理。'
        : `TIME_WAIT 在${sides[side]}（Linux 约 60 秒）：通常无害，无需处理。` +
          (otherIsClosed ? `${sides[other[side]]}不再保留任何状态。` : ''),
    timeWaitNobody: '没有任何一方处于 TIME_WAIT。',
    timeWaitUnknown: '谁处于 TIME_WAIT 未知：抓包没有显示。',

    healthOk: '正常：无丢包、无重传、无重置、抓包无缺失',
    retransmissions: ({ client, server }) =>
      client > 0 && server > 0
        ? `重传 ${grouped(client + server)} 段：客户端 ${grouped(client)}，服务器 ${grouped(server)}`
        : `${sides[client > 0 ? 'client' : 'server']}重传 ${grouped(client + server)} 段`,
    labelled: ({ label, count }) => `${labelNames[label] ?? label}：${grouped(count)} 个包`,
    reset: ({ by }) => (by === null ? '有 RST 重置' : `${sides[by]}发出 RST 重置`),
    dropped: ({ count }) => `抓包本身漏掉 ${grouped(count)} 个包：看似丢失的可能只是没抓到`,
    truncated: ({ offset }) => `抓包文件在第 ${grouped(offset)} 字节处被截断：其后未知`,
    midStream: '抓包中没有连接的开头',
    oneSided: ({ side }) => `抓包中只有${sides[side]}的报文：${sides[other[side]]}发了什么、丢了什么未知`,
    crossed: '编号比前一个小的，是两个报文在途中交错：它在另一个发出之后才到达。',
    rolesInferred: '谁是客户端、谁是服务器是推断的：没有抓到 SYN',
    findingHead: ({ severity, confidence }) =>
      severityNames[severity] + (confidence === 'certain' ? '' : `（${howSure[confidence]}）`),
    alternative: ({ text }) => `另一种可能：${text}`,
  },
}
