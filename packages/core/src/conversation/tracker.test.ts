import { describe, expect, it } from 'vitest'
import { linesOf } from '../../../../tests/support/analysis.ts'
import { analyseScript, CLIENT_CLOSES, HANDSHAKE, SCRIPT_START, type Script } from '../../../../tests/support/script.ts'
import type { Analysis } from '../analyse.ts'

const conversationsOf = (script: Script) => linesOf(analyseScript(script), 'conversation')
const numbersOf = (script: Script) => linesOf(analyseScript(script), 'packet').map(({ conversation }) => conversation)
/** The script on another client port. */
const onPort = (port: number, script: Script): Script =>
  script.map((line) => line.replace(/([cs]>[cs])/, `$1 port=${port}`))
const WHOLE: Script = [...HANDSHAKE, 'c>s 10B', 's>c 20B', ...CLIENT_CLOSES]

describe('conversations', () => {
  it('are told apart by ports, and numbered by their first packets', () => {
    const both = HANDSHAKE.flatMap((line, i) => [line, onPort(5000, HANDSHAKE)[i]])
    expect(numbersOf(both)).toEqual([0, 1, 0, 1, 0, 1])
    expect(conversationsOf(both).map(({ n, client }) => [n, client.port])).toEqual([
      [0, 49200],
      [1, 5000],
    ])
  })

  it('keep late packets of a connection that is over', () => {
    expect(numbersOf([...WHOLE, '+1s s>c FIN seq=21', 'c>s ACK'])).toEqual(Array(10).fill(0))
  })

  it('begin anew with another initial number on the same ports, and keep packets of the older one apart', () => {
    const reused = [...WHOLE, '+1s c>s SYN isn=70000', 's>c SYN ACK isn=80000', 'c>s ACK', 'c>s 5B']
    expect(numbersOf(reused)).toEqual([...Array(8).fill(0), 1, 1, 1, 1])
    const [first, second] = conversationsOf(reused)
    expect([first.bytes, second.bytes]).toEqual([
      { client: 10, server: 20 },
      { client: 5, server: 0 },
    ])
    expect([first.close, second.close]).toEqual(['fin', 'none'])
  })

  it('take a SYN that is sent again for the same', () => {
    expect(numbersOf(['c>s SYN', '+1s c>s SYN', '+2s c>s SYN', 's>c SYN ACK', 'c>s ACK'])).toEqual([0, 0, 0, 0, 0])
  })

  it.each<[string, Script]>([
    ['refused', ['c>s SYN', 's>c RST ACK']],
    ['closed', WHOLE],
    ['reset', [...HANDSHAKE, 's>c RST ACK']],
    ['reset, from the middle', ['c>s 10B', 's>c RST ACK']],
    ['closed, from the middle', CLIENT_CLOSES],
  ])('end when more others are over than are remembered: %s', (_, script) => {
    const many = Array.from({ length: 4200 }, (_, i) => onPort(10_000 + i, script)).flat()
    const lines = analyseScript(many, { types: new Set(['packet', 'conversation']) })
    expect(linesOf(lines, 'conversation').map(({ n }) => n)).toEqual(Array.from({ length: 4200 }, (_, i) => i))
    // The others, and perhaps one that the last packet ended, with the capture.
    const last = lines.findLastIndex(({ type }) => type === 'packet')
    const early = lines.slice(0, last).filter(({ type }) => type === 'conversation').length
    expect(4200 - 4096 - early).toBeOneOf([0, 1])
  })
})

describe('a capture that goes on', () => {
  /** Lines in the order in which they come, packets by their numbers. */
  function follow(script: Script, most: number, pass: (n: number) => number | null): string[] {
    const order: string[] = []
    let analysis: Analysis | null = null
    analyseScript(script, {
      live: { most },
      begin: (begun) => {
        analysis = begun
      },
      annotate: ({ n }) => {
        const unixMs = pass(n)
        if (unixMs !== null) analysis?.passTime(SCRIPT_START * 1000 + unixMs)
      },
      tell: (line) => {
        if (line.type === 'packet') order.push(`#${line.n}`)
        else if (line.type === 'conversation') order.push(`end ${line.n}`)
        else if (line.type === 'exchange') order.push(`${line.method} ${line.status}`)
      },
    })
    return order
  }
  const GET = 'c>s "GET / HTTP/1.1\r\n\r\n"'
  const OK = 's>c "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"'

  it('tells an exchange right after its last packet, and a conversation when it has been over for some seconds', () => {
    const script = [...HANDSHAKE, GET, OK, ...CLIENT_CLOSES, ...onPort(5000, HANDSHAKE)]
    const at = (n: number): number | null => (n === 9 ? 4900 : n === 11 ? 6000 : null)
    expect(follow(script, 100, at)).toEqual(
      '#1 #2 #3 #4 #5,GET 200,#6 #7 #8 #9 #10 #11,end 0,end 1'
        .split(',')
        .flatMap((part) => (part.startsWith('#') ? part.split(' ') : [part])),
    )
  })

  it('ends those that have been idle longest where there are too many', () => {
    const many = Array.from({ length: 300 }, (_, i) => onPort(10_000 + i, HANDSHAKE)).flat()
    const order = follow(many, 100, () => null)
    const ended = order.filter((entry) => entry.startsWith('end'))
    expect(ended.slice(0, 5)).toEqual(['end 0', 'end 1', 'end 2', 'end 3', 'end 4'])
    expect(order.slice(0, order.lastIndexOf('#900')).filter((entry) => entry.startsWith('end')).length).toBeGreaterThan(
      190,
    )
  })
})

describe('what is told of a conversation', () => {
  const one = (script: Script) => conversationsOf(script)[0]

  it.each<[string, Script, string, string]>([
    ['handshake, FINs', WHOLE, 'handshake', 'fin'],
    ['refused', ['c>s SYN', 's>c RST ACK'], 'refused', 'reset'],
    ['unanswered', ['c>s SYN', '+1s c>s SYN'], 'unanswered', 'none'],
    ['from the middle', ['c>s 10B', 's>c 10B'], 'mid-stream', 'none'],
    ['half-closed', [...HANDSHAKE, 'c>s FIN', 's>c 10B'], 'handshake', 'half-closed'],
    ['reset', [...HANDSHAKE, 'c>s RST ACK'], 'handshake', 'reset'],
    ['fast open', ['c>s SYN 10B', 's>c SYN ACK', 'c>s ACK'], 'fast-open', 'none'],
  ])('%s', (_, script, open, close) => {
    expect(one(script)).toMatchObject({ open, close })
  })

  it('guesses roles by ports only without a SYN, and says so', () => {
    expect(one(['s>c 10B'])).toMatchObject({ roles: 'inferred', server: { port: 80 }, client: { port: 49200 } })
    expect(one(['s>c SYN ACK'])).toMatchObject({ roles: 'observed', server: { port: 80 } })
  })

  it('counts payload once', () => {
    const { bytes, packets, retransmissions } = one([
      ...HANDSHAKE,
      ...['c>s 100B seq=101', 'c>s 100B seq=51', '+100ms c>s 200B seq=1', 'c>s 200B seq=1'],
    ])
    expect(bytes).toEqual({ client: 200, server: 0 })
    expect(packets.client).toBe(6)
    expect(retransmissions.client).toBeGreaterThan(0)
  })

  it('measures the round trip from the SYN that was answered', () => {
    expect(one(['c>s SYN', '+1s c>s SYN', '+30ms s>c SYN ACK', '+1ms c>s ACK']).rttMs).toBe(31)
    expect(one(['s>c SYN ACK', 'c>s ACK']).rttMs).toBeNull()
  })

  it('tells on whose side the capture was made, from who answers at once', () => {
    expect(one(['c>s SYN', '+30ms s>c SYN ACK', '+50us c>s ACK']).vantage).toBe('client')
    expect(one(['c>s SYN', '+50us s>c SYN ACK', '+30ms c>s ACK']).vantage).toBe('server')
    expect(one(['c>s SYN', '+20ms s>c SYN ACK', '+10ms c>s ACK']).vantage).toBe('between')
    expect(one(['c>s SYN', '+50us s>c SYN ACK', '+60us c>s ACK']).vantage).toBeNull()
  })
})

describe('writes', () => {
  const writesOf = (script: Script) => conversationsOf([...HANDSHAKE, ...script])[0].writes.client

  it('end at PSH or FIN', () => {
    expect(writesOf(['c>s 100B', 'c>s 50B nopsh', 'c>s 20B', 'c>s FIN 5B nopsh'])).toEqual([
      { bytes: 100, packets: [4], confidence: 'likely' },
      { bytes: 70, packets: [5, 6], confidence: 'likely' },
      { bytes: 5, packets: [7], confidence: 'likely' },
    ])
  })

  it('are less sure when no PSH came, when they fill segments, when they are long or disturbed', () => {
    const possible = [{ confidence: 'possible' }]
    expect(writesOf(['c>s 100B nopsh'])).toMatchObject(possible)
    expect(writesOf(['c>s 1460B nopsh', 'c>s 1460B'])).toMatchObject(possible)
    expect(writesOf([...Array(3).fill('c>s 1460B nopsh'), 'c>s 20B'])).toMatchObject(possible)
    expect(writesOf(['c>s 100B unseen', 'c>s 100B'])).toMatchObject(possible)
  })

  it('do not count what is sent again', () => {
    expect(writesOf(['c>s 100B', '+300ms c>s 100B seq=1'])).toMatchObject([{ bytes: 100, packets: [4] }])
  })

  it('are kept up to a bound, and so are the packets of one', () => {
    expect(writesOf(Array(1200).fill('c>s 1B'))).toHaveLength(200)
    const [long] = writesOf([...Array(300).fill('c>s 10B nopsh'), 'c>s 1B'])
    expect([long.bytes, long.packets.length]).toEqual([3001, 100])
  })
})

describe('history', () => {
  // The same letters as Zeek's conn.log has for such connections.
  it.each<[string, Script, string]>([
    ['a whole connection', [...HANDSHAKE, 'c>s 10B', 's>c ACK', 's>c 20B', 'c>s ACK', ...CLIENT_CLOSES], 'ShADadFf'],
    ['refused', ['c>s SYN', 's>c RST ACK'], 'Sr'],
    ['sent again', [...HANDSHAKE, 'c>s 10B lost', 'c>s 10B seq=1'], 'ShADT'],
    ['each letter once', [...HANDSHAKE, 'c>s 1B', 'c>s 1B', 's>c ACK', 's>c ACK'], 'ShADa'],
    ['many repetitions: the 1st, the 10th', [...HANDSHAKE, 'c>s 1B lost', ...Array(12).fill('c>s 1B seq=1')], 'ShADTT'],
    ['a gap, a window of 0', [...HANDSHAKE, 'c>s 10B unseen', 's>c ACK win=0'], 'ShAagw'],
    ['FIN with RST', ['c>s FIN RST'], 'I'],
    ['SYN with FIN', ['c>s SYN FIN'], 'Q'],
  ])('%s', (_, script, letters) => {
    expect(conversationsOf(script)[0].history).toBe(letters)
  })
})
