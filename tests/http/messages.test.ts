import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { bytesOf, type FeedOptions, feed, type PlainExchange, type PlainMessage, type Segment } from './feed.ts'

/** Every fixture under messages/ is a test: a heading, a block `segments` and a block `log` that it must give.
 *
 *  A segment is `client|server "bytes as a JSON string" [cut N|lost]`; `× N` repeats it within the segment; `client.` goes
 *  on with a new segment of the same bytes only in name. The first line may set options: `options {"midStream":true}`.
 *  WRITE_LOGS=1 writes the logs anew, to be read before they are committed. */
const folder = fileURLToPath(new URL('messages/', import.meta.url))

interface Case {
  name: string
  options: FeedOptions
  segments: Segment[]
  log: string
}

const CASE = /^## (.+)\n[\s\S]*?```segments\n([\s\S]*?)```\s*```log\n([\s\S]*?)```/gm

function parseSegment(line: string): Segment {
  const match = /^(client|server) (".*")(?: × (\d+))?(?: cut (\d+)| (lost))?$/.exec(line)
  if (!match) throw new Error(`not a segment: ${line}`)
  const text = (JSON.parse(match[2]) as string).repeat(Number(match[3] ?? 1))
  return {
    side: match[1] === 'client' ? 0 : 1,
    bytes: bytesOf(text),
    cut: Number(match[4] ?? 0),
    lost: match[5] === 'lost',
  }
}

function parseCase([, name, block, log]: RegExpMatchArray): Case {
  const all = block.trim().split('\n')
  const options: FeedOptions = all[0].startsWith('options ') ? JSON.parse(all[0].slice(8)) : {}
  return { name, options, segments: all.filter((line) => !line.startsWith('options ')).map(parseSegment), log }
}

function describeMessage(title: string, m: PlainMessage): string[] {
  const start = m.side === 0 ? `${m.method} ${m.target ?? `${m.targetPrefix}…`}` : `${m.status} ${m.reason}`
  const flags = [
    m.headCut && 'head-cut',
    m.framingLost && 'framing-lost',
    m.chunked && 'chunked',
    m.upgrade && 'upgrade',
    m.persistent === false && 'closes',
    m.headEndsAtSegmentEnd === true && 'head-ends-segment',
    m.contentLength !== null && `length=${m.contentLength}`,
    m.keepAliveTimeout !== null && `timeout=${m.keepAliveTimeout}`,
    m.dateHeader !== null && `date=${m.dateHeader}`,
    m.cutBytes > 0 && `cut=${m.cutBytes}`,
    m.lostBytes > 0 && `lost=${m.lostBytes}`,
  ].filter(Boolean)
  const complete = m.complete === null ? 'unproven' : m.complete ? 'complete' : 'incomplete'
  return [
    `  ${title} ${m.basis} ${start} [${m.startOffset}, ${m.endOffset}) head ${m.headBytes} body ${m.bodyBytes} content ${m.contentBytes} ${complete} by ${m.endedBy} in #${m.packets.join(' #')}${flags.length ? `: ${flags.join(' ')}` : ''}`,
    ...m.headers.map(([name, value]) => `    ${name}: ${JSON.stringify(value).slice(1, -1)}`),
    ...m.trailers.map(([name, value]) => `    trailer ${name}: ${value}`),
    ...m.errors.map((e) => `    error ${e.code} at ${e.offset} in #${e.packet}`),
  ]
}

function describeExchange(e: PlainExchange): string {
  const switched = e.switched ? ` switched=${e.switched}` : ''
  return [
    `exchange ${e.index} pairing ${e.pairing}${switched}`,
    ...(e.request ? describeMessage('request', e.request) : ['  no request']),
    ...e.interim.map((i) => `  interim ${i.status} ${i.reason} head ${i.headBytes} in #${i.packet}`),
    ...(e.response ? describeMessage('response', e.response) : ['  no response']),
    '',
  ].join('\n')
}

for (const file of readdirSync(folder).sort()) {
  describe(file, () => {
    const text = readFileSync(folder + file, 'utf8')
    const cases = [...text.matchAll(CASE)]
    test('is read to its end', () => expect(cases.length).toBe(text.split('\n## ').length - 1))
    let written = text
    for (const match of cases) {
      const { name, options, segments, log } = parseCase(match)
      test(name, () => {
        const found = feed(segments, options).map(describeExchange).join('') || 'nothing\n'
        if (process.env.WRITE_LOGS) {
          written = written.replace(
            match[0],
            () => `${match[0].slice(0, match[0].lastIndexOf('```log'))}\`\`\`log\n${found}\`\`\``,
          )
          writeFileSync(folder + file, written)
        } else expect(found).toBe(log)
      })
    }
  })
}
