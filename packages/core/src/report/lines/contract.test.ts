import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { analyseChunks, linesOf } from '../../../../../tests/support/analysis.ts'

/** The report on examples/http-practice.pcap against what docs/report.md promises of each line. */
const bytes = readFileSync(new URL('../../../../../examples/http-practice.pcap', import.meta.url))
const lines = analyseChunks(bytes, [bytes.length])
const at = (clock: string): string => `2008-08-10T02:13:${clock}Z`

describe('lines', () => {
  it('come in the order of the contract', () => {
    expect(lines.map(({ type }) => type).filter((type, i, all) => type !== all[i - 1])).toEqual([
      'capture',
      'packet',
      'conversation',
      'exchange',
      'finding',
      'summary',
    ])
    for (const line of lines) expect(line.v).toBe(1)
  })

  it('tell of the capture', () => {
    expect(linesOf(lines, 'capture')).toEqual([
      {
        v: 1,
        type: 'capture',
        file: null,
        format: 'pcap',
        interfaces: [{ name: null, link: 'EN10MB', snaplen: 65535 }],
        start: at('01.617505000'),
      },
    ])
  })

  it('tell of packets', () => {
    const packets = linesOf(lines, 'packet')
    expect(packets.map(({ n }) => n)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])
    const { notes, ...sixth } = packets[5]
    expect(sixth).toEqual({
      v: 1,
      type: 'packet',
      n: 6,
      time: at('01.618486000'),
      conversation: 0,
      from: 'server',
      tcp: { flags: ['PSH', 'ACK'], seq: [1, 329], ack: 612, window: 6721, bytes: 328 },
      labels: [],
      state: {
        client: { name: 'ESTABLISHED', basis: 'observed' },
        server: { name: 'ESTABLISHED', basis: 'observed' },
      },
    })
    expect(notes).toHaveLength(1)
    expect(notes[0]).toMatchObject({
      id: 'http.response.head',
      params: { status: 200, reason: 'OK', bytes: 328, waitMs: 0.475, request: 4 },
    })
    expect(packets[0].tcp).toEqual({ flags: ['SYN'], seq: [0, 0], ack: null, window: 65535, bytes: 0 })
    expect(packets.map(({ state }) => state?.client?.name)).toEqual([
      'SYN_SENT',
      ...Array(7).fill('ESTABLISHED'),
      'FIN_WAIT_1',
      'TIME_WAIT',
      'TIME_WAIT',
    ])
    expect(packets.map(({ state }) => state?.server?.name)).toEqual([
      'SYN_RCVD',
      'SYN_RCVD',
      ...Array(6).fill('ESTABLISHED'),
      'CLOSE_WAIT',
      'LAST_ACK',
      'CLOSED',
    ])
  })

  it('tell of the conversation', () => {
    expect(linesOf(lines, 'conversation')).toEqual([
      {
        v: 1,
        type: 'conversation',
        n: 0,
        protocol: 'tcp',
        client: { address: '10.1.9.11', port: 58384 },
        server: { address: '192.168.64.71', port: 80 },
        roles: 'observed',
        start: at('01.617505000'),
        end: at('11.574991000'),
        packets: { client: 6, server: 5 },
        bytes: { client: 611, server: 1302 },
        states: {
          client: [
            { state: 'CLOSED', packet: null, basis: 'inferred' },
            { state: 'SYN_SENT', packet: 1, basis: 'observed' },
            { state: 'ESTABLISHED', packet: 2, basis: 'inferred', provenBy: 3 },
            { state: 'FIN_WAIT_1', packet: 9, basis: 'observed' },
            { state: 'FIN_WAIT_2', packet: 10, basis: 'inferred' },
            { state: 'TIME_WAIT', packet: 10, basis: 'inferred', provenBy: 11 },
            { state: 'CLOSED', packet: null, basis: 'expected', after: '2MSL' },
          ],
          server: [
            { state: 'CLOSED', packet: null, basis: 'inferred' },
            { state: 'LISTEN', packet: null, basis: 'inferred' },
            { state: 'SYN_RCVD', packet: 1, basis: 'inferred', provenBy: 2 },
            { state: 'ESTABLISHED', packet: 3, basis: 'inferred', provenBy: 6 },
            { state: 'CLOSE_WAIT', packet: 9, basis: 'inferred', provenBy: 10 },
            { state: 'LAST_ACK', packet: 10, basis: 'observed' },
            { state: 'CLOSED', packet: 11, basis: 'inferred' },
          ],
        },
        open: 'handshake',
        close: 'fin',
        closedFirst: 'client',
        timeWait: 'client',
        rttMs: 0.261,
        vantage: 'server',
        retransmissions: { client: 0, server: 0 },
        mss: { client: 1460, server: 1460 },
        writes: {
          client: [{ bytes: 611, packets: [4], confidence: 'likely' }],
          server: [
            { bytes: 328, packets: [6], confidence: 'likely' },
            { bytes: 974, packets: [7], confidence: 'likely' },
          ],
        },
        history: 'ShADadFf',
      },
    ])
  })

  it('tell of the exchange', () => {
    const [exchange, ...others] = linesOf(lines, 'exchange')
    expect(others).toEqual([])
    expect(exchange).toMatchObject({
      v: 1,
      type: 'exchange',
      n: 0,
      conversation: 0,
      protocol: 'http/1.1',
      method: 'GET',
      target: '/',
      host: 'tsf.oa.com',
      status: 200,
      reason: 'OK',
      request: { headBytes: 611, bodyBytes: 0, totalBytes: 611, packets: [4] },
      response: { headBytes: 328, bodyBytes: 974, totalBytes: 1302, packets: [6, 7], complete: true },
      waitSplit: { networkMs: 0, serverMs: 0.475 },
      notes: [],
    })
    expect(exchange.request?.headers).toHaveLength(5)
    expect(exchange.request?.headers).toContainEqual(['Cookie', '********'])
    expect(exchange.response?.headers).toContainEqual(['Keep-Alive', 'timeout=15, max=100'])
    const { ms } = exchange
    expect(ms).toEqual({
      dns: null,
      connect: 0.261,
      tls: null,
      idle: 0.245,
      send: 0,
      wait: 0.475,
      receive: 0.024,
      total: 1.005,
    })
  })

  it('tell of findings', () => {
    const findings = linesOf(lines, 'finding')
    expect(findings.map(({ rule, severity, confidence }) => [rule, severity, confidence])).toEqual([
      ['tcp/who-closed-first', 'info', 'certain'],
      ['tcp/two-writes', 'note', 'certain'],
      ['http/idle-close', 'info', 'certain'],
      ['http/clock-offset', 'info', 'likely'],
    ])
    expect(findings[2]).toEqual({
      v: 1,
      type: 'finding',
      rule: 'http/idle-close',
      severity: 'info',
      confidence: 'certain',
      conversation: 0,
      evidence: [
        { packet: 7, why: 'last byte of the last response' },
        { packet: 9, why: 'first FIN' },
      ],
      interval: [at('01.618510000'), at('11.574352000')],
      params: { closer: 'client', idleMs: 9955.842, offeredSeconds: 15 },
      text: 'The client closed the connection after 9.96 s idle although the server offered to keep it 15 s.',
      advice: null,
      alternative: null,
    })
    expect(findings[3].params.offsetSeconds).toBe(846.381514)
  })

  it('sum up', () => {
    expect(linesOf(lines, 'summary')).toEqual([
      {
        v: 1,
        type: 'summary',
        packets: 11,
        bytes: 2559,
        start: at('01.617505000'),
        end: at('11.574991000'),
        truncated: null,
        conversations: 1,
        exchanges: 1,
        findings: { error: 0, warn: 0, note: 1, info: 3 },
        dropped: 0,
        notes: [],
      },
    ])
  })
})
