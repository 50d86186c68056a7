import { lookup as resolve } from 'node:dns'
import { isIP } from 'node:net'
import { errorCode, FetchError } from './failure.ts'
import type { Halt } from './halt.ts'
import type { Journal } from './journal.ts'

/** Where the addresses of a name come from, as --resolve, -4 and -6 say. */
export interface LookupRules {
  /** `host:port` in lower case, or `*:port`, to addresses. */
  readonly given: ReadonlyMap<string, readonly string[]>
  /** 0: both. */
  readonly family: 0 | 4 | 6
}

/** The addresses of `host` in the order in which they are to be tried, by the system's resolver: /etc/hosts and DNS,
 *  sorted by RFC 6724. Throws FetchError. */
export async function findAddresses(
  host: string,
  port: number,
  rules: LookupRules,
  journal: Journal,
  halt: Halt,
): Promise<readonly string[]> {
  if (isIP(host) !== 0) return [host]
  const given = rules.given.get(`${host.toLowerCase()}:${port}`) ?? rules.given.get(`*:${port}`)
  if (given !== undefined) {
    journal.note({ kind: 'found', host, addresses: given })
    return given
  }
  halt.phase = 'lookup'
  journal.note({ kind: 'lookup', host })
  const addresses = await halt.wait<string[]>(
    (found, failed) =>
      resolve(host, { all: true, family: rules.family, verbatim: true }, (error, answers) => {
        if (error !== null) {
          const code = errorCode(error)
          failed(
            new FetchError(
              code === 'ENOTFOUND' || code === 'ENODATA'
                ? { kind: 'not-found', host, family: rules.family }
                : { kind: 'lookup', host, code },
            ),
          )
        } else found(answers.map(({ address }) => address))
      }),
    () => {},
  )
  const sorted = alternateFamilies(addresses)
  journal.note({ kind: 'found', host, addresses: sorted })
  return sorted
}

/** RFC 8305 §4: the families take turns, beginning with that of the first address. Each address once. */
function alternateFamilies(addresses: readonly string[]): string[] {
  const unique = [...new Set(addresses)]
  const first = unique.filter((address) => isIP(address) === isIP(unique[0]))
  const second = unique.filter((address) => isIP(address) !== isIP(unique[0]))
  const sorted: string[] = []
  for (let i = 0; i < Math.max(first.length, second.length); i++) {
    if (i < first.length) sorted.push(first[i])
    if (i < second.length) sorted.push(second[i])
  }
  return sorted
}
