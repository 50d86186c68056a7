import type { SideName } from '../../model/lines.ts'
import type { PacketMessages } from './packet-types.ts'
import { byteCount, duration, grouped } from './quantities.ts'

const Sides: Record<SideName, string> = { client: 'Client', server: 'Server' }
const sides: Record<SideName, string> = { client: 'the client', server: 'the server' }

function after(waitMs: number | null, request: number | null): string {
  return waitMs === null || request === null
    ? ''
    : ` First byte ${duration(waitMs)} after the request's last (#${request}).`
}

function line(status: number, reason: string): string {
  return reason === '' ? String(status) : `${status} ${reason}`
}

function share(passed: number, total: number | null): string {
  return total === null ? `${grouped(passed)} bytes so far` : `${grouped(passed)}/${grouped(total)} bytes`
}

/** English; plain ASCII. */
export const packetEn: PacketMessages = {
  'tcp.open.syn': ({ from }) => `${Sides[from]} asks to open a connection.`,
  'tcp.open.syn-again': ({ from, first, afterMs }) =>
    `${Sides[from]} asks again: its SYN (#${first}) got no answer for ${duration(afterMs)}.`,
  'tcp.open.syn-crossing': ({ from, other }) =>
    `${Sides[from]} asks too, before it had the other's SYN (#${other}): a simultaneous open.`,
  'tcp.open.syn-ack': ({ from }) => `${Sides[from]} answers, with its own sequence number.`,
  'tcp.open.syn-ack-again': ({ from, first, afterMs }) =>
    `${Sides[from]} repeats its SYN-ACK (#${first}) after ${duration(afterMs)}: no acknowledgement took effect.`,
  'tcp.open.syn-data': ({ from, bytes }) =>
    `${Sides[from]} asks to open a connection and sends ${byteCount(bytes)} along (TCP Fast Open).`,
  'tcp.open.done': ({ ms, syn }) => `Handshake done in ${duration(ms)} (since #${syn}).`,
  'tcp.open.port-reused': ({ from }) => `${Sides[from]} opens a new connection on ports that an older one used.`,
  'tcp.mid-stream': ({ guessed }) =>
    `The capture begins in the middle of this connection: what was before is unknown${guessed ? '; who is the client is inferred' : ''}.`,

  'http.request.head': ({ method, target, version, bytes, body }) =>
    `Client sends the request: ${method} ${target} ${version}, ${byteCount(bytes)}${body === null || body === 0 ? '' : ` with ${byteCount(body)} of body`}.`,
  'http.request.body': ({ passed, total, complete }) =>
    `Request body, ${share(passed, total)}${complete ? ': the request is complete' : ''}.`,
  'http.request.cut': ({ bytes, method, target }) =>
    `Client sends a request${method === null ? '' : `: ${method}${target === null ? '' : ` ${target}`}`}, ${byteCount(bytes)}. The rest of its headers was not captured.`,
  'http.response.head': ({ status, reason, bytes, waitMs, request, complete }) =>
    `Response headers: ${line(status, reason)}, ${byteCount(bytes)}${complete ? '; there is no body' : ''}.${after(waitMs, request)}`,
  'http.response.head-body': ({ status, reason, headBytes, bodyBytes, total, waitMs, request, complete }) =>
    `Response: ${line(status, reason)}, ${byteCount(headBytes)} headers + ${total === null ? byteCount(bodyBytes) : share(bodyBytes, total)} of body${complete ? ', complete' : ''}.${after(waitMs, request)}`,
  'http.response.body': ({ passed, total, complete }) =>
    `Response body, ${share(passed, total)}${complete ? ': the response is complete' : ''}.`,
  'http.response.cut': ({ bytes, status, reason, waitMs, request }) =>
    `Response${status === null ? '' : `: ${line(status, reason ?? '')}`}, ${byteCount(bytes)}. Not captured, so unproven: whether the headers end here.${after(waitMs, request)}`,
  'http.unproven': ({ from, bytes, passed }) =>
    `${Sides[from]} sends ${byteCount(bytes)} more of it (${byteCount(passed)} so far): headers or body, the captured bytes do not tell.`,
  'http.interim': ({ status, reason }) => `Interim response: ${line(status, reason)}. The final one follows.`,
  'http.switched': ({ status }) => `${status}: from here on the connection carries another protocol.`,
  'http.like-request': ({ bytes }) =>
    `Client sends ${byteCount(bytes)}, by its place and port probably an HTTP request; its content was not captured.`,
  'http.like-response': ({ bytes, waitMs, request }) =>
    `Server sends ${byteCount(bytes)}, probably of the response; its content was not captured.${after(waitMs, request)}`,

  'tcp.data': ({ from, bytes, first, end }) => `${Sides[from]} sends ${byteCount(bytes)} (${first}-${end}).`,
  'tcp.ack.all': ({ from, total }) => `${Sides[from]}'s TCP has all ${grouped(total)} bytes sent so far.`,
  'tcp.ack.some': ({ from, bytes, open }) =>
    `${Sides[from]}'s TCP has ${byteCount(bytes)} more; ${byteCount(open)} are still on the way.`,
  'tcp.ack.nothing-new': ({ from }) => `${Sides[from]} acknowledges nothing new.`,

  'tcp.retransmission': ({ from, bytes, kind, what }) =>
    `${Sides[from]} sends ${what === 'fin' ? 'its FIN' : byteCount(bytes)} again${kind === 'fast' ? ', prompted by duplicate ACKs' : kind === 'spurious' ? ' although it was acknowledged already' : ''}.`,
  'tcp.lost-before-capture': ({ from, bytes }) =>
    `${Sides[from]} sends ${byteCount(bytes)} that were missing: the first copy was lost before the capture point.`,
  'tcp.out-of-order': ({ from, bytes }) =>
    `${byteCount(bytes)} from ${sides[from]} arrive late, overtaken by what followed them.`,
  'tcp.duplicate-ack': ({ from, ack, count }) => `${Sides[from]} still waits for byte ${ack} (duplicate ACK ${count}).`,
  'tcp.previous-not-captured': ({ from }) => `Before this, something from ${sides[from]} is not in the capture.`,
  'tcp.acked-unseen': ({ from, bytes }) =>
    `${Sides[from]} acknowledges ${byteCount(bytes)} that are not in the capture.`,
  'tcp.zero-window': ({ from }) => `${Sides[from]}'s receive buffer is full (window 0): its program is not reading.`,
  'tcp.window-full': ({ from, to }) => `${Sides[from]} has now used up the whole window of ${sides[to]}.`,
  'tcp.window-update': ({ from, window }) => `${Sides[from]} has room again: window ${grouped(window)} (unscaled).`,
  'tcp.keep-alive': ({ from }) => `${Sides[from]} checks whether the other side is still there (keep-alive).`,
  'tcp.keep-alive-ack': ({ from }) => `${Sides[from]} is still there.`,
  'tcp.zero-window-probe': ({ from, to }) =>
    `${Sides[from]} asks whether ${sides[to]} has room yet (zero window probe).`,

  'tcp.close.first': ({ from, idleMs, since }) =>
    `${Sides[from]} closes first${idleMs === null || since === null ? '' : `, ${duration(idleMs)} after the last data (#${since})`}.`,
  'tcp.close.second': ({ from, acknowledges, first }) =>
    `${Sides[from]} closes too${acknowledges ? ` and acknowledges the FIN (#${first})` : ''}.`,
  'tcp.close.crossing': ({ from, other }) =>
    `${Sides[from]} closes too, before it had the other's FIN (#${other}): a simultaneous close.`,
  'tcp.close.unknown-order': ({ from }) =>
    `${Sides[from]} closes; whether the other side had closed before is not in the capture.`,
  'tcp.close.ack': ({ from, fin }) => `${Sides[from]} acknowledges the FIN (#${fin}); it could still send.`,
  'tcp.close.last-ack': ({ from, timeWait }) =>
    timeWait === null
      ? `${Sides[from]} acknowledges the FIN.`
      : timeWait === 'both'
        ? 'Last ACK. Both sides pass TIME_WAIT, about 60 s on Linux.'
        : `Last ACK. ${Sides[timeWait]} stays in TIME_WAIT, about 60 s on Linux.`,
  'tcp.close.half-data': ({ from, to, fin }) =>
    `${Sides[from]} goes on sending after the FIN of ${sides[to]} (#${fin}): the connection is half-closed.`,
  'tcp.reset.refused': ({ from, syn, port }) =>
    `${Sides[from]} refuses the SYN (#${syn}): nothing listens on port ${port}, or a firewall says so.`,
  'tcp.reset.abort': ({ from }) => `${Sides[from]} aborts the connection (RST).`,
  'tcp.reset.no-socket': ({ from }) => `${Sides[from]} answers that it has no such connection any more (RST).`,
  'tcp.reset.again': ({ from }) => `${Sides[from]} resets again; the connection was over.`,
  'tcp.reset.handshake': ({ from }) => `${Sides[from]} gives up while the connection is being opened, and resets it.`,

  'frame.other': ({ what }) => `Not TCP: ${what}.`,
  'frame.fragment': () => 'A fragment of an IP datagram that is not complete yet.',
  'frame.truncated': () => 'The capture ends inside the headers.',
  'frame.malformed': () => 'A header contradicts itself.',
  'client-log.matched': ({ line, packets }) =>
    `The client's log says "${line}": ${packets.map((n) => `#${n}`).join(' ')}.`,
  'client-log.only': ({ line }) => `The client's log says "${line}"; no packet shows it.`,
  'icmp.ended-attempt': ({ syn }) => `A router says that the SYN (#${syn}) cannot be delivered: the attempt is over.`,
}
