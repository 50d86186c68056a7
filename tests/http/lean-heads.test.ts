import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bytesOf, feed, type PlainExchange, type PlainMessage, type Segment } from './feed.ts'

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

/** All that is known without texts. */
function numbers({ request, response }: PlainExchange): unknown {
  const withoutTexts = (m: PlainMessage | null): unknown =>
    m && {
      ...m,
      ...{ headers: [], trailers: [], packets: [], errors: [] },
      ...{ target: null, targetPrefix: null, reason: null, host: null, contentType: null },
    }
  return [withoutTexts(request), withoutTexts(response)]
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
