import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bytesOf, feed, type PlainExchange, type PlainMessage, type Segment } from './feed.ts'
import { conversation, cutPoints, segment } from './traffic.ts'

/** Names that matter without texts, names that begin like them, and what is no name. */
const name = fc.constantFrom(
  ...['Connection', 'Content-Length', 'Date', 'Expect', 'Keep-Alive', 'Transfer-Encoding', 'Upgrade'],
  ...['Connectio', 'Connections', 'Conn\r\nDate', 'Con', 'Content-Type', 'Content-Language', 'Content-Lengt', 'Cookie'],
  ...['Dat', 'Dates', 'DNT', 'Expires', 'Expec', 'ETag', 'Keep', 'Trailer', 'Transfer', 'Upgrade-Insecure-Requests'],
  ...['Host', 'X', '', ' Date', '\tConnection', ':', '\r', 'K\x00ep-Alive'],
)
const spelling = fc.constantFrom(
  (text: string) => text,
  (text: string) => text.toLowerCase(),
  (text: string) => text.toUpperCase(),
)
const separator = fc.constantFrom(': ', ': ', ': ', ':', ' : ', ':\t ', '', ' ', '::')
const value = fc.constantFrom(
  ...[
    'close',
    'keep-alive',
    'Keep-Alive, x',
    'x,  close ',
    'upgrade',
    '100-continue',
    'timeout=5, max=9',
    'timeout = 7',
  ],
  ...['0', '3', '3, 3', '3, 4', '-1', '007', '99999999999999999999', 'chunked', 'gzip, chunked', 'chunked, gzip', ''],
  ...['Sun, 06 Nov 1994 08:49:37 GMT', 'Sunday, 06-Nov-94 08:49:37 GMT', 'Sun Nov  6 08:49:37 1994', 'Sun, 06 Nov'],
)
const lineEnd = fc.constantFrom('\r\n', '\r\n', '\r\n', '\n', ' \r\n', '\r\n folded\r\n', '\r\n\t', '\r\r\n')
const line = fc
  .tuple(name, spelling, separator, value, lineEnd)
  .map(([word, spell, colon, text, end]) => spell(word) + colon + text + end)
const head = (start: string) =>
  fc
    .tuple(fc.array(line, { maxLength: 6 }), fc.constantFrom('\r\n', '\n'))
    .map(([lines, end]) => start + lines.join('') + end)

const GET = 'GET /page HTTP/1.1\r\nHost: example.net\r\n\r\n'
const POST = 'POST /page HTTP/1.1\r\nContent-Length: 3\r\n\r\n'
const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi'
const CHUNKED = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'
const UNTIL_CLOSE = 'HTTP/1.0 200 OK\r\n\r\n'
const NOT_MODIFIED = 'HTTP/1.1 304 Not Modified\r\nContent-Length: 2\r\n\r\n'

/** All that is known without texts. */
function numbers({ request, response, interim, pairing, basis, switched }: PlainExchange): unknown {
  const withoutTexts = (m: PlainMessage | null): unknown =>
    m && {
      ...m,
      ...{ headers: [], trailers: [], packets: [], errors: [] },
      ...{ target: null, targetPrefix: null, reason: null, host: null, contentType: null },
    }
  const statuses = interim.map(({ status }) => status)
  return [withoutTexts(request), withoutTexts(response), statuses, pairing, basis, switched]
}

test('whatever its lines are, a head that is only passed over says the same as one that is listed', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(head('GET /a HTTP/1.1\r\n'), head('HTTP/1.1 200 OK\r\n')), { minLength: 1, maxLength: 3 }),
      fc.nat(200),
      (exchanges, split) => {
        const once = exchanges.flatMap(([request, response]): Segment[] => [
          { side: 0, bytes: bytesOf(request), splits: [split] },
          { side: 1, bytes: bytesOf(`${response}abc`), splits: [split] },
        ])
        // Twice, so that heads are known again; there in one piece.
        const segments = [...once, ...once.map(({ side, bytes }) => ({ side, bytes })), ...once]
        expect(feed(segments, { detail: false }).map(numbers)).toEqual(feed(segments).map(numbers))
      },
    ),
    { seed: 20080810, numRuns: 600 },
  )
})

test('what was said before is told as it was the first time, whole or in part', () => {
  const harm = fc.record({ at: fc.nat(40), cut: fc.nat(60), lost: fc.boolean() })
  fc.assert(
    fc.property(
      conversation,
      cutPoints,
      fc.boolean(),
      fc.array(harm, { maxLength: 2 }),
      fc.boolean(),
      (truth, cuts, pipelined, harms, midStream) => {
        const once = segment(truth, cuts, pipelined)
        const whole = segment(truth, [], false)
        const segments = [...whole, ...once, ...whole, ...once]
        for (const { at, cut, lost } of harms) {
          const k = whole.length + (at % (segments.length - whole.length))
          segments[k] = { ...segments[k], lost, cut: Math.min(cut, segments[k].bytes.length) }
        }
        const told = feed(segments, { midStream }).map(numbers)
        expect(feed(segments, { detail: false, midStream }).map(numbers)).toEqual(told)
      },
    ),
    { seed: 20080810, numRuns: 400 },
  )
})

test.each<[string, [0 | 1, string][]]>([
  [
    'two requests in one segment',
    [
      [0, `${GET}${GET}`],
      [1, OK],
      [1, OK],
    ],
  ],
  [
    'two responses in one segment',
    [
      [0, GET],
      [0, GET],
      [1, `${OK}${OK}`],
    ],
  ],
  [
    'a response before the end of its request',
    [
      [0, POST],
      [1, OK],
      [0, 'abc'],
    ],
  ],
  [
    'two responses before the end of a request',
    [
      [0, POST],
      [1, OK],
      [1, OK],
      [0, 'abc'],
    ],
  ],
  [
    'a request before the end of the response',
    [
      [0, GET],
      [1, OK.slice(0, -1)],
      [0, GET],
      [1, 'i'],
      [1, OK],
    ],
  ],
  [
    'a response that nobody asked for',
    [
      [0, GET],
      [1, OK],
      [1, OK],
      [0, GET],
    ],
  ],
  [
    'a body in pieces, the last with the next response',
    [
      [0, GET],
      [1, OK.slice(0, -2)],
      [1, `h`],
      [0, GET],
      [1, `i${OK}`],
    ],
  ],
  [
    'chunks that segments cut between and inside of them, in sizes, extensions and trailers',
    [
      [0, GET],
      [1, `${CHUNKED}5\r\nhello\r\n0\r\n\r\n`],
      [0, GET],
      [1, CHUNKED],
      [1, '5\r\nhel'],
      [1, 'lo'],
      [1, '\r'],
      [1, '\n2\r\nhi\r\n'],
      [1, '0\r\n\r\n'],
      [0, GET],
      [1, `${CHUNKED}1`],
      [1, '0\r\n0123456789abcdef\r\n0\r\n\r'],
      [1, '\n'],
      [0, GET],
      [1, `${CHUNKED}000000002;x=y\r\nhi\r\n`],
      [1, '0\r\nExpires: 0\r\n\r\n'],
    ],
  ],
  [
    'chunks of a request, and two messages behind them',
    [
      [0, 'POST /page HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n'],
      [0, `0\r\n\r\n${GET}${GET}`],
      [1, `${OK}${OK}${OK}`],
    ],
  ],
  [
    'a body that lasts until the connection closes',
    [
      [0, GET],
      [1, OK],
      [0, GET],
      [1, UNTIL_CLOSE],
      [1, 'abc'],
      [1, OK],
    ],
  ],
  [
    'no body where none may be',
    [
      [0, GET.replace('GET', 'HEAD')],
      [1, OK.slice(0, -2)],
      [0, GET],
      [1, NOT_MODIFIED],
    ],
  ],
])('known heads: %s', (_what, messages) => {
  const once = messages.map(([side, text]): Segment => ({ side, bytes: bytesOf(text) }))
  const segments = [...once, ...once, ...once]
  const told = feed(segments).map(numbers)
  expect(told.length).toBeGreaterThanOrEqual(3)
  expect(feed(segments, { detail: false }).map(numbers)).toEqual(told)
})
