import type { SideName } from '../../model/lines.ts'
import type { PacketMessages } from './packet-types.ts'
import { byteCountZh, byteShareZh, duration, grouped } from './quantities.ts'

const sides: Record<SideName, string> = { client: '客户端', server: '服务器' }

function after(waitMs: number | null, request: number | null): string {
  return waitMs === null || request === null ? '' : `首字节距请求末字节（#${request}）${duration(waitMs)}。`
}

function line(status: number, reason: string): string {
  return reason === '' ? String(status) : `${status} ${reason}`
}

function share(passed: number, total: number | null): string {
  return total === null ? `已发 ${byteCountZh(passed)}` : byteShareZh(passed, total)
}

/** 中文；协议用语保留英文。 */
export const packetZh: PacketMessages = {
  'tcp.open.syn': ({ from }) => `${sides[from]}发起连接请求。`,
  'tcp.open.syn-again': ({ from, first, afterMs, answer }) =>
    `${sides[from]}再次请求，距上一个 SYN（#${first}）${duration(afterMs)}：${answer === null ? '没有 SYN-ACK 应答' : `SYN-ACK（#${answer}）尚未到达`}。`,
  'tcp.open.syn-crossing': ({ from, other }) =>
    `${sides[from]}也发起连接，此时尚未收到对方的 SYN（#${other}）：双方同时打开。`,
  'tcp.open.syn-ack': ({ from, bytes }) =>
    `${sides[from]}应答，并给出自己的序列号${bytes === 0 ? '' : `；随 SYN 到达的 ${byteCountZh(bytes)}已收到`}。`,
  'tcp.open.syn-ack-crossing': ({ from, own, other }) =>
    `${sides[from]}确认对方的 SYN（#${other}），并重复自己的 SYN（#${own}）。`,
  'tcp.open.self': ({ from }) => `${sides[from]}应答自己：连接的两端是同一个 socket。`,
  'tcp.open.syn-ack-again': ({ from, first, afterMs }) =>
    `${sides[from]} ${duration(afterMs)} 后重发 SYN-ACK（#${first}）：对它的确认尚未生效。`,
  'tcp.open.syn-data': ({ from, bytes }) =>
    `${sides[from]}发起连接，并随 SYN 发送 ${byteCountZh(bytes)}（TCP Fast Open）。`,
  'tcp.open.done': ({ ms, syn }) => `三次握手完成，用时 ${duration(ms)}（自 #${syn} 起）。`,
  'tcp.open.ack': ({ from, syn }) => `${sides[from]}确认 SYN（#${syn}）。`,
  'tcp.open.ack-unseen': ({ from }) => `${sides[from]}确认一个没有抓到的 SYN-ACK。`,
  'tcp.open.port-reused': ({ from }) => `${sides[from]}用旧连接用过的端口请求打开新连接。`,
  'tcp.mid-stream': ({ guessed }) => `抓包从连接中途开始：此前的情况未知${guessed ? '；谁是客户端系推断' : ''}。`,

  'http.request.head': ({ method, target, version, bytes, body, complete, waits }) =>
    `客户端发送 HTTP 请求${complete ? '' : body === null ? '的请求头' : '的开头'}：${method} ${target} ${version}，${byteCountZh(bytes)}${body === null || body === 0 ? '' : `，含正文 ${byteCountZh(body)}`}${waits && !complete ? '；要求先得到 100 Continue 再发正文' : ''}。`,
  'http.request.body': ({ passed, total, complete }) =>
    `请求正文，${share(passed, total)}${complete ? '：请求已完整' : ''}。`,
  'http.request.cut': ({ bytes, method, target }) =>
    `客户端发送请求${method === null ? '' : `：${method}${target === null ? '' : ` ${target}`}`}，${byteCountZh(bytes)}。其余请求头没有抓到。`,
  'http.response.head': ({ status, reason, bytes, waitMs, request, complete }) =>
    `服务器发送响应头：${line(status, reason)}，${byteCountZh(bytes)}${complete ? '；没有正文' : ''}。${after(waitMs, request)}`,
  'http.response.head-body': ({ status, reason, headBytes, bodyBytes, total, waitMs, request, complete }) =>
    `服务器发送响应：${line(status, reason)}，响应头 ${byteCountZh(headBytes)} + 正文 ${complete || total === null ? byteCountZh(bodyBytes) : share(bodyBytes, total)}${complete ? '，已完整' : ''}。${after(waitMs, request)}`,
  'http.response.body': ({ passed, total, complete }) =>
    `服务器发送响应正文，${share(passed, total)}${complete ? '：响应已完整' : ''}。`,
  'http.response.cut': ({ bytes, status, reason, waitMs, request }) =>
    `服务器发送响应${status === null ? '' : `：${line(status, reason ?? '')}`}，${byteCountZh(bytes)}。内容未抓全，响应头是否到此为止未经证实。${after(waitMs, request)}`,
  'http.unproven': ({ from, bytes, passed }) =>
    `${sides[from]}继续发送 ${byteCountZh(bytes)}（累计 ${byteCountZh(passed)}）：是头部还是正文，抓到的字节无法证明。`,
  'http.not-http': ({ from, bytes }) => `${sides[from]}发送 ${byteCountZh(bytes)}，无法按 HTTP 解读。`,
  'http.interim': ({ status, reason }) => `中间响应：${line(status, reason)}，最终响应在后。`,
  'http.switched': ({ status }) => `${status}：此后该连接改用其他协议。`,
  'http.like-request': ({ bytes }) =>
    `客户端发送 ${byteCountZh(bytes)}，从位置和端口看很可能是 HTTP 请求；内容没有抓到。`,
  'http.like-response': ({ bytes, waitMs, request }) =>
    `服务器发送 ${byteCountZh(bytes)}，很可能属于响应；内容没有抓到。${after(waitMs, request)}`,

  'tcp.data': ({ from, bytes, first, end }) =>
    `${sides[from]}发送 ${byteCountZh(bytes)}（第 ${end - first > 1 ? `${first}-${end - 1}` : first} 字节）。`,
  'tcp.ack.all': ({ from, total, isWhole }) =>
    `${sides[from]} TCP 已收到${isWhole ? '对方至今发送' : '至今抓到'}的全部 ${byteCountZh(total)}。`,
  'tcp.ack.some': ({ from, total, open, fin }) =>
    `${sides[from]} TCP 至今收到 ${byteCountZh(total)}；尚未确认：${[...(open > 0 ? [byteCountZh(open)] : []), ...(fin === null ? [] : [`FIN（#${fin}）`])].join('和 ')}。`,
  'tcp.ack.unseen': ({ from }) => `${sides[from]}发出确认；对方至今没有任何内容被抓到。`,
  'tcp.ack.challenge': ({ from, syn }) =>
    `${sides[from]}仍保有旧连接：它用旧连接的 ACK 应答新的 SYN（#${syn}）（challenge ACK）。`,
  'tcp.ack.nothing-new': ({ from }) => `${sides[from]}没有确认新的数据。`,

  'tcp.retransmission': ({ from, bytes, kind, what }) =>
    `${sides[from]}重传${what === 'fin' ? ' FIN' : ` ${byteCountZh(bytes)}`}${kind === 'fast' ? '，由重复 ACK 触发' : kind === 'spurious' ? '，尽管对方早已确认' : ''}。`,
  'tcp.lost-before-capture': ({ from, bytes }) =>
    `${sides[from]}补发缺失的 ${byteCountZh(bytes)}：第一份在到达抓包点之前丢失。`,
  'tcp.out-of-order': ({ from, bytes }) => `${sides[from]}的 ${byteCountZh(bytes)}迟到，被后面的报文段超过（乱序）。`,
  'tcp.duplicate-ack': ({ from, ack, count }) => `${sides[from]}仍在等第 ${ack} 字节（重复 ACK，第 ${count} 个）。`,
  'tcp.previous-not-captured': ({ from }) => `在此之前，${sides[from]}有内容没有抓到。`,
  'tcp.acked-unseen': ({ from, bytes }) =>
    bytes === 1
      ? `${sides[from]}确认了一个没有抓到的序列号：一个字节，或 FIN。`
      : `${sides[from]}确认了 ${byteCountZh(bytes)}没有抓到的内容（最后一个可能是 FIN）。`,
  'tcp.zero-window': ({ from }) => `${sides[from]}接收缓冲区已满（window 0）：要等程序读取。`,
  'tcp.window-full': ({ from, to }) => `${sides[from]}已用完${sides[to]}的整个窗口。`,
  'tcp.window-update': ({ from, window, bytes }) =>
    `${sides[from]}有了更多空间：window ${bytes === null ? `${grouped(window)}（比例未知）` : byteCountZh(bytes)}。`,
  'tcp.keep-alive': ({ from }) => `${sides[from]}探测对方是否还在（keep-alive）。`,
  'tcp.keep-alive-ack': ({ from }) => `${sides[from]}回答：还在。`,
  'tcp.zero-window-probe': ({ from, to }) => `${sides[from]}询问${sides[to]}是否有空间了（零窗口探测）。`,

  'tcp.close.first': ({ from, idleMs, since }) =>
    `${sides[from]}先发起关闭${idleMs === null || since === null ? '' : `，距最后的新数据（#${since}）${duration(idleMs)}`}。`,
  'tcp.close.second': ({ from, acknowledges, first }) =>
    `${sides[from]}也关闭${acknowledges ? `，同时确认对方的 FIN（#${first}）` : ''}。`,
  'tcp.close.crossing': ({ from, other }) =>
    `${sides[from]}也关闭，此时尚未收到对方的 FIN（#${other}）：不分先后，双方同时关闭。`,
  'tcp.close.unknown-order': ({ from }) => `${sides[from]}关闭；对方此前是否已关闭，抓包中没有。`,
  'tcp.close.ack': ({ from, fin }) => `${sides[from]}确认 FIN（#${fin}），此时仍可发送数据。`,
  'tcp.close.ack-again': ({ from, fin }) => `${sides[from]}再次确认 FIN（#${fin}）。`,
  'tcp.close.ack-crossing': ({ from, fin, own }) =>
    `${sides[from]}确认 FIN（#${fin}）；它自己的 FIN（#${own}）尚未得到确认。`,
  'tcp.close.last-ack': ({ from, timeWait }) =>
    timeWait === null
      ? `${sides[from]}确认 FIN。`
      : timeWait === 'both'
        ? '最后的 ACK。双方都经历 TIME_WAIT（Linux 约 60 秒）。'
        : `最后的 ACK。${sides[timeWait]}进入 TIME_WAIT，Linux 约 60 秒后 CLOSED。`,
  'tcp.close.half-data': ({ from, to, fin }) =>
    `${sides[to]}发出 FIN（#${fin}）之后，${sides[from]}仍在发送：连接处于半关闭。`,
  'tcp.reset.refused': ({ from, syn, port }) =>
    `${sides[from]}拒绝 SYN（#${syn}）：端口 ${port} 上没有程序监听，或被防火墙拒绝。`,
  'tcp.reset.abort': ({ from }) => `${sides[from]}中止连接（RST）。`,
  'tcp.reset.no-socket': ({ from }) => `${sides[from]}回答：没有这个连接（RST）。`,
  'tcp.reset.again': ({ from }) => `${sides[from]}再次发出 RST；连接早已结束。`,
  'tcp.reset.handshake': ({ from }) => `${sides[from]}在连接建立过程中放弃，并发出 RST。`,

  'frame.other': ({ what }) => `不是 TCP：${what}。`,
  'frame.fragment': () => 'IP 分片，数据报尚不完整。',
  'frame.truncated': () => '抓包在头部中间被截断。',
  'frame.malformed': () => '头部自相矛盾。',
  'client-log.matched': ({ line, packets }) => `客户端日志“${line}”：${packets.map((n) => `#${n}`).join(' ')}。`,
  'client-log.only': ({ line }) => `客户端日志“${line}”：没有报文可以印证。`,
  'icmp.ended-attempt': ({ syn, what }) => `ICMP 报告 SYN（#${syn}）无法送达（${what}）：连接尝试到此为止。`,
  'icmp.about': ({ from, what, mtu }) =>
    `ICMP 报告${sides[from]}的一个包没有送达：${what}${mtu === null ? '' : `，最多容纳 ${mtu} 字节`}。`,
  'process.known': ({ from, by, names }) =>
    by === 'listener' ? `${sides[from]}程序很可能是 ${names}：它在此端口接受连接。` : `${sides[from]}程序是 ${names}。`,
}
