import { expect } from 'vitest'
import { CLIENT_OPENS, CLOSES_FIRST, CLOSES_SECOND, describeStates, SERVER_OPENS, statesAfter } from './expected.ts'
import type { Report } from './explain.ts'

/** What every form of the note's trace proves. */

/** Sender, flags, relative numbers, window and size of the note's packets. */
const PACKETS = [
  'client SYN 0-0 win 65535 0 B',
  'server SYN ACK 0-0 ack 1 win 5840 0 B',
  'client ACK 1-1 ack 1 win 65535 0 B',
  'client PSH ACK 1-612 ack 1 win 65535 611 B',
  'server ACK 1-1 ack 612 win 6721 0 B',
  'server PSH ACK 1-329 ack 612 win 6721 328 B',
  'server PSH ACK 329-1303 ack 612 win 6721 974 B',
  'client ACK 612-612 ack 1303 win 64233 0 B',
  'client FIN ACK 612-612 ack 1303 win 64233 0 B',
  'server FIN ACK 1303-1303 ack 613 win 6721 0 B',
  'client ACK 613-613 ack 1304 win 64233 0 B',
]

/** As printed, in the zone of the note; the capture's times are eight hours behind. */
export const CLOCKS = [
  '10:13:01.617505',
  '10:13:01.617631',
  '10:13:01.617766',
  '10:13:01.618011',
  '10:13:01.618023',
  '10:13:01.618486',
  '10:13:01.618510',
  '10:13:01.619638',
  '10:13:11.574352',
  '10:13:11.574455',
  '10:13:11.574991',
]

const CLIENT = ['CLOSED', 'SYN_SENT', 'ESTABLISHED', 'FIN_WAIT_1', 'FIN_WAIT_2', 'TIME_WAIT', 'CLOSED']
const SERVER = ['CLOSED', 'LISTEN', 'SYN_RCVD', 'ESTABLISHED', 'CLOSE_WAIT', 'LAST_ACK', 'CLOSED']

/** The eleven packets, both chains of states, the two segments, who closed, and where the time went. */
export function expectNote(report: Report): void {
  const { packets, conversation, exchanges, findings } = report
  const shown = packets.map(({ from, tcp }) => {
    const { flags, seq, ack, window, bytes } = tcp!
    const acknowledges = ack === null ? '' : ` ack ${ack}`
    return `${from} ${flags.join(' ')} ${seq.join('-')}${acknowledges} win ${window} ${bytes} B`
  })
  expect(shown).toEqual(PACKETS)
  expect(packets.flatMap(({ labels }) => labels)).toEqual([])
  const states = statesAfter('client')
  expect(packets.map(({ state }, i) => describeStates(state, states[i]))).toEqual(states)

  expect(conversation).toMatchObject({
    client: { address: '10.1.9.11', port: 58384 },
    server: { address: '192.168.64.71', port: 80 },
    roles: 'observed',
    packets: { client: 6, server: 5 },
    bytes: { client: 611, server: 1302 },
    open: 'handshake',
    close: 'fin',
    closedFirst: 'client',
    timeWait: 'client',
    rttMs: 0.261,
    vantage: 'server',
    retransmissions: { client: 0, server: 0 },
    mss: { client: 1460, server: 1460 },
    history: 'ShADadFf',
  })
  expect(conversation.states.client.map(({ state }) => state)).toEqual(CLIENT)
  expect(conversation.states.server.map(({ state }) => state)).toEqual(SERVER)
  expect(conversation.states.client).toEqual([...CLIENT_OPENS, ...CLOSES_FIRST])
  expect(conversation.states.server).toEqual([...SERVER_OPENS, ...CLOSES_SECOND])
  expect(conversation.writes).toEqual({
    client: [{ bytes: 611, packets: [4], confidence: 'likely' }],
    server: [
      { bytes: 328, packets: [6], confidence: 'likely' },
      { bytes: 974, packets: [7], confidence: 'likely' },
    ],
  })

  expect(exchanges).toHaveLength(1)
  expect(exchanges[0]).toMatchObject({
    request: { totalBytes: 611, packets: [4] },
    response: { totalBytes: 1302, packets: [6, 7] },
    ms: { dns: null, connect: 0.261, tls: null, idle: 0.245, send: 0, wait: 0.475, receive: 0.024, total: 1.005 },
    waitSplit: { networkMs: 0, serverMs: 0.475 },
  })
  const closer = findings.filter(({ rule }) => rule === 'tcp/who-closed-first')
  expect(closer).toMatchObject([{ confidence: 'certain', params: { first: 'client', timeWait: 'client' } }])
  // The note names the server's address there.
  expect(closer[0].evidence.map(({ packet }) => packet)).toEqual([9, 10])
}

/** What neither the capture that is cut at 96 bytes nor the text can prove. */
export function expectUnproven({ exchanges, findings, packets }: Report): void {
  const [{ request, response }] = exchanges
  expect(request).toMatchObject({ headBytes: null, bodyBytes: null, headers: [] })
  expect(response).toMatchObject({ headBytes: null, bodyBytes: null, headers: [], complete: null })
  expect(findings.map(({ rule }) => rule)).toEqual(['tcp/who-closed-first'])
  const said = packets.slice(3, 7).flatMap(({ notes }) => notes.map(({ id }) => id))
  for (const id of ['http.request.head', 'http.response.head', 'http.response.head-body', 'http.response.body'])
    expect(said).not.toContain(id)
}
