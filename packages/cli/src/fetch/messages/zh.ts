import { byteCountZh, duration } from '@wiretale/core'
import { formatEndpoint } from '../endpoint.ts'
import type { Failure, Phase, TlsProblem } from '../failure.ts'
import type { FetchMessages } from './types.ts'

const phases: Readonly<Record<Phase, string>> = {
  lookup: '解析域名',
  connect: '建立连接',
  proxy: '向代理请求隧道',
  tls: 'TLS 握手',
  send: '发送请求',
  wait: '等待响应',
  receive: '接收响应',
}

const tlsProblems: Readonly<Record<TlsProblem, (host: string, detail: string) => string>> = {
  expired: (_host, detail) => `服务器证书已于 ${detail} 过期`,
  'not-yet-valid': (_host, detail) => `服务器证书自 ${detail} 起才有效`,
  'wrong-name': (host, detail) => `服务器证书不属于 ${host}，而属于 ${detail}`,
  'self-signed': (_host, detail) => `服务器证书是自签名的（${detail}）`,
  'unknown-issuer': (_host, detail) => `服务器证书由 ${detail} 签发，本机不信任它`,
  revoked: () => '服务器证书已被吊销',
  'not-tls': () => '服务器在该端口上不使用 TLS',
  version: () => '客户端与服务器没有共同的 TLS 版本',
  'client-certificate': () => '服务器要求客户端证书',
  other: (_host, detail) => `TLS 握手失败：${detail}`,
}

function failure(of: Failure): string {
  switch (of.kind) {
    case 'not-found':
      return of.family === 0 ? `没有这个域名：${of.host}` : `${of.host} 没有 IPv${of.family} 地址`
    case 'lookup':
      return `无法解析 ${of.host}（${of.code}）`
    case 'refused':
      return `${formatEndpoint(of.remote)} 拒绝连接${of.tried > 1 ? `，这是 ${of.tried} 个地址中的最后一个` : ''}`
    case 'unreachable':
      return `${formatEndpoint(of.remote)} 不可达（${of.code}）`
    case 'timeout':
      return of.limit === 'system'
        ? `${phases[of.phase]}时没有应答，系统已放弃`
        : `${phases[of.phase]}已用 ${duration(of.afterMs)}，达到 --${of.limit} 的上限`
    case 'reset':
      return `${phases[of.phase]}时连接被重置${of.received > 0 ? `，此前收到 ${of.received} 字节` : ''}`
    case 'closed':
      if (of.expected !== null) return `服务器只发了 ${of.received}/${of.expected} 字节就关闭了连接`
      return of.phase === 'receive'
        ? `服务器在响应中途关闭了连接，此前收到 ${of.received} 字节`
        : `${phases[of.phase]}时连接被关闭`
    case 'tls':
      return tlsProblems[of.problem](of.host, of.detail)
    case 'not-http':
      return `应答不是 HTTP，开头是：${of.beginning}`
    case 'framing':
      return `响应没有正确说明自己在哪里结束（${of.code}）`
    case 'redirect-loop':
      return `重定向循环，又回到 ${of.url}`
    case 'too-many-redirects':
      return `重定向超过 ${of.count} 次`
    case 'redirect-scheme':
      return `无法跟随重定向：${of.url}`
    case 'proxy-status':
      return `代理拒绝建立隧道：${of.status} ${of.reason}`
    case 'decoding':
      return `正文并不是它声称的 ${of.coding}（${of.detail}）`
    case 'output':
      return `无法写入 ${of.path}（${of.detail}）`
    case 'input':
      return `无法读取 ${of.path}（${of.detail}）`
    case 'http2':
      return `HTTP/2 中断：${of.code}`
    case 'interrupted':
      return `${phases[of.phase]}时被中断`
    case 'other':
      return `${phases[of.phase]}时失败：${of.detail}`
  }
}

function hint(of: Failure): string | null {
  switch (of.kind) {
    case 'not-found':
      return '检查拼写；getent hosts 域名 与本机的查询方式相同；--resolve HOST:PORT:ADDRESS 可绕过解析'
    case 'lookup':
      return '检查 /etc/resolv.conf 中的域名服务器是否应答'
    case 'refused':
      return '检查服务器是否在运行、是否监听该地址和端口：在服务器上运行 ss -ltn'
    case 'unreachable':
      return '查看路由（ip route get 地址）；-4 或 -6 只用一种地址'
    case 'timeout':
      if (of.phase === 'connect') return 'SYN 没有任何应答：主机不在，或被防火墙丢弃；换端口或网络对比'
      return of.phase === 'wait' ? '请求已发出，服务器还在处理：查看它的日志' : null
    case 'reset':
      return '服务器崩溃或重启，或中间设备切断连接；抓包可以看出是谁发的 RST'
    case 'closed':
      return of.phase === 'tls' ? '服务器可能要求别的 TLS 版本或服务器名' : '查看服务器的错误日志'
    case 'tls':
      switch (of.problem) {
        case 'expired':
          return '更新证书；-k 不检查证书'
        case 'not-yet-valid':
          return '检查两台机器的时钟'
        case 'wrong-name':
          return '使用证书上的域名；--connect-to 可用该域名访问这台服务器'
        case 'self-signed':
        case 'unknown-issuer':
          return '--cacert FILE 信任其签发者；-k 不检查证书；也可能是服务器漏发了中间证书'
        case 'not-tls':
          return '在该端口上试试 http://'
        default:
          return null
      }
    case 'not-http':
      return '该端口上是别的协议；若是 TLS 端口，试试 https://'
    case 'framing':
      return 'wiretale -r 抓包文件 --annotate 可查看这些字节'
    case 'redirect-loop':
    case 'too-many-redirects':
      return '去掉 -L，逐个查看 Location'
    case 'proxy-status':
      return of.status === 407 ? '给出代理的用户：-x http://用户:密码@HOST:PORT' : null
    case 'decoding':
      return '去掉 --compressed，正文原样接收'
    default:
      return null
  }
}

export const fetchZh: FetchMessages = {
  milliseconds: 'ms',
  client: '客户端',
  lookup: ({ host }) => `正在解析 ${host}`,
  found: ({ addresses }) => `已找到站点。${addresses.join('、')}`,
  connecting: ({ remote, proxy }) => `正在连接${proxy ? '代理' : ''} ${remote}`,
  connectFailed: ({ remote, code }) => `${remote} 未能连接：${code}`,
  connectAbandoned: ({ remote }) => `放弃 ${remote}：另一个地址更快`,
  connected: ({ port }) => `已连接，本地端口 ${port}`,
  tunnelRequest: ({ target, bytes }) => `已发送 CONNECT ${target}。${bytes} 字节`,
  tunnel: ({ status, reason, bytes }) => `代理：${status} ${reason}。${bytes} 字节`,
  tlsStart: ({ host }) => `与 ${host} 进行 TLS 握手`,
  tls: ({ facts, sent, received }) =>
    `${facts.version}，${facts.cipher}${facts.alpn === null ? '' : `，${facts.alpn}`}` +
    `${facts.resumed ? '，会话恢复' : ''}。发送 ${sent} 字节，收到 ${received} 字节`,
  certificate: ({ certificate }) =>
    `证书：${certificate.subject}，由 ${certificate.issuer} 签发，有效期 ${certificate.validFrom} 至 ${certificate.validTo}`,
  distrusted: ({ code }) => `证书不受信任：${code}`,
  reused: ({ port }) => `沿用已有连接，本地端口 ${port}`,
  headSent: ({ bytes }) => `请求头已发送。${bytes} 字节；正文等待 100 Continue`,
  continueMissing: '一秒内没有 100 Continue：直接发送正文',
  requestSent: ({ headBytes, bodyBytes }) =>
    `请求已发送。${headBytes + bodyBytes} 字节${bodyBytes > 0 ? `（头部 ${headBytes} + 正文 ${bodyBytes}）` : ''}`,
  interim: ({ status, reason, bytes }) => `${`${status} ${reason}`.trim()}。${bytes} 字节`,
  data: ({ contentBytes, bodyBytes, total }) =>
    `数据到达。${contentBytes}${total === null ? '' : `/${total}`} 字节` +
    (bodyBytes > contentBytes ? `（含分帧 ${bodyBytes}）` : ''),
  complete: ({ status }) => `${status} 请求完成`,
  redirect: ({ status, method, url }) => `${status}：转到 ${method} ${url}`,
  retry: '保留的连接已被关闭：在新连接上重发',
  serverClosed: '服务器关闭了连接',
  closing: '正在关闭连接',

  sizes: ({ request, response, content, decoded }) =>
    `请求：头部 ${request[0]} + 正文 ${request[1]} 字节；响应：头部 ${response[0]} + 正文 ${response[1]} 字节` +
    (content !== response[1] ? `，去掉分帧 ${content}` : '') +
    (decoded !== null && decoded !== content ? `，解压后 ${decoded}` : ''),
  phase: {
    dns: '解析',
    connect: '连接',
    tls: 'TLS',
    send: '发送',
    wait: '等待',
    receive: '接收',
    total: '总计',
  },
  longest: ({ phase, ms, total }) =>
    `${duration(total)} 中有 ${duration(ms)}（${Math.round((100 * ms) / total)}%）用于${
      {
        dns: '解析域名',
        connect: '建立连接',
        tls: 'TLS 握手',
        send: '发送请求',
        wait: '等待：服务器与网络合在一起，只有报文能把二者分开',
        receive: '接收响应',
        total: '全部',
      }[phase]
    }。`,
  withoutWire: '只有客户端一侧：在日志旁同时抓包的功能尚未完成。',
  saved: ({ path, bytes }) => `正文已保存：${path}，${byteCountZh(bytes)}`,

  sideHead: '归属',
  hintHead: '建议',
  failure,
  side: ({ side, failure: of }) => {
    switch (side) {
      case 'here':
        return '本机'
      case 'name':
        return '域名或解析它的服务器：没有报文到达站点'
      case 'network':
        return '本机或网络：没有通往该地址的路'
      case 'server':
        if (of.kind === 'refused') return '服务器：主机有应答，但该端口没有程序监听（或防火墙如此应答）'
        return of.kind === 'timeout' ? '服务器或其后端：连接本身正常' : '服务器'
      case 'proxy':
        return '代理'
      case 'unknown':
        return '从这里无法判断：报文才能说明'
    }
  },
  hint,

  repeatTitle: ({ runs, connections, failed }) =>
    `${runs} 次请求，${connections} 个连接${failed > 0 ? `，${failed} 次失败` : ''}，单位 ms`,
  runFailed: ({ n, failure: of }) => `第 ${n} 次：${failure(of)}`,
  run: ({ n, status, total }) => `第 ${n} 次：${status ?? '失败'}，${total} ms`,
  compareTitle: ({ runs }) => `轮流请求，各 ${runs} 次，中位数，单位 ms`,
  sloMissed: ({ phase, ms, limit, missed, runs }) =>
    `未达目标：${fetchZh.phase[phase]}用时 ${duration(ms)}，上限 ${limit} ms` +
    (runs > 1 ? `（${runs} 次中有 ${missed} 次；所示为最慢的一次）` : ''),
  sloKept: '达到目标。',
}
