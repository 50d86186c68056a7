import { describe, expect, it } from 'vitest'
import { analyseScript, CLIENT_CLOSES, HANDSHAKE, type Script } from '../../../../tests/support/script.ts'
import { type Annotation, renderAnnotation } from './annotation.ts'
import { textOptions } from './options.ts'
import { textWidth } from './width.ts'

const REQUEST = '"GET / HTTP/1.1\r\n\r\n"'

function annotate(script: Script, lang: 'en' | 'zh' | 'both' = 'en'): Annotation[] {
  const annotations: Annotation[] = []
  analyseScript(script, { lang, types: new Set(), annotate: (annotation) => annotations.push(annotation) })
  return annotations
}

/** One string a line, of every packet. */
function render(script: Script, options: Parameters<typeof textOptions>[0] = {}): string[] {
  return annotate(script, options?.lang).flatMap((annotation) =>
    renderAnnotation(annotation, textOptions({ width: 120, ...options })),
  )
}

describe('an annotation', () => {
  it('names the states that a packet leads to, and says what it means', () => {
    expect(render([...HANDSHAKE, `c>s ${REQUEST}`, ...CLIENT_CLOSES])).toEqual([
      '│ #1 C:CLOSED>SYN_SENT  S:LISTEN>SYN_RCVD~  Client asks to open a connection.',
      '│ #2 C:SYN_SENT>ESTABLISHED~  S:SYN_RCVD  Server answers, with its own sequence number.',
      '│ #3 C:ESTABLISHED  S:SYN_RCVD>ESTABLISHED~  Handshake done in 2.00 ms (since #1).',
      '│ #4 Client sends the request: GET / HTTP/1.1, 18 B.',
      '│ #5 C:ESTABLISHED>FIN_WAIT_1  S:ESTABLISHED>CLOSE_WAIT~  Client closes first.',
      '│ #6 C:FIN_WAIT_1>FIN_WAIT_2~>TIME_WAIT~  S:CLOSE_WAIT>LAST_ACK  Server closes too and acknowledges the FIN (#5).',
      '│ #7 C:TIME_WAIT  S:LAST_ACK>CLOSED~  Last ACK. Client stays in TIME_WAIT, about 60 s on Linux.',
    ])
  })

  it('takes back what a later packet shows to be wrong', () => {
    const crossing = [...HANDSHAKE, `c>s ${REQUEST}`, 's>c 10B', 'c>s FIN', 's>c FIN ack=19']
    expect(render(crossing, { width: 200 }).at(-1)).toMatch(
      /^│ #7 C:FIN_WAIT_1>CLOSING~ {2}S:ESTABLISHED>FIN_WAIT_1>CLOSING~ \(not CLOSE_WAIT\) {2}Server closes too/,
    )
    expect(render(crossing, { lang: 'zh', width: 200 }).at(-1)).toContain(
      'S:ESTABLISHED>FIN_WAIT_1>CLOSING~ （并非 CLOSE_WAIT）',
    )
  })

  it('does not leave a SYN_RCVD behind that never was', () => {
    expect(render(['c>s SYN', 's>c RST ACK ack=1'], { width: 80 })[1]).toBe(
      '│ #2 C:SYN_SENT>CLOSED~  S:? (not SYN_RCVD)  Server refuses the SYN (#1):',
    )
  })

  it('says with ? what cannot be told', () => {
    expect(render(['c>s "GET / HTTP/1.1\r\n\r\n"', 's>c 10B'], { width: 200 })[1]).toMatch(
      /^│ #2 C:\?>ESTABLISHED~ {2}S:\?>ESTABLISHED /,
    )
  })

  it('gives each language its own line', () => {
    expect(render(HANDSHAKE.slice(0, 1), { lang: 'both', width: 80 })).toEqual([
      '│ #1 C:CLOSED>SYN_SENT  S:LISTEN>SYN_RCVD~  Client asks to open a connection.',
      '│    客户端发起连接请求。',
    ])
  })

  it('puts the sentence under the states where it does not fit beside them', () => {
    expect(render(HANDSHAKE.slice(0, 1), { width: 60 })).toEqual([
      '│ #1 C:CLOSED>SYN_SENT  S:LISTEN>SYN_RCVD~',
      '│    Client asks to open a connection.',
    ])
    expect(render(HANDSHAKE.slice(0, 1), { width: 24 })).toEqual([
      '│ #1 C:CLOSED>SYN_SENT',
      '│    S:LISTEN>SYN_RCVD~',
      '│    Client asks to open',
      '│    a connection.',
    ])
  })

  const story: Script = [
    ...HANDSHAKE,
    `c>s ${REQUEST}`,
    'c>s ack=1',
    `c>s seq=1 ${REQUEST}`,
    '+300ms s>c "HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n"',
    's>c 1460B dropped',
    's>c 1460B',
    'c>s',
    's>c win=0',
    ...CLIENT_CLOSES,
  ]

  it.each(['en', 'zh', 'both'] as const)('keeps to the width and the margin, %s', (lang) => {
    for (const ascii of [false, true]) {
      for (const width of [24, 25, 31, 40, 72, 80, 140]) {
        for (const line of render(story, { lang, width, ascii })) {
          expect(line.startsWith(ascii ? '~ ' : '│ '), line).toBe(true)
          expect(textWidth(line), line).toBeLessThanOrEqual(width)
          expect(line).not.toMatch(/\n|\s$/)
        }
      }
    }
  })

  it('has its colours inside of the margin, and says the same without them', () => {
    const painted = render(story, { paint: (_style, text) => (text.trim() === '' ? text : `\x1b[1m${text}\x1b[22m`) })
    for (const line of painted) expect(line.startsWith('│ ')).toBe(true)
    expect(painted.some((line) => line.includes('\x1b'))).toBe(true)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the colours are looked for
    expect(painted.map((line) => line.replace(/\x1b\[\d+m/g, ''))).toEqual(render(story))
  })

  it('spells out what a packet holds, and shortens it', () => {
    const target = `/${'\u001b[2J\r\u0007'.repeat(3)}${'x'.repeat(2000)}`
    const lines = render([...HANDSHAKE, `c>s "GET ${target} HTTP/1.1\r\n\r\n"`], { width: 80 }).slice(3)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control bytes are looked for
    for (const line of lines) expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e]/)
    expect(lines.length).toBeLessThanOrEqual(7)
    expect(lines.join('')).toContain('...')
  })
})
