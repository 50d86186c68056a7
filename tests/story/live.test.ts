import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { textOptions } from '@wiretale/core'
import { Ajv } from 'ajv'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { LiveStory, type LiveTelling } from '../../packages/cli/src/commands/live-story.ts'
import { ALL_TYPES } from '../../packages/cli/src/commands/reading.ts'
import { ReplaySource } from '../support/replay-source.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const captures = `${root}tests/fixtures/captures/`
const errors: string[] = []
vi.mock('../../packages/cli/src/tcpdump/tell.ts', () => ({ tell: (text: string) => errors.push(text) }))
afterEach(() => {
  errors.length = 0
})

/** What is written: `shown[i]` by the time of the flush number i. */
async function story(source: ReplaySource, asked: Partial<LiveTelling> = {}) {
  let text = ''
  const shown: string[] = []
  const output = {
    write: (part: string) => {
      text += part
    },
    line: (part: string) => {
      text += `${part}\n`
    },
    flush: () => {
      shown.push(text)
      return null
    },
  }
  const look = textOptions({ width: 80, canAsk: false })
  const telling = {
    look,
    types: new Set(ALL_TYPES),
    lang: 'en',
    showSecrets: false,
    limit: 0,
    expression: '',
    processes: null,
  } as const
  const told = new LiveStory(source, { ...telling, ...asked }, output)
  const code = await told.run()
  return { code, text, shown, lines: text.split('\n') }
}

describe('explain -i', () => {
  it('shows each packet when its batch has come, and concludes at the end', async () => {
    const source = new ReplaySource(`${captures}nginx-curl-keepalive.pcap`, 5)
    source.counts = { received: 22, dropped: 3, droppedByInterface: 1 }
    const { code, text, shown } = await story(source)
    expect(code).toBe(0)
    // The first batch holds the handshake.
    expect(shown[0]).toContain('Handshake done in 0.04 ms (since #3).')
    expect(shown[0]).not.toContain('GET /small.txt')
    expect(shown[1]).toContain('Client sends the request: GET /small.txt HTTP/1.1, 88 B.')
    expect(shown.slice(0, -1).join('')).not.toContain('CONCLUSION')
    expect(text).toContain('\n\nCONCLUSION  192.0.2.1:40300 -> 192.0.2.2:28080')
    expect(text).toContain('the capture itself missed 4 packets')
    expect(errors.join('')).toBe(
      '22 packets captured\n22 packets received by filter\n3 packets dropped by kernel\n1 packet dropped by interface\n',
    )
  })

  it('of many conversations shows the table and the telling ones', async () => {
    const { text } = await story(new ReplaySource(`${captures}apache-ab.pcap`))
    expect(text).toMatch(/^CONVERSATIONS {2}\d+ in /m)
    expect(text).toMatch(/^In full: \d of /m)
    expect(text).not.toContain('add -c NUMBER')
  })

  it('concludes what it has by then when it is stopped, and when the interface fails', async () => {
    const stopped = new ReplaySource(`${captures}nginx-curl-keepalive.pcap`, 5)
    stopped.between = () => stopped.stop()
    expect((await story(stopped)).text).toContain('Nobody closed the connection within the capture.')
    const failed = new ReplaySource(`${captures}nginx-curl-keepalive.pcap`)
    failed.end = { reason: 'failed', message: 'The interface disappeared' }
    const { code, text } = await story(failed)
    expect(code).toBe(1)
    expect(text).toContain('Client sent FIN first.')
    expect(errors[errors.length - 2]).toBe('wiretale: The interface disappeared\n')
  })

  it('ends after so many packets', async () => {
    const { text } = await story(new ReplaySource(`${captures}nginx-curl-keepalive.pcap`), { limit: 5 })
    expect(text).toMatch(/ {5}5 {6}0\.044 /)
    expect(text).not.toContain('GET ')
    expect(errors.join('')).toContain('5 packets captured\n')
  })

  it('shows one part alone where it is asked for', async () => {
    const path = `${captures}nginx-curl-keepalive.pcap`
    const only = (part: 'ladder' | 'notes' | 'conclusion') =>
      story(new ReplaySource(path), { look: textOptions({ width: 80, only: part }) })
    const ladder = (await only('ladder')).text
    expect(ladder).toContain(' SYN ACK ')
    expect(ladder).not.toMatch(/CONCLUSION|Handshake done/)
    const notes = (await only('notes')).text
    expect(notes).toContain('    0    #5  Handshake done in 0.04 ms (since #3).\n')
    expect(notes).not.toContain('CONCLUSION')
    expect((await only('conclusion')).text).toMatch(/^CONCLUSION/)
  })

  it('says that there was nothing', async () => {
    const { text } = await story(new ReplaySource(`${root}tests/fixtures/captures/apache-ab.pcap`), { limit: 2 })
    expect(text.trimEnd().split('\n').at(-1)).toBe('No TCP conversation in 2 packets.')
  })

  it('speaks Chinese', async () => {
    const look = textOptions({ width: 80, lang: 'zh' })
    const { text } = await story(new ReplaySource(`${captures}nginx-curl-keepalive.pcap`), { look, lang: 'zh' })
    expect(text).toContain('三次握手完成，用时 0.04 ms（自 #3 起）。')
    expect(text).toContain('\n\n结论')
  })

  it('streams the lines of the report as they become known', async () => {
    const source = new ReplaySource(`${captures}nginx-curl-keepalive.pcap`, 4)
    const { shown, lines } = await story(source, { look: null, expression: 'port 28080' })
    const validate = new Ajv().compile(JSON.parse(readFileSync(`${root}packages/core/report.schema.json`, 'utf8')))
    const parsed = lines.filter((line) => line !== '').map((line) => JSON.parse(line))
    for (const line of parsed) expect(validate(line) || validate.errors).toBe(true)
    expect(parsed[0].interfaces).toEqual([{ name: 'test0', link: 'EN10MB', snaplen: 262144, filter: 'port 28080' }])
    expect(parsed.at(-1).type).toBe('summary')
    // The first exchange is there before the second request is.
    const atFirst = shown.find((text) => text.includes('"type":"exchange"')) ?? ''
    expect(atFirst).not.toContain('/index.html')
    expect(parsed.filter(({ type }) => type === 'exchange').map(({ target, status }) => [target, status])).toEqual([
      ['/small.txt', 200],
      ['/index.html', 200],
      ['/nope', 404],
      ['/small.txt', 200],
      ['/index.html', 200],
    ])
  })
})
