import { describe, expect, it } from 'vitest'
import { linesOf } from '../../../../tests/support/analysis.ts'
import { analyseScript, CLIENT_CLOSES, HANDSHAKE, type Script } from '../../../../tests/support/script.ts'

/** What is told of the last `count` packets. Whole captures: tests/story. */
function told(script: Script, count = 1): string[] {
  return linesOf(analyseScript(script), 'packet')
    .slice(-count)
    .map(({ notes }) => notes.map(({ text }) => text).join(' '))
}

const GET = 'c>s "GET / HTTP/1.1\r\nHost: a\r\n\r\n"'
const POST = 'c>s "POST /f HTTP/1.1\r\nContent-Length: 10\r\n\r\n"'
const OPEN: Script = [...HANDSHAKE, GET]

describe('opening', () => {
  it('tells a refusal, and a second reset', () => {
    expect(told(['c>s SYN', 's>c RST ACK', 's>c RST ACK'], 2)).toEqual([
      'Server refuses the SYN (#1): nothing listens on port 80, or a firewall says so.',
      'Server resets again; the connection was over.',
    ])
  })

  it('tells a SYN that is sent again after an answer that was lost', () => {
    expect(told(['c>s SYN', 's>c SYN ACK lost', '+1s c>s SYN'])).toEqual([
      'Client asks again, 1.00 s after its SYN (#1): the SYN-ACK (#2) had not reached it.',
    ])
  })

  it('tells how the handshake ends when data rides on its last segment', () => {
    expect(told(['c>s SYN', '+40ms s>c SYN ACK', GET])).toEqual([
      'Handshake done in 41.0 ms (since #1). Client sends the request: GET / HTTP/1.1, 27 B.',
    ])
  })

  it('tells an ACK whose SYN-ACK alone was captured', () => {
    expect(told(['s>c SYN ACK', 'c>s ACK'])).toEqual(['Client acknowledges the SYN (#1).'])
  })
})

describe('HTTP', () => {
  it('tells of each message in a segment, and of a body that comes with its head or later', () => {
    expect(told([...HANDSHAKE, `${GET.slice(0, -1)}${GET.slice(5)}`])).toEqual([
      'Client sends the request: GET / HTTP/1.1, 27 B. Client sends the request: GET / HTTP/1.1, 27 B.',
    ])
    expect(told([...HANDSHAKE, `${POST} 10B`])).toEqual([
      'Client sends the request: POST /f HTTP/1.1, 50 B with 10 B of body.',
    ])
    expect(told([...HANDSHAKE, `${POST} 4B`, 'c>s 6B'], 2)).toEqual([
      "Client sends the request's beginning: POST /f HTTP/1.1, 44 B with 4 B of body.",
      'Request body, 10/10 B: the request is complete.',
    ])
    expect(told([...HANDSHAKE, POST])).toEqual(['Client sends the request headers: POST /f HTTP/1.1, 40 B.'])
  })

  it('tells the end of a body without a length when the connection ends', () => {
    expect(told([...OPEN, 's>c "HTTP/1.1 200 OK\r\n\r\n" 30B', 's>c 20B', 's>c FIN'], 3)).toEqual([
      "Response: 200 OK, 19 B headers + 30 B of body. First byte 1.00 ms after the request's last (#4).",
      'Response body, 50 B so far.',
      'Server closes first.',
    ])
  })

  it('does not say where the headers of a cut message end', () => {
    expect(
      told(
        [...HANDSHAKE, `${GET} cut=16`, 's>c "HTTP/1.1 200 OK\r\nContent-Length: 30\r\n\r\n" cut=15', 's>c 30B cut=0'],
        3,
      ),
    ).toEqual([
      'Client sends a request: GET /, 27 B. The rest of its headers was not captured.',
      "Response: 200, 39 B. Not captured, so unproven: whether the headers end here. First byte 1.00 ms after the request's last (#4).",
      'Server sends 30 B more of it (69 B so far): headers or body, the captured bytes do not tell.',
    ])
  })

  it('tells what cannot be read as HTTP as such', () => {
    expect(told([...OPEN, 's>c 100B'])).toEqual(['Server sends 100 B that cannot be read as HTTP.'])
  })
})

describe('loss and order', () => {
  const SENDS: Script = [...HANDSHAKE, 'c>s 100B', 's>c ACK']

  it('tells a segment that was overtaken, by name', () => {
    expect(told([...SENDS, 'c>s 100B seq=201', '+20us c>s 100B seq=101'], 2)).toEqual([
      'Before this, something from the client is not in the capture. Client sends 100 B (bytes 201-300).',
      '100 B from the client came late: what was sent after them overtook them.',
    ])
  })

  it('tells one that was lost before the capture point', () => {
    expect(told([...SENDS, 'c>s 100B dropped', 'c>s 100B', 's>c ACK', '+200ms c>s 100B seq=101'], 2)).toEqual([
      'Server still waits for byte 101 (duplicate ACK 1).',
      'Client sends 100 B that were missing: the first copy was lost before the capture point.',
    ])
  })

  it('tells what prompted a retransmission', () => {
    const lost: Script = [
      ...SENDS,
      'c>s 100B lost',
      'c>s 100B',
      's>c ACK',
      'c>s 100B',
      's>c ACK',
      'c>s 100B',
      's>c ACK',
    ]
    expect(told([...lost, 'c>s 100B seq=101'])).toEqual(['Client sends 100 B again, prompted by duplicate ACKs.'])
    expect(told([...SENDS, 'c>s 100B lost', '+300ms c>s 100B seq=101'])).toEqual(['Client sends 100 B again.'])
    expect(told([...SENDS, '+300ms c>s 100B seq=1'])).toEqual([
      'Client sends 100 B again although it was acknowledged already.',
    ])
  })

  it('tells what is not acknowledged yet', () => {
    expect(told([...SENDS, 'c>s 100B', 'c>s 50B', 's>c ACK ack=201'])).toEqual([
      "Server's TCP has 200 B so far; not acknowledged yet: 50 B.",
    ])
    expect(told([...SENDS, 'c>s 100B', 'c>s FIN 50B', 's>c ACK ack=201'])).toEqual([
      "Server's TCP has 200 B so far; not acknowledged yet: 50 B and the FIN (#7).",
    ])
  })

  it('tells more room in bytes where the scale is known', () => {
    const full: Script = ['c>s 100B', 's>c ACK win=0', '+1s s>c ACK win=10']
    expect(told(['c>s SYN ws=7', 's>c SYN ACK ws=7', 'c>s ACK', ...full])).toEqual([
      'Server has more room: window 1280 B.',
    ])
    expect(told([...HANDSHAKE, ...full])).toEqual(['Server has more room: window 10 B.'])
    expect(told(['s>c 5B', ...full])).toEqual(['Server has more room: window 10 (scale unknown).'])
  })
})

describe('closing', () => {
  it('tells idle time from a second on', () => {
    const [fin] = told([...OPEN, 's>c "HTTP/1.1 204 No Content\r\n\r\n"', '+2s c>s FIN'])
    expect(fin).toBe('Client closes first, 2.00 s after the last new data (#5).')
  })

  it('tells data with the FIN, and what acknowledges both', () => {
    expect(told([...HANDSHAKE, 'c>s FIN 10B', 's>c ACK', 's>c FIN', 'c>s ACK'], 4)).toEqual([
      'Client sends 10 B (bytes 1-10). Client closes first.',
      'Server acknowledges the FIN (#4); it could still send.',
      'Server closes too.',
      'Last ACK. Client stays in TIME_WAIT, about 60 s on Linux.',
    ])
  })

  it('tells an abort apart from an answer for a connection that is gone', () => {
    expect(told([...OPEN, 's>c RST ACK'])).toEqual(['Server aborts the connection (RST).'])
    expect(told([...OPEN, 's>c ACK', 's>c RST'])).toEqual(['Server answers that it has no such connection (RST).'])
  })

  it('does not know who closed first when the capture begins with an acknowledged FIN', () => {
    expect(told(['c>s FIN', 's>c ACK'], 2)).toEqual([
      'The capture begins in the middle of this connection: what was before is unknown; who is the client is inferred. Client closes; whether the other side had closed before is not in the capture.',
      'Server acknowledges the FIN (#1); it could still send.',
    ])
  })
})

describe('languages', () => {
  it('gives one text, the other, or both', () => {
    const notes = (lang: 'en' | 'zh' | 'both') => linesOf(analyseScript(['c>s SYN'], { lang }), 'packet')[0].notes
    const params = { from: 'client' }
    expect(notes('en')).toEqual([{ id: 'tcp.open.syn', params, text: 'Client asks to open a connection.' }])
    expect(notes('zh')).toEqual([{ id: 'tcp.open.syn', params, text: '客户端发起连接请求。' }])
    expect(notes('both')).toEqual([
      { id: 'tcp.open.syn', params, text: 'Client asks to open a connection.', textZh: '客户端发起连接请求。' },
    ])
  })

  it('says the same of a whole connection in both', () => {
    const ids = (lang: 'en' | 'zh') =>
      linesOf(analyseScript([...OPEN, ...CLIENT_CLOSES], { lang }), 'packet').flatMap(({ notes }) =>
        notes.map(({ id }) => id),
      )
    expect(ids('zh')).toEqual(ids('en'))
  })
})
