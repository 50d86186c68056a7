import { noNames, type PrintNames, type ServiceProtocol } from '@wiretale/core'
import { ethers, services } from './databases.ts'
import { canonical, type HostNames } from './host-names.ts'
import { interfaceName } from './interface-names.ts'
import { ipProtocolName } from './ip-protocols.ts'

/** Under -n only interfaces have names. */
export const numbersOnly: PrintNames = { ...noNames, interface: interfaceName }

/** Names for what is printed without -n, each kept once it is known. */
export class SystemNames implements PrintNames {
  private readonly hosts: HostNames
  /** By the bytes of the address. */
  private readonly known = new Map<string, string | null>()
  private ports: ReadonlyMap<string, string> | null = null
  private stations: ReadonlyMap<string, string> | null = null

  constructor(hosts: HostNames) {
    this.hosts = hosts
  }

  host(b: Uint8Array, at: number, bytes: 4 | 16): string | null {
    const key = byteText(b, at, bytes)
    const known = this.known.get(key)
    if (known !== undefined) return known
    const name = this.hosts.find(addressText(b, at, bytes))
    if (name === undefined) return null
    this.known.set(key, name)
    return name
  }

  service(port: number, protocol: ServiceProtocol): string | null {
    this.ports ??= firstNames(services().map(({ name, port: number, protocol: of }) => [`${number}/${of}`, name]))
    return this.ports.get(`${port}/${protocol}`) ?? null
  }

  ether(b: Uint8Array, at: number): string | null {
    this.stations ??= firstNames([
      ...ethers().map(({ names, value }) => [stationKey(value), names[0]] as const),
      [stationKey('ff:ff:ff:ff:ff:ff'), 'Broadcast'],
    ])
    return this.stations.get(byteText(b, at, 6)) ?? null
  }

  interface(index: number): string | null {
    return interfaceName(index)
  }

  protocol(number: number): string | null {
    return ipProtocolName(number)
  }
}

/** Of several names for one thing the first counts. */
function firstNames(pairs: readonly (readonly [key: string, name: string])[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>()
  for (const [key, name] of pairs) if (!names.has(key)) names.set(key, name)
  return names
}

function byteText(b: Uint8Array, at: number, bytes: number): string {
  let text = ''
  for (let i = at; i < at + bytes; i++) text += String.fromCharCode(b[i])
  return text
}

function addressText(b: Uint8Array, at: number, bytes: 4 | 16): string {
  if (bytes === 4) return `${b[at]}.${b[at + 1]}.${b[at + 2]}.${b[at + 3]}`
  const groups = Array.from({ length: 8 }, (_, i) => ((b[at + 2 * i] << 8) | b[at + 2 * i + 1]).toString(16))
  return canonical(groups.join(':')) ?? ''
}

/** `0:1b:21:3:4:5` → its six bytes. */
function stationKey(address: string): string {
  return String.fromCharCode(...address.split(':').map((byte) => Number.parseInt(byte, 16) & 0xff))
}
