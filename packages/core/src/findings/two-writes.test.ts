import { testRule } from '../../../../tests/support/rule-test.ts'
import { HANDSHAKE } from '../../../../tests/support/script.ts'

const GET = 'c>s "GET / HTTP/1.1\r\nHost: a\r\n\r\n"'
const POST = 'c>s "POST /form HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n"'
const HEAD = 's>c "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n"'
const HEAD_BYTES = 40
const headOf = (body: number) => `s>c "HTTP/1.1 200 OK\r\nContent-Length: ${body}\r\n\r\n"`
const SPLIT = { side: 'server', headBytes: HEAD_BYTES, bodyBytes: 100, times: 1 }

testRule('tcp/two-writes', {
  fires: [
    {
      name: 'head and body of a response apart',
      script: [...HANDSHAKE, GET, 's>c ACK', HEAD, 's>c 100B', 'c>s ACK'],
      severity: 'note',
      confidence: 'certain',
      packets: [6, 7],
      params: SPLIT,
    },
    {
      name: 'head and body of a request apart',
      script: [...HANDSHAKE, POST, 'c>s 10B', 's>c "HTTP/1.1 204 No Content\r\n\r\n"'],
      severity: 'note',
      confidence: 'certain',
      packets: [4, 5],
      params: { side: 'client', headBytes: 52, bodyBytes: 10, times: 1 },
    },
    {
      name: 'each of three responses: the first is shown, all are counted',
      script: [...HANDSHAKE, ...[1, 2, 3].flatMap(() => [GET, HEAD, 's>c 100B', 'c>s ACK'])],
      severity: 'note',
      confidence: 'certain',
      packets: [5, 6],
      params: { ...SPLIT, times: 3 },
    },
    {
      name: 'the segment that is the body was captured before the head',
      script: [...HANDSHAKE, GET, `s>c 100B seq=${1 + HEAD_BYTES}`, `+20us ${HEAD} seq=1`, 'c>s ACK'],
      severity: 'note',
      confidence: 'certain',
      packets: [6, 5],
      params: SPLIT,
    },
    {
      name: 'a body that comes in two segments',
      script: [...HANDSHAKE, GET, HEAD, 's>c 60B nopsh', 's>c 40B', 'c>s ACK'],
      severity: 'note',
      confidence: 'certain',
      packets: [5, 6],
      params: SPLIT,
    },
    {
      name: 'with timestamps, and room for them',
      script: ['c>s SYN ts', 's>c SYN ACK ts', 'c>s ACK ts', GET, `${headOf(1400)} ts`, 's>c 1400B ts', 'c>s ACK'],
      severity: 'note',
      confidence: 'certain',
      packets: [5, 6],
      params: { ...SPLIT, headBytes: HEAD_BYTES + 1, bodyBytes: 1400 },
    },
  ],
  silent: [
    { name: 'one segment', script: [...HANDSHAKE, GET, `${HEAD} 100B`, 'c>s ACK'] },
    { name: 'no body', script: [...HANDSHAKE, GET, 's>c "HTTP/1.1 304 Not Modified\r\n\r\n"'] },
    {
      name: 'a HEAD response announces a body that does not come',
      script: [...HANDSHAKE, 'c>s "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n"', HEAD],
    },
    { name: 'the segment holds a byte of the body', script: [...HANDSHAKE, GET, `${HEAD} 1B`, 's>c 99B', 'c>s ACK'] },
    { name: 'together they need more than a segment', script: [...HANDSHAKE, GET, headOf(1420), 's>c 1420B'] },
    {
      name: 'with timestamps they need more than a segment',
      script: ['c>s SYN ts', 's>c SYN ACK ts', 'c>s ACK ts', GET, `${headOf(1410)} ts`, 's>c 1410B ts', 'c>s ACK'],
    },
    {
      name: 'the server announced a smaller segment size than they need',
      script: ['c>s SYN', 's>c SYN ACK mss=120', 'c>s ACK', GET, HEAD, 's>c 100B'],
    },
    {
      name: 'neither side announced a size, so 536 is the limit (RFC 9293 §3.7.1)',
      script: ['c>s SYN mss=none', 's>c SYN ACK mss=none', 'c>s ACK', GET, headOf(500), 's>c 500B'],
    },
    { name: 'no SYN was captured: the size is unknown', script: [GET, HEAD, 's>c 100B', 'c>s ACK'] },
    {
      name: 'only one SYN was captured',
      script: ['c>s SYN', 's>c SYN ACK unseen', 'c>s ACK', GET, HEAD, 's>c 100B', 'c>s ACK'],
    },
    {
      name: 'the capture is cut: where the headers end is not known',
      script: [...HANDSHAKE, GET, `${HEAD} cut=20`, 's>c 100B cut=20', 'c>s ACK'],
    },
    {
      name: 'one direction captured: the announced size of the other side is unknown',
      script: ['s>c SYN ACK', HEAD, 's>c 100B'],
    },
    { name: 'the body never comes', script: [...HANDSHAKE, GET, HEAD, 'c>s ACK'] },
    {
      name: 'the head is lost by the capture',
      script: [...HANDSHAKE, GET, `${HEAD} unseen`, 's>c 100B', 'c>s ACK'],
    },
    {
      name: 'the client waits for 100 Continue before it sends the body',
      script: [
        ...HANDSHAKE,
        'c>s "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\nExpect: 100-continue\r\n\r\n"',
        's>c "HTTP/1.1 100 Continue\r\n\r\n"',
        'c>s 10B',
        's>c "HTTP/1.1 204 No Content\r\n\r\n"',
      ],
    },
    {
      name: 'a retransmission that is cut at another place',
      script: [...HANDSHAKE, GET, `${HEAD} 100B`, `+300ms ${HEAD} seq=1`, `s>c 100B seq=${1 + HEAD_BYTES}`],
    },
    {
      name: 'two pipelined requests, one segment each',
      script: [...HANDSHAKE, GET, GET, `${HEAD} 100B`, `${HEAD} 100B`],
    },
    { name: 'no HTTP', script: [...HANDSHAKE, 'c>s 40B', 's>c 40B', 's>c 100B'] },
  ],
})
