import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { analyseChunks } from '../../../../../tests/support/analysis.ts'
import { DigestBuilder } from '../digest.ts'
import { textOptions } from '../options.ts'
import { renderText } from '../text.ts'

const root = new URL('../../../../../', import.meta.url)

/** The conclusion as one line a row, its cells' spaces made one. */
function conclude(path: string, options: { full?: boolean; width?: number } = {}): string[] {
  const bytes = new Uint8Array(readFileSync(new URL(path, root)))
  const builder = new DigestBuilder({ conversation: null })
  for (const line of analyseChunks(bytes, [bytes.length])) builder.add(line)
  const only = options.full === false ? null : 'conclusion'
  const text = [...renderText(builder.finish(), textOptions({ only, width: options.width ?? 400 }))]
  return text.map((line) => line.trim().replace(/\s+/g, ' '))
}

it("shows the client's log beside the packets, and what follows from both", () => {
  const rows = conclude('tests/fixtures/http-practice.txt')
  expect(rows).toContain('Exchange Request 611 B, response 1302 B; what they say was not captured #4 #6 #7')
  expect(rows).toContain('Client log Site found: www.tcpdump.com=192.168.64.71')
  expect(rows).toContain('Connecting to 192.168.64.71 #1')
  expect(rows).toContain('Content-Length: 974 #6')
  expect(rows).toContain('Data available. 974/974 bytes #7')
  expect(rows).toContain(
    "By the client's log: GET http:// www.tcpdump.com/ -> 200. Inferred: the packets do not show it. #4 #6",
  )
  expect(rows).toContain(
    "By the client's log the body has 974 B: all of #7. So #6, 328 B, is the headers: inferred from the log. #6 #7",
  )
})

it('folds the headers of the log where the packets are shown too, and cuts lines that are too long', () => {
  const rows = conclude('tests/fixtures/http-practice.txt', { full: false })
  expect(rows).toContain('3 request headers #4')
  expect(rows).toContain('9 response headers #6')
  expect(rows).not.toContain('Content-Length: 974 #6')
  const cut = conclude('tests/fixtures/http-practice.txt', { width: 72 }).find((row) => row.startsWith('> Accept:'))
  expect(cut).toMatch(/^> Accept: .+\.\.\..+ #4$/)
})

it('calls nothing healthy of which only one side was captured', () => {
  const rows = conclude('tests/fixtures/captures/cap-one-direction-out.pcap')
  expect(rows.some((row) => row.startsWith("only the client's packets are in the capture"))).toBe(true)
  expect(rows.some((row) => row.includes('ok: '))).toBe(false)
})

it('says that an ICMP message ended an attempt, and does not call its way free of loss', () => {
  const rows = conclude('tests/fixtures/captures/open-icmp-host-unreachable.pcap')
  expect(rows).toContain('Close An ICMP error ended the attempt: the connection never opened. #4')
  expect(rows).toContain('Health No answer to SYN: the connection never opened. #3')
})

it('does not divide a wait in which the request was sent again', () => {
  const rows = conclude('tests/fixtures/captures/nginx-curl-keepalive.pcap')
  expect(rows.some((row) => row.startsWith('WAIT is') || row.startsWith('Of the wait'))).toBe(true)
  const again = conclude('tests/fixtures/captures/loss-request-rto.pcap')
  expect(again).toContain('A segment was sent again meanwhile: how much of the wait was the server is unknown. #7')
  expect(again.some((row) => row.startsWith('Of the wait'))).toBe(false)
})

it('tells content that was not captured from content that is not HTTP', () => {
  expect(conclude('tests/fixtures/captures/crash-client-kill9-unread.pcap')[2]).toContain(
    'GET /index.html -> (an answer that cannot be read as HTTP), request 78 B, response 100 B',
  )
  expect(conclude('tests/fixtures/captures/cap-one-direction-out.pcap')[2]).toContain(
    'GET /index.html -> (response, contents not captured), request 78 B, response 3079 B',
  )
})

it('explains numbers that go back in a chain of states', () => {
  const crossed = 'Where a number is lower than the one before it, the two packets crossed'
  const rows = conclude('tests/fixtures/captures/close-simultaneous.pcap')
  expect(rows.some((row) => row.startsWith(crossed))).toBe(true)
  expect(conclude('examples/http-practice.pcap').some((row) => row.startsWith(crossed))).toBe(false)
})
