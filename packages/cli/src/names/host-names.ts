import { Resolver } from 'node:dns/promises'
import { isIPv6 } from 'node:net'
import { hosts } from './databases.ts'

/** One lookup, and one wait for all lookups of a batch of packets, take no longer. */
const PATIENCE_MS = 1000
/** Waits in all: after that, what is not known yet stays a number for a while. */
const BUDGET_MS = 5000
/** After that rest, patience is as it was: a capture may go on for days. */
const REST_MS = 60_000
/** Failures to reach a name server in a row after which none is asked any more. */
const MAX_FAILURES = 8
const AT_ONCE = 32
/** A capture may name more addresses than memory has room for. */
const MAX_KNOWN = 200_000

/** Names of hosts: /etc/hosts, then the name servers of the system, asked for many addresses at once and never for long. */
export class HostNames {
  private readonly known = new Map<string, string | null>()
  private readonly servers: readonly string[] | null
  private pending = new Set<string>()
  private budget = BUDGET_MS
  private failures = 0
  private restsSince = 0

  /** `servers`: in place of the system's name servers. */
  constructor(servers: readonly string[] | null = null) {
    this.servers = servers
    for (const { names, value } of hosts()) {
      const address = canonical(value)
      if (address !== null && !this.known.has(address)) this.known.set(address, names[0])
    }
  }

  /** The name of an address in canonical form. null: none; undefined: not known before resolve(). */
  find(address: string): string | null | undefined {
    const name = this.known.get(address)
    if (name !== undefined || !this.asks) return name ?? null
    this.pending.add(address)
    return undefined
  }

  /** Whether name servers are asked at all. */
  get asks(): boolean {
    if (this.known.size >= MAX_KNOWN) return false
    if (this.budget > 0 && this.failures < MAX_FAILURES) return true
    if (performance.now() - this.restsSince < REST_MS) return false
    this.budget = BUDGET_MS
    this.failures = 0
    return true
  }

  get hasPending(): boolean {
    return this.pending.size > 0
  }

  /** Asks for all that was looked for in vain; resolves when all have answered, or after a second. */
  async resolve(): Promise<void> {
    const addresses = [...this.pending]
    this.pending = new Set()
    const resolver = new Resolver({ timeout: PATIENCE_MS, tries: 1 })
    if (this.servers !== null) resolver.setServers(this.servers)
    const began = performance.now()
    let next = 0
    const worker = async (): Promise<void> => {
      while (next < addresses.length && this.failures < MAX_FAILURES) {
        const address = addresses[next++]
        this.known.set(address, await this.ask(resolver, address))
      }
    }
    let timer: NodeJS.Timeout | undefined
    const patience = Math.min(PATIENCE_MS, this.budget)
    const timeout = new Promise<void>((done) => {
      timer = setTimeout(done, patience)
    })
    await Promise.race([Promise.all(Array.from({ length: AT_ONCE }, worker)), timeout])
    clearTimeout(timer)
    resolver.cancel()
    for (const address of addresses) if (!this.known.has(address)) this.known.set(address, null)
    this.restsSince = performance.now()
    this.budget -= this.restsSince - began
  }

  private async ask(resolver: Resolver, address: string): Promise<string | null> {
    try {
      const [name] = await resolver.reverse(address)
      this.failures = 0
      return name ?? null
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : null
      // Answers, though not with a name.
      if (code === 'ENOTFOUND' || code === 'ENODATA' || code === 'ESERVFAIL' || code === 'EREFUSED') this.failures = 0
      else if (code !== 'ECANCELLED') this.failures++
      return null
    }
  }
}

/** An address in the one form in which addresses are looked up (IPv6: RFC 5952); null if it is none. */
export function canonical(address: string): string | null {
  if (/^\d+\.\d+\.\d+\.\d+$/.test(address)) return address
  return isIPv6(address) ? new URL(`http://[${address.replace(/%.*/, '')}]`).hostname.slice(1, -1) : null
}
