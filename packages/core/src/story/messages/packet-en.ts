import type { SideName } from '../../model/lines.ts'
import type { PacketMessages } from './packet-types.ts'
import { byteCount, byteShare, duration, grouped } from './quantities.ts'

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
  return total === null ? `${byteCount(passed)} so far` : byteShare(passed, total)
}

/** English; plain ASCII. */
export const packetEn: PacketMessages = {
  'tcp.open.syn': ({ from }) => `${Sides[from]} asks to open a connection.`,
  'tcp.open.syn-again': ({ from, first, afterMs, answer }) =>
    `${Sides[from]} asks again, ${duration(afterMs)} after its SYN (#${first})${answer === null ? ': no SYN-ACK came' : `: the SYN-ACK (#${answer}) had not reached it`}.`,
  'tcp.open.syn-crossing': ({ from, other }) =>
    `${Sides[from]} asks too, before it had the other's SYN (#${other}): a simultaneous open.`,
  'tcp.open.syn-ack': ({ from, bytes }) =>
    `${Sides[from]} answers, with its own sequence number${bytes === 0 ? '' : `, and has the ${byteCount(bytes)} that came with the SYN`}.`,
  'tcp.open.syn-ack-crossing': ({ from, own, other }) =>
    `${Sides[from]} acknowledges the other's SYN (#${other}) and repeats its own (#${own}).`,
  'tcp.open.self': ({ from }) => `${Sides[from]} answers itself: both ends of the connection are one socket.`,
  'tcp.open.syn-ack-again': ({ from, first, afterMs }) =>
    `${Sides[from]} repeats its SYN-ACK (#${first}) after ${duration(afterMs)}: no acknowledgement of it has taken effect yet.`,
  'tcp.open.syn-data': ({ from, bytes }) =>
    `${Sides[from]} asks to open a connection and sends ${byteCount(bytes)} along (TCP Fast Open).`,
  'tcp.open.done': ({ ms, syn }) => `Handshake done in ${duration(ms)} (since #${syn}).`,
  'tcp.open.ack': ({ from, syn }) => `${Sides[from]} acknowledges the SYN (#${syn}).`,
  'tcp.open.ack-unseen': ({ from }) => `${Sides[from]} acknowledges a SYN-ACK that is not in the capture.`,
  'tcp.open.port-reused': ({ from }) => `${Sides[from]} asks to open a new connection on ports that an older one used.`,
  'tcp.mid-stream': ({ guessed }) =>
    `The capture begins in the middle of this connection: what was before is unknown${guessed ? '; who is the client is inferred' : ''}.`,

  'http.request.head': ({ method, target, version, bytes, body, complete, waits }) =>
    `Client sends the request${complete ? '' : body === null ? ' headers' : "'s beginning"}: ${method} ${target} ${version}, ${byteCount(bytes)}${body === null || body === 0 ? '' : ` with ${byteCount(body)} of body`}${waits && !complete ? '; it asks for 100 Continue before the body' : ''}.`,
  'http.request.body': ({ passed, total, complete }) =>
    `Request body, ${share(passed, total)}${complete ? ': the request is complete' : ''}.`,
  'http.request.cut': ({ bytes, method, target }) =>
    `Client sends a request${method === null ? '' : `: ${method}${target === null ? '' : ` ${target}`}`}, ${byteCount(bytes)}. The rest of its headers was not captured.`,
  'http.response.head': ({ status, reason, bytes, waitMs, request, complete }) =>
    `Response headers: ${line(status, reason)}, ${byteCount(bytes)}${complete ? '; there is no body' : ''}.${after(waitMs, request)}`,
  'http.response.head-body': ({ status, reason, headBytes, bodyBytes, total, waitMs, request, complete }) =>
    `Response: ${line(status, reason)}, ${byteCount(headBytes)} headers + ${complete || total === null ? byteCount(bodyBytes) : share(bodyBytes, total)} of body${complete ? ', complete' : ''}.${after(waitMs, request)}`,
  'http.response.body': ({ passed, total, complete }) =>
    `Response body, ${share(passed, total)}${complete ? ': the response is complete' : ''}.`,
  'http.response.cut': ({ bytes, status, reason, waitMs, request }) =>
    `Response${status === null ? '' : `: ${line(status, reason ?? '')}`}, ${byteCount(bytes)}. Not captured, so unproven: whether the headers end here.${after(waitMs, request)}`,
  'http.unproven': ({ from, bytes, passed }) =>
    `${Sides[from]} sends ${byteCount(bytes)} more of it (${byteCount(passed)} so far): headers or body, the captured bytes do not tell.`,
  'http.not-http': ({ from, bytes }) => `${Sides[from]} sends ${byteCount(bytes)} that cannot be read as HTTP.`,
  'http.interim': ({ status, reason }) => `Interim response: ${line(status, reason)}. The final one follows.`,
  'http.switched': ({ status }) => `${status}: from here on the connection carries another protocol.`,
  'http.like-request': ({ bytes }) =>
    `Client sends ${byteCount(bytes)}, by its place and port probably an HTTP request; its content was not captured.`,
  'http.like-response': ({ bytes, waitMs, request }) =>
    `Server sends ${byteCount(bytes)}, probably of the response; its content was not captured.${after(waitMs, request)}`,

  'tcp.data': ({ from, bytes, first, end }) =>
    `${Sides[from]} sends ${byteCount(bytes)} (${end - first > 1 ? `bytes ${first}-${end - 1}` : `byte ${first}`}).`,
  'tcp.ack.all': ({ from, total, isWhole }) =>
    `${Sides[from]}'s TCP has all ${byteCount(total)} ${isWhole ? 'sent' : 'captured'} so far.`,
  'tcp.ack.some': ({ from, total, open, fin }) =>
    `${Sides[from]}'s TCP has ${byteCount(total)} so far; not acknowledged yet: ${[...(open > 0 ? [byteCount(open)] : []), ...(fin === null ? [] : [`the FIN (#${fin})`])].join(' and ')}.`,
  'tcp.ack.unseen': ({ from }) =>
    `${Sides[from]} acknowledges something: nothing of the other side has been captured so far.`,
  'tcp.ack.challenge': ({ from, syn }) =>
    `${Sides[from]} still has the older connection: it answers the new SYN (#${syn}) with an ACK of that one (challenge ACK).`,
  'tcp.ack.nothing-new': ({ from }) => `${Sides[from]} acknowledges nothing new.`,

  'tcp.retransmission': ({ from, bytes, kind, what }) =>
    `${Sides[from]} sends ${what === 'fin' ? 'its FIN' : byteCount(bytes)} again${kind === 'fast' ? ', prompted by duplicate ACKs' : kind === 'spurious' ? ' although it was acknowledged already' : ''}.`,
  'tcp.lost-before-capture': ({ from, bytes }) =>
    `${Sides[from]} sends ${byteCount(bytes)} that were missing: the first copy was lost before the capture point.`,
  'tcp.out-of-order': ({ from, bytes }) =>
    `${byteCount(bytes)} from ${sides[from]} came late: what was sent after them overtook them.`,
  'tcp.duplicate-ack': ({ from, ack, count }) => `${Sides[from]} still waits for byte ${ack} (duplicate ACK ${count}).`,
  'tcp.previous-not-captured': ({ from }) => `Before this, something from ${sides[from]} is not in the capture.`,
  'tcp.acked-unseen': ({ from, bytes }) =>
    bytes === 1
      ? `${Sides[from]} acknowledges one number, a byte's or a FIN's, that is not in the capture.`
      : `${Sides[from]} acknowledges ${byteCount(bytes)} that are not in the capture (the last may be a FIN).`,
  'tcp.zero-window': ({ from }) => `${Sides[from]}'s receive buffer is full (window 0): its program has to read first.`,
  'tcp.window-full': ({ from, to }) => `${Sides[from]} has now used up the whole window of ${sides[to]}.`,
  'tcp.window-update': ({ from, window, bytes }) =>
    `${Sides[from]} has more room: window ${bytes === null ? `${grouped(window)} (scale unknown)` : byteCount(bytes)}.`,
  'tcp.keep-alive': ({ from }) => `${Sides[from]} checks whether the other side is still there (keep-alive).`,
  'tcp.keep-alive-ack': ({ from }) => `${Sides[from]} answers that it is still there.`,
  'tcp.zero-window-probe': ({ from, to }) =>
    `${Sides[from]} asks whether ${sides[to]} has room yet (zero window probe).`,

  'tcp.close.first': ({ from, idleMs, since }) =>
    `${Sides[from]} closes first${idleMs === null || since === null ? '' : `, ${duration(idleMs)} after the last new data (#${since})`}.`,
  'tcp.close.second': ({ from, acknowledges, first }) =>
    `${Sides[from]} closes too${acknowledges ? ` and acknowledges the FIN (#${first})` : ''}.`,
  'tcp.close.crossing': ({ from, other }) =>
    `${Sides[from]} closes too, before it had the other's FIN (#${other}): neither was first, a simultaneous close.`,
  'tcp.close.unknown-order': ({ from }) =>
    `${Sides[from]} closes; whether the other side had closed before is not in the capture.`,
  'tcp.close.ack': ({ from, fin }) => `${Sides[from]} acknowledges the FIN (#${fin}); it could still send.`,
  'tcp.close.ack-again': ({ from, fin }) => `${Sides[from]} acknowledges the FIN (#${fin}) again.`,
  'tcp.close.ack-crossing': ({ from, fin, own }) =>
    `${Sides[from]} acknowledges the FIN (#${fin}); its own (#${own}) is not acknowledged yet.`,
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
  'tcp.reset.no-socket': ({ from }) => `${Sides[from]} answers that it has no such connection (RST).`,
  'tcp.reset.again': ({ from }) => `${Sides[from]} resets again; the connection was over.`,
  'tcp.reset.handshake': ({ from }) => `${Sides[from]} gives up while the connection is being opened, and resets it.`,

  'frame.other': ({ what }) => `Not TCP: ${what}.`,
  'frame.fragment': () => 'A fragment of an IP datagram that is not complete yet.',
  'frame.truncated': () => 'The capture ends inside the headers.',
  'frame.malformed': () => 'A header contradicts itself.',
  'client-log.matched': ({ line, packets }) =>
    `The client's log says "${line}": ${packets.map((n) => `#${n}`).join(' ')}.`,
  'client-log.only': ({ line }) => `The client's log says "${line}"; no packet shows it.`,
  'icmp.ended-attempt': ({ syn, what }) =>
    `ICMP says that the SYN (#${syn}) cannot be delivered (${what}): that ends the attempt.`,
  'icmp.about': ({ from, what, mtu }) =>
    `ICMP says that a packet of ${sides[from]} did not get there: ${what}${mtu === null ? '' : `, at most ${mtu} B fit`}.`,
  'process.known': ({ from, by, names }) =>
    by === 'listener'
      ? `${Sides[from]} is most likely ${names}: it accepts connections on this port.`
      : `${Sides[from]} is ${names}.`,
}
