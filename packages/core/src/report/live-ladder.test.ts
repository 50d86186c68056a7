import { describe, expect, it } from 'vitest'
import { fixtureCaptures, loadCapture } from '../../../../tests/support/analysis.ts'
import { analyseScript, CLIENT_CLOSES, HANDSHAKE, type Script } from '../../../../tests/support/script.ts'
import { type AnalyseOptions, Analysis } from '../analyse.ts'
import { LiveLadder } from './live-ladder.ts'
import { type Part, textOptions } from './options.ts'
import { textWidth } from './width.ts'

type Look = NonNullable<Parameters<typeof textOptions>[0]>

const REQUEST = '"GET / HTTP/1.1\r\n\r\n"'
const ALL = new Set(['capture', 'packet', 'conversation', 'exchange', 'finding', 'summary'] as const)
const timeOfDay = (time: string): string => time.slice(11, 23)

function watch(
  look: Look,
  run: (ladder: LiveLadder, asked: Pick<AnalyseOptions, 'lang' | 'annotate' | 'live'>) => void,
) {
  const shown: string[] = []
  const ladder = new LiveLadder(textOptions(look), (line) => shown.push(line), timeOfDay)
  const lang = look.lang ?? 'en'
  run(ladder, { lang, annotate: (annotation) => ladder.annotate(annotation), live: { most: 1000 } })
  return shown
}

function ladderOf(script: Script, look: Look = { width: 80 }): string[] {
  return watch(look, (ladder, asked) => {
    analyseScript(script, { ...asked, tell: (line) => ladder.add(line) })
  })
}

function ladderOfCapture(path: string, look: Look): string[] {
  const capture = loadCapture(path)
  return watch(look, (ladder, asked) => {
    const analysis = new Analysis({ file: null, showSecrets: false, types: ALL, ...asked }, (line) => ladder.add(line))
    analysis.capture(capture.info)
    for (const record of capture.records) analysis.packet(record)
    analysis.finish(null)
  })
}

describe('a ladder that grows', () => {
  it('draws each packet with the states that are known by then, and what it means', () => {
    expect(ladderOf([...HANDSHAKE, `c>s ${REQUEST}`, ...CLIENT_CLOSES])).toEqual([
      '~ inferred so far, not observed. CONV: the number of the conversation.',
      ' CONV     #         ms  CLIENT                                      SERVER',
      '── 0 ── 10.0.0.1:49200 -> 10.0.0.2:80 ── 00:00:00.000 ──────────────────────────',
      '    0                   CLOSED~                                     LISTEN~',
      '    0     1      0.000  SYN_SENT     ─────────── SYN ────────────▶  SYN_RCVD~',
      '                        Client asks to open a connection.',
      '    0     2      1.000  ESTABLISHED~ ◀───────── SYN ACK ──────────  SYN_RCVD',
      '                        Server answers, with its own sequence number.',
      '    0     3      2.000  ESTABLISHED  ─────────── ACK ────────────▶  ESTABLISHED~',
      '                        Handshake done in 2.00 ms (since #1).',
      '    0     4      3.000               ─────── PSH ACK 18 B ───────▶',
      '                        Client sends the request: GET / HTTP/1.1, 18 B.',
      '    0     5      4.000  FIN_WAIT_1   ───────── FIN ACK ──────────▶  CLOSE_WAIT~',
      '                        Client closes first.',
      '    0     6      5.000  FIN_WAIT_2~  ◀───────── FIN ACK ──────────  LAST_ACK',
      '                        TIME_WAIT~',
      '                        Server closes too and acknowledges the FIN (#5).',
      '    0     7      6.000  TIME_WAIT    ────────── ACK 2 ───────────▶  CLOSED~',
      '                        Last ACK. Client stays in TIME_WAIT, about 60 s on',
      '                        Linux.',
    ])
  })

  const two: Script = [
    'c>s SYN',
    's>c SYN ACK',
    'c>s SYN port=49201',
    's>c SYN ACK port=49201',
    'c>s ACK',
    `c>s ${REQUEST}`,
    'c>s ACK port=49201',
  ]

  it('heads every change of the conversation, and says where one that goes on stands', () => {
    const heads = ladderOf(two).filter((line) => line.startsWith('── '))
    expect(heads.map((line) => line.replace(/ ─+$/, ''))).toEqual([
      '── 0 ── 10.0.0.1:49200 -> 10.0.0.2:80 ── 00:00:00.000',
      '── 1 ── 10.0.0.1:49201 -> 10.0.0.2:80 ── 00:00:00.002',
      '── 0 ── 10.0.0.1:49200 -> 10.0.0.2:80 ── C:ESTABLISHED S:ESTABLISHED~',
      '── 1 ── 10.0.0.1:49201 -> 10.0.0.2:80 ── C:ESTABLISHED S:ESTABLISHED~',
    ])
    expect(ladderOf(two, { width: 120 }).filter((line) => line.startsWith('── '))[2]).toContain(
      '10.0.0.2:80 ── 00:00:00.004 ── C:ESTABLISHED S:ESTABLISHED~ ──',
    )
  })

  it('says that a state was none where a later packet shows it', () => {
    const crossing = [...HANDSHAKE, `c>s ${REQUEST}`, 's>c 10B', 'c>s FIN', 's>c FIN ack=19']
    expect(ladderOf(crossing).join(' ').replace(/\s+/g, ' ')).toContain('Server was not in CLOSE_WAIT after all.')
    expect(ladderOf(crossing, { lang: 'zh', width: 140 }).join('')).toMatch(/实际上并未进入\s+CLOSE_WAIT/)
  })

  it('shows one line a packet where columns do not fit, and the sentences alone where they are asked for', () => {
    expect(ladderOf(HANDSHAKE, { width: 60 }).slice(2, 6)).toEqual([
      '── 0 ── 10.0.0.1:49200 -> 10.0.0.2:80 ── 00:00:00.000 ──────',
      'C:CLOSED~ S:LISTEN~',
      '0 #1 0.000 C>S SYN  C:SYN_SENT  S:SYN_RCVD~',
      '  Client asks to open a connection.',
    ])
    expect(ladderOf(HANDSHAKE, { width: 80, only: 'notes' }).at(-1)).toBe(
      '    0    #3  Handshake done in 2.00 ms (since #1).',
    )
    expect(ladderOf(HANDSHAKE, { width: 80, only: 'conclusion' })).toEqual([])
  })

  it('follows the terminal when its width changes', () => {
    const shown: string[] = []
    const ladder = new LiveLadder(textOptions({ width: 140 }), (line) => shown.push(line), timeOfDay)
    let packets = 0
    analyseScript(HANDSHAKE, {
      tell: (line) => ladder.add(line),
      annotate: (annotation) => {
        if (++packets === 3) ladder.resize(80)
        ladder.annotate(annotation)
      },
    })
    expect(shown.find((line) => line.includes(' SYN ACK '))).toMatch(/Server answers, with its own sequence number\.$/)
    expect(shown.at(-1)).toBe('                        Handshake done in 2.00 ms (since #1).')
  })

  it('tells times of long conversations in seconds and hours', () => {
    const numbers = ladderOf([...HANDSHAKE, '+200s c>s 1B', '+30000s c>s 1B', '+500000s c>s 1B'], { width: 50 })
    expect(numbers.map((line) => /^0 #[456] ([\d.]+ [sh]) /.exec(line)?.[1]).filter(Boolean)).toEqual([
      '200.0 s',
      '30200.0 s',
      '147.3 h',
    ])
  })

  it.each(['en', 'zh', 'both'] as const)('keeps to the width whatever the capture, %s', (lang) => {
    for (const path of fixtureCaptures()) {
      for (const [width, only, ascii] of [
        [24, null, true],
        [72, 'ladder', false],
        [80, null, false],
        [140, null, false],
        [80, 'notes', true],
      ] as [number, Part | null, boolean][]) {
        for (const line of ladderOfCapture(path, { lang, width, only, ascii })) {
          expect(textWidth(line), line).toBeLessThanOrEqual(width)
          // biome-ignore lint/suspicious/noControlCharactersInRegex: control bytes are looked for
          expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f]|\s$/)
        }
      }
    }
  })

  it('spells out what a packet holds, and shortens it', () => {
    const target = `/${'\u001b[2J\r\u0007'.repeat(3)}${'x'.repeat(2000)}`
    const lines = ladderOf([...HANDSHAKE, `c>s "GET ${target} HTTP/1.1\r\n\r\n"`]).slice(10)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control bytes are looked for
    for (const line of lines) expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e]/)
    expect(lines.length).toBeLessThan(9)
    expect(lines.join('')).toContain('\\x1b[2J')
    expect(lines.join('')).toContain('...')
  })
})
