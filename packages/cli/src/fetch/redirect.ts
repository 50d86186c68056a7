import { headerValue } from './carrier.ts'
import { FetchError } from './failure.ts'
import type { FetchOptions } from './options.ts'

/** The next request of a run. */
export interface Step {
  readonly url: URL
  /** Null: as the options say. */
  readonly method: string | null
  readonly dropsBody: boolean
  /** Another host, port or scheme than what the user named: credentials stay behind. */
  readonly isForeign: boolean
}

/** Where a response to `method` sends the client (RFC 9110 §15.4); null: nowhere. Throws FetchError where it may not
 *  go. */
export function nextStep(
  step: Step,
  method: string,
  response: { readonly status: number; readonly headers: readonly (readonly [string, string])[] },
  options: FetchOptions,
): Step | null {
  const { status } = response
  const location = headerValue(response.headers, 'location')
  if (location === null || ![301, 302, 303, 307, 308].includes(status)) return null
  let url: URL
  try {
    // As the bytes were meant: a Location in UTF-8 is no ISO-8859-1.
    url = new URL(Buffer.from(location, 'latin1').toString(), step.url)
  } catch {
    throw new FetchError({ kind: 'redirect-scheme', url: location })
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new FetchError({ kind: 'redirect-scheme', url: location })
  if (url.hash === '') url.hash = step.url.hash
  const isForeign = step.isForeign || url.origin !== step.url.origin
  // 303 always, 301 and 302 for POST turn into GET, unless -X insists.
  const turns =
    options.method === null && ((status === 303 && method !== 'HEAD') || (status < 303 && method === 'POST'))
  if (turns) return { url, method: 'GET', dropsBody: true, isForeign }
  return { url, method: step.method, dropsBody: step.dropsBody, isForeign }
}
