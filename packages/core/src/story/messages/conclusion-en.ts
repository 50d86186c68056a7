import type { Confidence, Severity, SideName } from '../../model/lines.ts'
import type { ReportMessages } from './conclusion-types.ts'
import { byteCount, duration, grouped } from './quantities.ts'

const capital: Record<SideName, string> = { client: 'Client', server: 'Server' }
const other: Record<SideName, SideName> = { client: 'server', server: 'client' }

/** `1 packet`, `2 packets` */
function count(n: number, noun: string): string {
  return `${grouped(n)} ${noun}${n === 1 ? '' : 's'}`
}

const howSure: Record<Confidence, string> = { certain: '', likely: 'most likely ', possible: 'possibly ' }

/** `#6`, `#6 and #7`, `#6 to #9` */
function packetList(packets: readonly number[]): string {
  const [first, last] = [packets[0], packets[packets.length - 1]]
  if (packets.length < 3) return packets.map((n) => `#${n}`).join(' and ')
  return `#${first} to #${last}`
}

const severityNames: Record<Severity, string> = { error: 'ERROR', warn: 'WARN', note: 'NOTE', info: 'INFO' }

const partNames = { head: ' headers', body: ' body', 'head-and-body': ' headers and body' } as const

const labelNames: Record<string, string> = {
  'fast-retransmission': 'fast retransmission',
  'spurious-retransmission': 'retransmission of what was acknowledged already',
  'out-of-order': 'out of order',
  'lost-before-capture': 'lost before the capture point, sent again',
  'dup-ack': 'duplicate ACK',
  'zero-window': 'zero window: the receiver had no room',
  'window-update': 'window update',
  'keep-alive-ack': 'answer to a probe',
  'zero-window-probe': 'zero window probe',
  'previous-not-captured': 'a gap before it when it came',
  'acked-unseen': 'acknowledges data that was not captured',
  'window-full': "fills the receiver's window",
  'port-reused': 'a port pair used before',
}

export const reportEn: ReportMessages = {
  layout: {
    client: 'CLIENT',
    server: 'SERVER',
    milliseconds: 'ms',
    withdrawn: ({ states }) => `(not ${states})`,
    neverEntered: ({ side, states }) => `${capital[side]} was not in ${states.join(' or ')} after all.`,
    conversation: 'CONV',
    liveLegend: '~ inferred so far, not observed. CONV: the number of the conversation.',
    note: 'what it means',
    segment: 'segment',
    run: ({ packets, segments, bytes, acks, unusual }) =>
      `${count(packets, 'packet')}: ${count(segments, 'segment')}, ${byteCount(bytes)}, ${count(acks, 'ACK')}` +
      (unusual > 0 ? `, ${grouped(unusual)} of them unusual` : ''),
    label: ({ label }) => labelNames[label] ?? label,
    conclusion: 'CONCLUSION',
    section: {
      process: 'Programs',
      exchange: 'Exchange',
      log: 'Client log',
      time: 'Time',
      segments: 'Segments',
      close: 'Close',
      states: 'States',
      findings: 'Findings',
      health: 'Health',
    },
    listSeparator: ', ',
    chain: ({ side, states }) => `${side}: ${states}`,
    legendInferred: ({ states }) => `~ inferred, not observed: ${states}`,
    legendAllInferred: ({ side }) => `all ${side} states`,
    legendNothingInferred: 'Every state shown is proven by a packet of its owner.',
    legendExpected: '( ) expected, no packet shows it',
  },

  top: {
    title: ({ conversations, packetRate, byteRate }) =>
      `${count(conversations, 'conversation')}, ${packetRate} packets/s, ${byteRate}/s`,
    state: 'STATE',
    rate: { client: 'C>S/s', server: 'S>C/s' },
    retransmitted: 'RETR',
    waits: 'WAITS FOR',
    exchange: 'LAST EXCHANGE',
    wait: ({ for: side, why, what, isInferred }) => `${side}${isInferred ? '~' : ''} ${what} (${why})`,
    retransmissions: ({ count: segments }) => `${grouped(segments)} retransmitted`,
    empty: 'No TCP conversation yet.',
    more: ({ conversations }) => `... and ${count(conversations, 'more conversation')}`,
    sort: 'Sort:',
    order: {
      rate: 'rate',
      wait: 'wait',
      retransmissions: 'retransmitted',
      state: 'state',
      number: 'number',
      exchange: 'exchange',
    },
    quit: 'q quit',
  },

  table: {
    title: ({ conversations, packets, span }) =>
      `CONVERSATIONS  ${grouped(conversations)} in ${count(packets, 'packet')}` +
      (span === null ? '' : `, ${duration(span)}`),
    startColumn: 'START ms',
    packetsColumn: 'PACKETS',
    bytesColumn: 'BYTES',
    closeColumn: 'CLOSE',
    exchangesColumn: 'HTTP',
    marksColumn: 'MARKS',
    closeCell: {
      'client-fin': 'C FIN',
      'server-fin': 'S FIN',
      'both-fin': 'both FIN',
      fin: 'FIN',
      half: 'half',
      'client-reset': 'C RST',
      'server-reset': 'S RST',
      reset: 'RST',
      refused: 'refused',
      unanswered: 'no answer',
      open: 'open',
    },
    legend: 'CLOSE: who closed first. MARKS: ! error, * warning, - note, R retransmitted segments.',
    rest: ({ conversations, packets, exchanges }) =>
      `... and ${count(conversations, 'more conversation')}: ${count(packets, 'packet')}, ${count(exchanges, 'HTTP exchange')}`,
    chosen: ({ shown, conversations }) => `In full: ${shown} of ${grouped(conversations)}, the ones that tell most.`,
    reason: (of) => {
      switch (of.kind) {
        case 'all':
          return 'few enough to show all'
        case 'asked':
          return 'asked for with -c'
        case 'findings':
          return of.severity === 'info'
            ? count(of.count, 'remark')
            : count(of.count, { error: 'error', warn: 'warning', note: 'note' }[of.severity])
        case 'reset':
          return 'ended by a reset'
        case 'refused':
          return 'connection refused'
        case 'unanswered':
          return 'connection request without an answer'
        case 'retransmissions':
          return `${grouped(of.count)} retransmitted`
        case 'incomplete-exchange':
          return 'an exchange without its end'
        case 'status':
          return `HTTP status ${of.status}`
        case 'unusual-open':
          return 'unusual opening'
        case 'unusual-close':
          return 'unusual close'
        case 'slowest-wait':
          return `the longest wait, ${duration(of.ms)}`
        case 'typical':
          return of.alike > 1 ? `typical: ${grouped(of.alike)} look like it` : 'the only one of its kind'
      }
    },
    showOther: 'Another one: add -c NUMBER.',
    others: ({ packets }) =>
      `${count(packets, 'packet')} ${packets === 1 ? 'belongs' : 'belong'} to no TCP conversation.`,
    thinned:
      'So much was under way at once that not all packets were kept for the conclusions: of each conversation the first, ' +
      'the last and the telling ones, of the least telling conversations none.',
    nothing: ({ packets }) =>
      packets === 0 ? 'There is no packet.' : `No TCP conversation in ${count(packets, 'packet')}.`,
    noSuchConversation: ({ asked, conversations }) =>
      conversations === 0
        ? `There is no conversation ${asked}: the capture holds none.`
        : `There is no conversation ${asked}: they are numbered 0 to ${conversations - 1}.`,
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
        return `Request ${byteCount(requestBytes)}, response ${byteCount(responseBytes)}; what they say was not captured${complete ? '' : ', the response is not complete'}`
      const question =
        request ??
        (requestSeen
          ? captured
            ? '(a request that cannot be read as HTTP)'
            : '(request, contents not captured)'
          : '(request not in the capture)')
      const asked = !requestSeen
        ? ''
        : requestBytes === null
          ? ', request of unknown size'
          : `, request ${byteCount(requestBytes)}`
      if (!responseSeen) return `${question} -> no response in the capture${asked}`
      const got = responseBytes === null ? ', response of unknown size' : `, response ${byteCount(responseBytes)}`
      return `${question} -> ${answer ?? (captured ? '(an answer that cannot be read as HTTP)' : '(response, contents not captured)')}${asked}${got}${complete ? '' : ', not complete'}`
    },
    logExchange: ({ request, status }) =>
      `By the client's log: ${request ?? '(no request line)'}${status === null ? '' : ` -> ${status}`}. Inferred: the packets do not show it.`,
    logBody: ({ body, head, headPackets, bodyPackets }) =>
      bodyPackets.length === 0
        ? `By the client's log the body has ${byteCount(body)}, which leaves ${byteCount(head)} for the headers. Inferred: no packet shows where they end.`
        : `By the client's log the body has ${byteCount(body)}: all of ${packetList(bodyPackets)}. So ${packetList(headPackets)}, ${byteCount(head)}, ${headPackets.length === 1 ? 'is' : 'are'} the headers: inferred from the log.`,
    logHeaders: ({ count: lines, of }) => count(lines, `${of} header`),
    moreExchanges: ({ count: all, shown }) => `... ${shown} of ${grouped(all)} exchanges shown`,
    noExchange: ({ client, server }) =>
      client + server === 0
        ? 'No data was sent.'
        : `No HTTP exchange recognised: the client sent ${byteCount(client)}, the server ${byteCount(server)}`,

    phase: {
      dns: 'lookup',
      connect: 'connect',
      tls: 'TLS',
      idle: 'idle',
      send: 'send',
      wait: 'WAIT',
      server: 'SERVER',
      receive: 'receive',
      close: 'close',
    },
    phaseBorders: ({ isOnly }) => (isOnly ? 'packets: ' : 'first exchange, packets: '),
    waitSplit: ({ server, network }) =>
      `Of the wait, ${duration(server)} was the server and ${duration(network)} the network.`,
    waitUndivided: 'WAIT is server and network together: the packets do not divide it.',
    waitDisturbed: 'A segment was sent again meanwhile: how much of the wait was the server is unknown.',
    thenIdle: ({ idle, closer }) =>
      closer === null || closer === 'none'
        ? `Then nothing for ${duration(idle)}.`
        : closer === 'both'
          ? `Then nothing for ${duration(idle)}, until both closed.`
          : `Then nothing for ${duration(idle)}, until the ${closer} closed.`,
    severalWaits: ({ count: all, total, slowest }) =>
      `${grouped(all)} waits for a response, ${duration(total)} in all, the longest ${duration(slowest)}`,
    roundTrip: ({ rtt, vantage }) =>
      `Round trip ${duration(rtt)}` +
      (vantage === null
        ? '.'
        : vantage === 'between'
          ? '; captured between the two ends.'
          : `; captured near the ${vantage}.`),

    segments: ({ of, parts, more }) => {
      const list = parts.map(({ bytes, part }) => byteCount(bytes) + (part === null ? '' : partNames[part])).join(' + ')
      const all = parts.length + more
      return `${of === 'server' ? 'Response' : 'Request'} in ${count(all, 'segment')}: ${list}${more > 0 ? ` + ${count(more, 'more segment')}` : ''}`
    },
    headEndUnproven: ({ total }) =>
      `${byteCount(total)} in all by the sequence numbers. That a segment ends exactly where the headers end is not proven: those bytes were not captured.`,
    writes: ({ by, writes, segments, confidence }) => {
      const sure = howSure[confidence]
      if (writes === segments && writes > 1) return `The ${by} ${sure}wrote them separately.`
      if (writes === 1) return `The ${by} ${sure}wrote it at once.`
      return `The ${by} ${sure}wrote it in ${count(writes, 'write')}.`
    },
    fitsOneSegment: ({ total, mss }) =>
      `${byteCount(total)} would fit one ${mss} B segment, so its TCP neither split nor merged them.`,
    splitBySize: ({ total, mss, segments }) =>
      `${byteCount(total)} do not fit one ${mss} B segment: its TCP made ${segments} of them.`,

    closedByFin: ({ first }) =>
      first === null
        ? 'Both sides sent FIN; who closed first cannot be known from this capture.'
        : first === 'both'
          ? "Both sides sent FIN before either had the other's: they closed at the same time."
          : `${capital[first]} sent FIN first.`,
    halfClosed: ({ first, seen }) => {
      if (seen === null) return 'One direction is closed; the capture does not show the rest.'
      if (first === seen) return `${capital[seen]} sent FIN first; the ${other[seen]}'s FIN is not in the capture.`
      if (first === other[seen]) {
        return `${capital[first]} closed first, though its FIN is not in the capture; the ${seen} sent FIN after it.`
      }
      return `Only the ${seen}'s FIN is in the capture: who closed first is unknown.`
    },
    closedByReset: ({ by, finFirst }) =>
      (finFirst === null ? '' : `${capital[finFirst]} sent FIN first. `) +
      (by === null ? 'A reset (RST) ended the connection.' : `${capital[by]} ended the connection with a reset (RST).`),
    refused: 'The server refused the connection (RST in answer to SYN).',
    undeliverable: 'An ICMP error ended the attempt: the connection never opened.',
    unanswered: 'No answer to SYN: the connection never opened.',
    notClosed: 'Nobody closed the connection within the capture.',
    timeWait: ({ side, otherIsClosed }) =>
      side === 'both'
        ? 'TIME_WAIT is on both sides, for about 60 s (Linux). Usually harmless: no action needed.'
        : `TIME_WAIT is on the ${side} for about 60 s (Linux): usually harmless, no action needed.` +
          (otherIsClosed ? ` The ${other[side]} keeps nothing.` : ''),
    timeWaitNobody: 'Nobody is left in TIME_WAIT.',
    timeWaitUnknown: 'Who holds TIME_WAIT is unknown: the capture does not show it.',

    healthOk: 'ok: no loss, no retransmission, no reset, no gap in the capture',
    retransmissions: ({ client, server }) =>
      client > 0 && server > 0
        ? `${count(client + server, 'segment')} retransmitted: ${grouped(client)} by the client, ${grouped(server)} by the server`
        : `${count(client + server, 'segment')} retransmitted by the ${client > 0 ? 'client' : 'server'}`,
    labelled: ({ label, count: packets }) => `${labelNames[label] ?? label}: ${count(packets, 'packet')}`,
    reset: ({ by }) => (by === null ? 'a reset (RST)' : `reset (RST) by the ${by}`),
    dropped: ({ count: packets }) =>
      `the capture itself missed ${count(packets, 'packet')}: what looks lost may only be uncaptured`,
    truncated: ({ offset }) => `the capture file is cut at byte ${grouped(offset)}: what follows is unknown`,
    midStream: 'the beginning of the connection is not in the capture',
    oneSided: ({ side }) =>
      `only the ${side}'s packets are in the capture: what the ${other[side]} sent, and what was lost, is unknown`,
    crossed:
      'Where a number is lower than the one before it, the two packets crossed: it arrived after the other was sent.',
    rolesInferred: 'who is client and who is server is inferred: no SYN was captured',
    findingHead: ({ severity, confidence }) =>
      severityNames[severity] + (confidence === 'certain' ? '' : ` (${confidence})`),
    alternative: ({ text }) => `Or: ${text}`,
  },
}
