/** Header fields whose values are credentials (RFC 9110 §11.6, RFC 6265). */
const SECRET: ReadonlySet<string> = new Set(['authorization', 'proxy-authorization', 'cookie', 'set-cookie'])

/** Schemes that may be shown: registered ones (IANA "HTTP Authentication Schemes") and a few in wide use. Any other first
 *  word may be part of the credential. */
const SCHEME =
  /^(?:AWS4-HMAC-SHA256|Basic|Bearer|Concealed|Digest|DPoP|GNAP|HOBA|Mutual|Negotiate|NTLM|OAuth|PrivateToken|SCRAM-SHA-(?:1|256)|vapid) /i

/** What stands in place of a credential. */
const MASK = '********'

/** The header list with credentials replaced: the scheme of an authorization stays, to tell what is used. */
export function maskSecrets(headers: readonly [string, string][]): [string, string][] {
  return headers.map(([name, value]) => [name, isSecret(name) ? maskValue(name, value) : value])
}

/** The same for a header line with anything in front of its name, as logs print it: `> Cookie: a=b`. */
export function maskSecretLine(line: string, name: string): string {
  if (!isSecret(name)) return line
  const colon = line.indexOf(':', line.indexOf(name) + name.length)
  return `${line.slice(0, colon + 1)} ${maskValue(name, line.slice(colon + 1).trim())}`
}

/** Names are as sent: case and a misplaced space do not matter. */
function isSecret(name: string): boolean {
  return SECRET.has(name.trim().toLowerCase())
}

function maskValue(name: string, value: string): string {
  const scheme = name.trim().toLowerCase().endsWith('authorization') ? SCHEME.exec(value) : null
  return `${scheme?.[0] ?? ''}${MASK}`
}
