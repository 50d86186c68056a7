import { testRule } from '../../../../tests/support/rule-test.ts'
import { HANDSHAKE, SCRIPT_START, type Script } from '../../../../tests/support/script.ts'

/** RFC 9110 §5.6.7: the preferred form, `seconds` after the script's first segment. */
const date = (seconds: number): string => new Date((SCRIPT_START + seconds) * 1000).toUTCString()
/** The response's head is complete 4 ms after the first segment. */
const respond = (value: string, status = '200 OK'): Script => [
  ...HANDSHAKE,
  'c>s "GET / HTTP/1.1\r\nHost: a\r\n\r\n"',
  `s>c "HTTP/1.1 ${status}\r\nDate: ${value}\r\nContent-Length: 0\r\n\r\n"`,
  'c>s ACK',
]

testRule('http/clock-offset', {
  fires: [
    {
      name: 'the server is a quarter of an hour ahead',
      script: respond(date(900)),
      severity: 'info',
      confidence: 'likely',
      packets: [5],
      params: { offsetSeconds: 899.996 },
    },
    {
      name: 'the server is behind: measured from the end of the second that it named',
      script: respond(date(-60)),
      severity: 'info',
      confidence: 'likely',
      packets: [5],
      params: { offsetSeconds: -59.004 },
    },
    {
      name: 'just out of tolerance',
      script: respond(date(4)),
      severity: 'info',
      confidence: 'likely',
      packets: [5],
      params: { offsetSeconds: 3.996 },
    },
    {
      name: 'the first response that has a Date',
      script: [
        ...HANDSHAKE,
        'c>s "GET / HTTP/1.1\r\nHost: a\r\n\r\n"',
        's>c "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"',
        ...respond(date(100)).slice(3),
        ...respond(date(200)).slice(3),
      ],
      severity: 'info',
      confidence: 'likely',
      packets: [7],
      params: { offsetSeconds: 99.994 },
    },
    {
      name: 'the old form of RFC 850',
      script: respond('Thursday, 01-Jan-26 01:00:00 GMT'),
      severity: 'info',
      confidence: 'likely',
      packets: [5],
      params: { offsetSeconds: 3599.996 },
    },
  ],
  silent: [
    { name: 'the same second', script: respond(date(0)) },
    { name: 'three seconds ahead, less the milliseconds of the capture', script: respond(date(3)) },
    { name: 'three seconds behind, of which one is the named second', script: respond(date(-3)) },
    { name: 'no Date', script: respond('').map((line) => line.replace('Date: \r\n', '')) },
    { name: 'a Date that is none', script: respond('Thu, 32 Foo 2026 00:00:00 GMT') },
    { name: 'text without a date', script: respond(date(900)), undated: true },
    {
      name: 'a Date in the request',
      script: [
        ...HANDSHAKE,
        `c>s "GET / HTTP/1.1\r\nHost: a\r\nDate: ${date(900)}\r\n\r\n"`,
        ...respond(date(0)).slice(4),
      ],
    },
    {
      name: 'the Date is not captured',
      script: respond(date(900)).map((line) => (line.startsWith('s>c "') ? `${line} cut=30` : line)),
    },
    {
      name: 'the head is not complete',
      script: [...respond(date(900)).slice(0, 4), `s>c "HTTP/1.1 200 OK\r\nDate: ${date(900)}\r\n"`],
    },
  ],
})
