import { createReadStream, readFileSync, statSync } from 'node:fs'
import { isIP } from 'node:net'
import { basename } from 'node:path'
import { UsageError } from '../flags/flag.ts'
import type { Arguments } from '../flags/parse.ts'
import { errorCode, FetchError } from './failure.ts'
import type { ConnectTo, FetchOptions } from './options.ts'
import { parseProxy } from './proxy.ts'
import type { RequestBody } from './request.ts'
import { readAuthorities } from './tls.ts'

/** The options of the command line, checked. Throws UsageError, and FetchError for a file that cannot be read. */
export function readOptions(given: Arguments): FetchOptions {
  const data = given.texts('data')
  const upload = given.text('upload-file')
  if (data.length > 0 && upload !== null) {
    throw new UsageError('-d and -T contradict each other', 'send a form or a file, not both')
  }
  const family = given.switch('ipv4') === true ? 4 : given.switch('ipv6') === true ? 6 : 0
  if (given.switch('ipv4') === true && given.switch('ipv6') === true) {
    throw new UsageError('-4 and -6 contradict each other', 'leave one of them out, or both')
  }
  const cacert = given.text('cacert')
  return {
    method: readMethod(given.text('request')),
    headers: given.texts('header').map(readHeader),
    body: upload !== null ? readUpload(upload) : data.length > 0 ? readData(data) : null,
    bodyType: data.length > 0 ? 'application/x-www-form-urlencoded' : null,
    uploadName: upload === null || upload === '-' ? null : basename(upload),
    isUpload: upload !== null,
    head: given.switch('head') === true,
    follow: given.switch('location') === true,
    output: given.text('output'),
    user: given.text('user'),
    insecure: given.switch('insecure') === true,
    authorities: cacert === null ? null : readAuthorities(cacert),
    lookup: { given: new Map(given.texts('resolve').map(readResolve)), family },
    connectTo: given.texts('connect-to').map(readConnectTo),
    maxTimeMs: readSeconds('max-time', given.text('max-time')),
    connectTimeoutMs: readSeconds('connect-timeout', given.text('connect-timeout')),
    version: readVersion(given),
    expectContinue: given.switch('expect100') === true,
    proxy: readProxy(given.text('proxy')),
    compressed: given.switch('compressed') === true,
  }
}

/** The URL of an operand: http:// where no scheme is named. Throws UsageError. */
export function readUrl(text: string): URL {
  let url: URL
  try {
    url = new URL(/^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`)
  } catch {
    throw new UsageError(`not a URL: '${shorten(text)}'`, 'as http://host:port/path')
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new UsageError(`fetch speaks no ${url.protocol.slice(0, -1)}`, 'http:// and https:// it does')
  }
  return url
}

/** Printable, and not too long for a message. */
function shorten(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?').slice(0, 80)
}

/** RFC 9110 §5.6.2. */
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/

function readMethod(text: string | null): string | null {
  if (text !== null && !TOKEN.test(text)) {
    throw new UsageError(`-X cannot be '${shorten(text)}'`, 'a method is one word, as GET or PUT')
  }
  return text
}

/** `Name: value`; `Name:` removes a header, `Name;` sends an empty one, as with curl. */
function readHeader(text: string): readonly [string, string | null] {
  const semicolon = /^([^:;]+);\s*$/.exec(text)
  const colon = text.indexOf(':')
  const name = semicolon?.[1] ?? text.slice(0, Math.max(0, colon))
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a line end in a value would begin another header
  if (!TOKEN.test(name) || /[\x00-\x08\x0a-\x1f\x7f]/.test(text)) {
    throw new UsageError(`-H cannot be '${shorten(text)}'`, "a header is 'Name: value'")
  }
  if (semicolon !== null) return [name, '']
  const value = text.slice(colon + 1).trim()
  return [name, value === '' ? null : value]
}

/** Pieces joined by `&`; `@FILE` without its line ends, as curl's -d. */
function readData(pieces: readonly string[]): RequestBody {
  const parts = pieces.map((piece) => {
    if (!piece.startsWith('@')) return Buffer.from(piece)
    return readFile(piece.slice(1)).filter((byte) => byte !== 10 && byte !== 13 && byte !== 0)
  })
  const bytes = Buffer.concat(parts.flatMap((part, i) => (i === 0 ? [part] : [Buffer.from('&'), part])))
  return { kind: 'bytes', bytes }
}

function readFile(path: string): Uint8Array {
  try {
    return readFileSync(path === '-' ? 0 : path)
  } catch (error) {
    throw new FetchError({ kind: 'input', path, detail: errorCode(error) })
  }
}

function readUpload(path: string): RequestBody {
  if (path === '-') return { kind: 'stream', length: null, open: () => process.stdin }
  const length = (() => {
    try {
      const stat = statSync(path)
      if (stat.isDirectory()) throw new Error('EISDIR')
      return stat.isFile() ? stat.size : null
    } catch (error) {
      throw new FetchError({ kind: 'input', path, detail: errorCode(error) })
    }
  })()
  // A file that grows meanwhile is sent as long as was announced.
  const open = () => createReadStream(path, length === null || length === 0 ? {} : { end: length - 1 })
  return { kind: 'stream', length, open }
}

/** `host:port:address[,address]…`; a `+` in front changes nothing here. */
function readResolve(text: string): [string, readonly string[]] {
  const match = /^\+?(\*|\[[0-9a-fA-F:]+\]|[^:]+):(\d{1,5}):(.+)$/.exec(text)
  const addresses = (match?.[3] ?? '').split(',').map((address) => address.replace(/^\[|\]$/g, ''))
  if (match === null || addresses.some((address) => isIP(address) === 0)) {
    throw new UsageError(`--resolve cannot be '${shorten(text)}'`, '--resolve HOST:PORT:ADDRESS[,ADDRESS]')
  }
  return [`${match[1].toLowerCase()}:${match[2]}`, addresses]
}

/** `host1:port1:host2:port2`, any part of which may be empty. */
function readConnectTo(text: string): ConnectTo {
  const match = /^(\[[^\]]*\]|[^:]*):(\d{0,5}):(\[[^\]]*\]|[^:]*):(\d{0,5})$/.exec(text)
  if (match === null) {
    throw new UsageError(`--connect-to cannot be '${shorten(text)}'`, '--connect-to HOST1:PORT1:HOST2:PORT2')
  }
  const host = (part: string): string => part.replace(/^\[|\]$/g, '')
  const port = (part: string): number | null => (part === '' ? null : Number(part))
  return { host: host(match[1]), port: port(match[2]), toHost: host(match[3]), toPort: port(match[4]) }
}

function readSeconds(name: string, text: string | null): number | null {
  if (text === null) return null
  if (!/^(\d{1,6}(\.\d{1,6})?|\.\d{1,6})$/.test(text) || Number(text) === 0) {
    throw new UsageError(`--${name} cannot be '${shorten(text)}'`, `--${name} takes seconds, as 2 or 0.5`)
  }
  return Number(text) * 1000
}

function readVersion(given: Arguments): FetchOptions['version'] {
  const asked = (['1.0', '1.1', '2'] as const).filter(
    (version) => given.switch(version === '2' ? 'http2' : `http${version}`) === true,
  )
  if (asked.length > 1) {
    throw new UsageError(`--http${asked[0]} and --http${asked[1]} contradict each other`, 'leave one of them out')
  }
  return asked[0] ?? null
}

function readProxy(text: string | null): string | null {
  if (text === null || text === '') return text
  if (parseProxy(text) === null) {
    throw new UsageError(`-x cannot be '${shorten(text)}'`, 'as http://HOST:PORT or https://HOST:PORT')
  }
  return text
}
