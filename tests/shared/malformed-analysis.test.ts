import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import {
  Analysis,
  ChunkFeeder,
  DigestBuilder,
  openCapture,
  type ReportLine,
  renderJson,
  renderText,
  textOptions,
} from '@wiretale/core'
import { expect, test } from 'vitest'
import { needsShared, sharedFolder } from '../needs.ts'
import { randomNumbers } from '../support/analysis.ts'

/** The whole way from hostile bytes to sentences: no exception, no second, no control byte. */

/** Analysis and text of a capture's bytes; what a terminal and a pipe would get. */
function explain(bytes: Uint8Array): { json: string; text: string } {
  const lines: ReportLine[] = []
  const builder = new DigestBuilder({ conversation: null })
  const analysis = new Analysis(
    {
      file: null,
      types: new Set(['capture', 'packet', 'conversation', 'exchange', 'finding', 'summary']),
      lang: 'both',
      showSecrets: false,
    },
    (line) => {
      lines.push(line)
      builder.add(line)
    },
  )
  const feeder = new ChunkFeeder(openCapture(analysis))
  feeder.push(bytes)
  feeder.end()
  analysis.finish(feeder.damage)
  const options = textOptions({ lang: 'both', only: null, ascii: false, width: 100 })
  return { json: lines.map(renderJson).join(''), text: [...renderText(builder.finish(), options)].join('\n') }
}

function isClean(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there.
  return !/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/.test(text)
}

function check(bytes: Uint8Array, what: string): void {
  const started = performance.now()
  const { json, text } = explain(bytes)
  const ms = performance.now() - started
  if (ms > 1000) expect.fail(`${what}: ${ms.toFixed(0)} ms`)
  if (!isClean(json) || !isClean(text)) expect.fail(`${what}: a control byte in the output`)
}

/** The file whole, cut at random places, and with bytes changed. */
function torment(path: string, draws: number): void {
  const file = new Uint8Array(readFileSync(path))
  const random = randomNumbers(file.length)
  check(file, 'whole')
  for (let draw = 0; draw < draws; draw++) {
    const cut = Math.floor(random() * file.length)
    check(file.slice(0, cut), `cut at ${cut}`)
    const changed = file.slice()
    for (let k = 0; k < 1 + draw; k++)
      changed[24 + Math.floor(random() * (file.length - 24))] = Math.floor(random() * 256)
    check(changed, `change ${draw}`)
  }
}

function captures(folder: string, atMost: number): [string, string][] {
  return readdirSync(folder)
    .filter((name) => /\.pcap(ng)?$/.test(name) && statSync(join(folder, name)).size <= atMost)
    .map((name) => [name, join(folder, name)])
}

needsShared('hostile captures', () => {
  test.each(captures(join(sharedFolder, 'tcpdump/malformed'), 1 << 20))(
    '%s is explained, whole, cut and changed',
    (_name, path) => torment(path, 12),
  )
  test.each(captures(join(sharedFolder, 'tcpdump/cases'), 1 << 20))(
    '%s is explained, whole and changed',
    (_name, path) => torment(path, 3),
  )
  // Rich in TCP and HTTP: changed bytes reach the machines and the parser.
  test.each(captures(join(sharedFolder, 'truth'), 20_000))('%s is explained, cut and changed', (_name, path) =>
    torment(path, 10),
  )
})
