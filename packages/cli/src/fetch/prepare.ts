import { CODINGS } from './body.ts'
import type { FetchOptions } from './options.ts'
import type { Step } from './redirect.ts'
import type { PreparedRequest } from './request.ts'

/** Headers that a redirect to somebody else does not take along. */
const CREDENTIALS: ReadonlySet<string> = new Set(['authorization', 'cookie', 'proxy-authorization'])

/** The request for a step of a run: what the client adds by itself, then the user's headers. */
export function prepare(step: Step, options: FetchOptions, version: string): PreparedRequest {
  const { url } = step
  if (options.uploadName !== null && url.pathname.endsWith('/')) url.pathname += encodeURIComponent(options.uploadName)
  const body = step.dropsBody ? null : options.body
  const method = step.method ?? options.method ?? usualMethod(options)
  const own: [string, string][] = [
    ['Host', url.host],
    ['User-Agent', `wiretale/${version}`],
    ['Accept', '*/*'],
  ]
  const credentials = step.isForeign ? null : (basic(options.user) ?? authorization(url))
  if (credentials !== null) own.push(['Authorization', credentials])
  if (options.compressed) own.push(['Accept-Encoding', CODINGS])
  if (body !== null) {
    if (options.bodyType !== null) own.push(['Content-Type', options.bodyType])
    const length = body.kind === 'bytes' ? body.bytes.length : body.length
    own.push(length === null ? ['Transfer-Encoding', 'chunked'] : ['Content-Length', String(length)])
    if (options.expectContinue) own.push(['Expect', '100-continue'])
  }
  const given = options.headers.filter(([name]) => !step.isForeign || !CREDENTIALS.has(name.toLowerCase()))
  const replaced = new Set(given.map(([name]) => name.toLowerCase()))
  // In the place of the one it replaces, as servers see it from curl: Host stays first.
  const host = given.find(([name]) => name.toLowerCase() === 'host')
  const headers: [string, string][] = own.filter(([name]) => !replaced.has(name.toLowerCase()))
  if (host?.[1] != null) headers.unshift(['Host', host[1]])
  for (const [name, value] of given) if (value !== null && name.toLowerCase() !== 'host') headers.push([name, value])
  const target = `${url.pathname}${url.search}`
  return { url, method, headers, body, target, expectsContinue: body !== null && options.expectContinue }
}

function usualMethod(options: FetchOptions): string {
  if (options.head) return 'HEAD'
  if (options.body === null) return 'GET'
  return options.isUpload ? 'PUT' : 'POST'
}

/** Basic credentials (RFC 7617) of `name:password`. */
function basic(user: string | null): string | null {
  return user === null ? null : `Basic ${Buffer.from(user).toString('base64')}`
}

/** Those that a URL carries. */
export function authorization(url: URL): string | null {
  if (url.username === '' && url.password === '') return null
  return basic(`${decode(url.username)}:${decode(url.password)}`)
}

/** A URL may hold a percent sign that begins nothing: it stands for itself. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
