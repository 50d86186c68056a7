import { type FilterNames, namesIn, parseIpv6, type ServicePorts } from '@wiretale/core'
import { ethers, networks, protocols, services } from './databases.ts'
import { ipProtocolName } from './ip-protocols.ts'

/** More names than anybody writes; a text that was never meant as a filter may hold more. */
const MAX_HOSTS = 500

/** What the names in a filter mean here: hosts by the system's resolver, asked now for all that the expression names, the
 *  rest by the files in /etc. */
export async function findFilterNames(expression: string): Promise<FilterNames> {
  const hosts = new Map<string, readonly Uint8Array[]>()
  await Promise.all(
    namesIn(expression)
      .slice(0, MAX_HOSTS)
      .map(async (name) => hosts.set(name, await addressesOf(name))),
  )
  return {
    hostAddresses: (name) => hosts.get(name) ?? [],
    servicePorts,
    ipProtocol,
    network: (name) => numberOf(networks(), name, networkNumber),
    etherHost: (name) => {
      const value = ethers().find(({ names }) => names.includes(name))?.value
      return value === undefined ? null : macBytes(value)
    },
  }
}

/** None where the resolver knows none, or cannot be asked. */
async function addressesOf(name: string): Promise<Uint8Array[]> {
  try {
    const { lookup } = await import('node:dns/promises')
    const found = await lookup(name, { all: true, verbatim: true })
    return found.flatMap(({ address, family }) => (family === 4 ? ipv4Bytes(address) : (parseIpv6(address) ?? [])))
  } catch {
    return []
  }
}

function ipv4Bytes(address: string): Uint8Array {
  return Uint8Array.from(address.split('.'), Number)
}

function servicePorts(name: string): ServicePorts | null {
  const of = (protocol: string): number | null =>
    services().find(
      (service) => service.protocol === protocol && (service.name === name || service.aliases.includes(name)),
    )?.port ?? null
  const ports = { tcp: of('tcp'), udp: of('udp') }
  return ports.tcp === null && ports.udp === null ? null : ports
}

/** By /etc/protocols, or where the system has no such file by the names that everybody knows. */
function ipProtocol(name: string): number | null {
  if (protocols().length > 0) return numberOf(protocols(), name, Number)
  for (let number = 0; number < 256; number++) if (ipProtocolName(number) === name.toLowerCase()) return number
  return null
}

function numberOf(
  entries: readonly { readonly names: readonly string[]; readonly value: string }[],
  name: string,
  read: (value: string) => number,
): number | null {
  const value = entries.find(({ names }) => names.includes(name))?.value
  const number = value === undefined ? Number.NaN : read(value)
  return Number.isNaN(number) ? null : number
}

/** `127.0.0.0` → 0x7f000000; short forms are written from the left (`127` is 127.0.0.0). */
function networkNumber(value: string): number {
  const parts = value.split('.').map(Number)
  return parts.reduce((number, part, i) => number + part * 256 ** (3 - i), 0)
}

function macBytes(value: string): Uint8Array | null {
  const parts = value.split(':').map((part) => Number.parseInt(part, 16))
  return parts.length === 6 && parts.every((part) => part >= 0 && part <= 255) ? Uint8Array.from(parts) : null
}
