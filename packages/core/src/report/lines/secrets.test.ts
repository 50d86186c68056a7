import { describe, expect, it } from 'vitest'
import { analyseText } from '../../../../../tests/support/analyse-text.ts'
import { linesOf } from '../../../../../tests/support/analysis.ts'
import { analyseScript, HANDSHAKE } from '../../../../../tests/support/script.ts'
import { maskSecretLine, maskSecrets } from './secrets.ts'

const MASK = '********'

describe('maskSecrets', () => {
  it.each([
    ['Authorization', 'Basic dXNlcjpwYXNz', `Basic ${MASK}`],
    ['authorization', 'bearer abc.def.ghi', `bearer ${MASK}`],
    ['AUTHORIZATION', 'Digest username="u", response="r"', `Digest ${MASK}`],
    ['Proxy-Authorization', 'Negotiate YII=', `Negotiate ${MASK}`],
    ['Authorization', 'AWS4-HMAC-SHA256 Credential=AKIA/2026, Signature=ff', `AWS4-HMAC-SHA256 ${MASK}`],
    // No scheme, or none that is known: the first word may be the secret.
    ['Authorization', 'dXNlcjpwYXNz', MASK],
    ['Authorization', 'hunter2 and more', MASK],
    ['Authorization', 'Basic', MASK],
    ['Authorization', '', MASK],
    ['Cookie', 'sid=1; theme=dark', MASK],
    ['cOOkie', 'Basic x', MASK],
    ['Set-Cookie', 'sid=1; HttpOnly', MASK],
    // Sent with a space before the colon (RFC 9112 §5.1 forbids it, servers have taken it).
    ['Cookie ', 'sid=1', MASK],
    ['Authorization\t', 'Basic eA==', `Basic ${MASK}`],
  ])('%s: %s', (name, value, masked) => {
    expect(maskSecrets([[name, value]])).toEqual([[name, masked]])
  })

  it('leaves all others, their order and their repetition', () => {
    const headers: [string, string][] = [
      ['Host', 'a'],
      ['WWW-Authenticate', 'Basic realm="x"'],
      ['X-Cookie', 'b'],
      ['Cookie', 'c=1'],
      ['Cookie', 'd=2'],
      ['Authorization-Info', 'e'],
    ]
    expect(maskSecrets(headers)).toEqual(headers.map(([n, v]) => [n, n === 'Cookie' ? MASK : v]))
    expect(headers[3][1]).toBe('c=1')
  })

  it.each([
    ['> Cookie: a=b; c=d', 'Cookie', `> Cookie: ${MASK}`],
    ['authorization: Bearer x', 'authorization', `authorization: Bearer ${MASK}`],
    ['< Set-Cookie:a=b', 'Set-Cookie', `< Set-Cookie: ${MASK}`],
    ['> Host: a:80', 'Host', '> Host: a:80'],
  ])('masks a line of a log: %s', (line, name, masked) => {
    expect(maskSecretLine(line, name)).toBe(masked)
  })
})

describe('a report', () => {
  const script = [
    ...HANDSHAKE,
    'c>s "GET / HTTP/1.1\r\nHost: a\r\nCookie: sid=hunter2\r\nAuthorization: Basic hunter2\r\nProxy-authorization: hunter2\r\n\r\n"',
    's>c "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nset-cookie: sid=hunter2\r\n\r\n"',
  ]

  it('holds no credential unless it is asked for', () => {
    expect(JSON.stringify(analyseScript(script))).not.toContain('hunter2')
    const [shown] = linesOf(analyseScript(script, { showSecrets: true }), 'exchange')
    expect(shown.request?.headers).toContainEqual(['Cookie', 'sid=hunter2'])
    expect(shown.request?.headers).toContainEqual(['Authorization', 'Basic hunter2'])
    expect(shown.response?.headers).toContainEqual(['set-cookie', 'sid=hunter2'])
  })

  const text = [
    '10:13:01.617505 IP 10.1.9.11.58384 > 192.168.64.71.80: Flags [S], seq 100, win 65535, options [mss 1460], length 0',
    '10:13:01.617631 IP 192.168.64.71.80 > 10.1.9.11.58384: Flags [S.], seq 500, ack 101, win 5840, options [mss 1460], length 0',
    '10:13:01.617766 IP 10.1.9.11.58384 > 192.168.64.71.80: Flags [.], ack 1, win 65535, length 0',
    '10:13:01.618011 IP 10.1.9.11.58384 > 192.168.64.71.80: Flags [P.], seq 1:91, ack 1, win 65535, length 90',
    '10:13:01.618486 IP 192.168.64.71.80 > 10.1.9.11.58384: Flags [P.], seq 1:61, ack 91, win 6721, length 60',
    '',
    '*   Trying 192.168.64.71:80...',
    '* Connected to a (192.168.64.71) port 80 (#0)',
    '> GET / HTTP/1.1',
    '> Host: a',
    '> Cookie: sid=hunter2',
    '> authorization: Basic hunter2',
    '>',
    '< HTTP/1.1 200 OK',
    '< Set-Cookie: sid=hunter2; Path=/',
    '<',
    '',
  ].join('\n')

  it.each(['en', 'zh', 'both'] as const)(
    'masks them in the lines of a client log that was pasted with the trace: %s',
    (lang) => {
      const said = JSON.stringify(linesOf(analyseText(text, { lang }), 'exchange'))
      expect(said).not.toContain('hunter2')
      expect(said).toContain(`> Cookie: ${MASK}`)
      expect(said).toContain(`> authorization: Basic ${MASK}`)
      expect(said).toContain(`< Set-Cookie: ${MASK}`)
      expect(JSON.stringify(analyseText(text, { lang, showSecrets: true }))).toContain('> Cookie: sid=hunter2')
    },
  )
})
