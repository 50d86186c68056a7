import { BlockList, isIP } from 'node:net'
import { FetchError } from './failure.ts'

/** The proxy for `url`: -x, else what the environment says, as curl reads it; null: none. Throws
 *  FetchError. */
export function chooseProxy(
  url: URL,
  given: string | null,
  environment: Readonly<Record<string, string | undefined>>,
): URL | null {
  const text = given ?? fromEnvironment(url, environment)
  if (text === null || text === '') return null
  const proxy = parseProxy(text)
  // What the environment names is not shown: it may hold a password.
  if (proxy === null)
    throw new FetchError({ kind: 'other', phase: 'proxy', detail: 'the proxy is no http:// or https:// URL' })
  return proxy
}

/** Null if it is no URL of a proxy that can be spoken to. */
export function parseProxy(text: string): URL | null {
  try {
    const url = new URL(text.includes('://') ? text : `http://${text}`)
    return url.protocol === 'http:' || url.protocol === 'https:' ? url : null
  } catch {
    return null
  }
}

/** Upper-case HTTP_PROXY is not read: a CGI program gets it from its client's "Proxy" header. */
function fromEnvironment(url: URL, environment: Readonly<Record<string, string | undefined>>): string | null {
  if (isExcepted(url, environment.no_proxy ?? environment.NO_PROXY ?? '')) return null
  const own = url.protocol === 'https:' ? (environment.https_proxy ?? environment.HTTPS_PROXY) : environment.http_proxy
  return own ?? environment.all_proxy ?? environment.ALL_PROXY ?? null
}

/** no_proxy: `*`, names that match themselves and what is under them, addresses, CIDR blocks. */
function isExcepted(url: URL, list: string): boolean {
  const host = url.hostname.replace(/^\[|\]$/g, '').toLowerCase()
  return list
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .some((entry) => {
      if (entry === '*') return true
      const name = entry.toLowerCase().replace(/^\./, '').replace(/\.$/, '')
      if (isIP(host) !== 0) return name === host || isInBlock(host, name)
      return host === name || host.endsWith(`.${name}`)
    })
}

function isInBlock(host: string, entry: string): boolean {
  const [network, bits] = entry.split('/')
  const family = isIP(host)
  if (bits === undefined || isIP(network) !== family || !/^\d+$/.test(bits)) return false
  const prefix = Number(bits)
  if (prefix > (family === 4 ? 32 : 128)) return false
  const type = family === 4 ? 'ipv4' : 'ipv6'
  const block = new BlockList()
  block.addSubnet(network, prefix, type)
  return block.check(host, type)
}
