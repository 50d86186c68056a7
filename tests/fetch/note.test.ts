import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeNeeds } from '../needs.ts'
import { freePort, RealServer } from '../support/http-servers.ts'
import { setScene } from './scene.ts'

const { fetched } = setScene()

/** The head of the note's response, made up to its 328 bytes, and 974 bytes of body. */
const HEAD = [
  'HTTP/1.1 200 OK',
  'Date: Sun, 10 Aug 2008 02:27:08 GMT',
  'Server: Apache/2.0.59 (Unix) DAV/2 PHP/5.2.1 SVN/1.4.6',
  'Last-Modified: Wed, 21 May 2008 01:19:21 GMT',
  'ETag: "298227-3ce-62ec9840"',
  'Accept-Ranges: bytes',
  'Content-Length: 974',
  'Keep-Alive: timeout=15, max=100',
  'Connection: Keep-Alive',
  'Content-Type: text/html; charset=GB2312',
]

describeNeeds(['apache2'], "the note's page from a real Apache", () => {
  const server = new RealServer()
  let port = 0

  beforeAll(async () => {
    port = await freePort()
    const lines = [...HEAD]
    const bytes = `${lines.join('\r\n')}\r\n\r\n`.length
    if (bytes < 328) lines.push(`X: ${'x'.repeat(328 - bytes - 5)}`)
    const printed = lines
      .map((line) => `${line}\\r\\n`)
      .join('')
      .replaceAll('"', '\\"')
      .replaceAll('%', '%%')
    const script = join(server.pages, 'nph-note')
    writeFileSync(script, `#!/bin/sh\nprintf "${printed}\\r\\n"\nsleep 0.02\nprintf '%974s' x\n`)
    chmodSync(script, 0o755)
    server.page('note.html', 'x'.repeat(974))
    await server.apache(
      `ScriptAlias /cgi/ ${server.pages}/\nScriptSock ${server.folder}/cgi.sock\n<Directory ${server.pages}>\nRequire all granted\n</Directory>`,
      port,
    )
  })
  afterAll(() => server.close())

  it('comes as head and body, apart: the log of the note, line for line', async () => {
    const url = `http://127.0.0.1:${port}/cgi/nph-note`
    const own = `GET /cgi/nph-note HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUser-Agent: wiretale/1.2.3\r\nAccept: */*\r\n\r\n`
    const { code, text } = await fetched(['-H', `Filler: ${'f'.repeat(611 - own.length - 'Filler: \r\n'.length)}`, url])
    const said = text
      .split('\n')
      .filter((line) => /^ *\d+\.\d\d {2}/.test(line))
      .map((line) =>
        line
          .trim()
          .replace(/^[\d.]+ +/, '')
          .replace(/\d{5}/g, 'PORT'),
      )
    expect(said.slice(0, 7)).toEqual([
      'Connecting to 127.0.0.1:PORT',
      'Connected, from port PORT',
      'GET /cgi/nph-note HTTP/1.1',
      'Request sent. 611 bytes',
      'HTTP/1.1 200 OK',
      'Data available. 974/974 bytes',
      '200 Request complete',
    ])
    expect(text).toContain('request 611 headers + 0 body, response 328 headers + 974 body bytes')
    for (const line of HEAD.slice(1)) expect(text).toContain(line)
    const moment = (what: string): number => Number(new RegExp(`^ *([\\d.]+) {2}${what}`, 'm').exec(text)?.[1])
    expect(moment('Data available') - moment('HTTP/1.1 200')).toBeGreaterThan(15)
    expect(code).toBe(0)
  })

  it('comes at once as a file', async () => {
    const { text } = await fetched([`http://127.0.0.1:${port}/note.html`])
    const moments = [...text.matchAll(/^ *([\d.]+) {2}(?:HTTP\/1.1 200|Data available. 974\/974)/gm)].map(
      (match) => match[1],
    )
    expect(moments).toHaveLength(2)
    expect(moments[0]).toBe(moments[1])
  })
})
