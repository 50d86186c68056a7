/** Header fields whose values are credentials (RFC 9110 §11.6, RFC 6265). */
const SECRET: ReadonlySet<string> = new Set(['authorization', 'proxy-authorization', 'cookie', 'set-cookie'])

/** What stands in place of a credential. */
export const MASK = '********'

/** The header list with credentials replaced: the scheme of an authorization stays, to tell what is used. */
export function maskSecrets(headers: readonly [string, string][]): [string, string][] {
  return headers.map(([name, value]) => {
    const key = name.toLowerCase()
    if (!SECRET.has(key)) return [name, value]
    const scheme = key.endsWith('authorization') ? /^[A-Za-z][\w-]{0,30} /.exec(value) : null
    return [name, `${scheme?.[0] ?? ''}${MASK}`]
  })
}
