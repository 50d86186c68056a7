import { FilterError, meaningless } from '../error.ts'
import type { FilterNames } from '../names.ts'
import type { Qualifiers } from '../syntax/tree.ts'
import { IPPROTO_SCTP, IPPROTO_TCP, IPPROTO_UDP } from './numbers.ts'

const NUMBERS: Readonly<Record<string, number>> = { tcp: IPPROTO_TCP, udp: IPPROTO_UDP, sctp: IPPROTO_SCTP }

/** Protocol whose ports are meant; null = any that has ports. */
export function transportProtocol(qualifiers: Qualifiers): number | null {
  if (qualifiers.protocol === null) return null
  const number = NUMBERS[qualifiers.protocol]
  if (number === undefined) throw meaningless(`illegal qualifier of '${qualifiers.type}'`)
  return number
}

/** A service: its port, and the one protocol that knows it (null: TCP and UDP do). */
interface Service {
  readonly port: number
  readonly protocol: number | null
}

function serviceOf(names: FilterNames, name: string): Service | null {
  if (/^[0-9]+$/.test(name) && Number(name) <= 65535) return { port: Number(name), protocol: null }
  const ports = names.servicePorts(name)
  if (ports === null) return null
  const { tcp, udp } = ports
  if (tcp === null) return udp === null ? null : { port: udp, protocol: IPPROTO_UDP }
  return { port: tcp, protocol: udp === tcp ? null : IPPROTO_TCP }
}

export function portOf(names: FilterNames, name: string, qualifiers: Qualifiers): Service {
  const wanted = transportProtocol(qualifiers)
  const service = serviceOf(names, name)
  if (service === null) throw new FilterError('unknown-name', `unknown port '${name}'`)
  return { port: service.port, protocol: agreed(wanted, service.protocol, `port '${name}'`) }
}

/** `a-b`, each a number or a service. */
export function portRangeOf(
  names: FilterNames,
  text: string,
  qualifiers: Qualifiers,
): { readonly ends: readonly [number, number]; readonly protocol: number | null } {
  const wanted = transportProtocol(qualifiers)
  const numbers = /^([0-9]+)-([0-9]+)/.exec(text)
  let ends: [number, number]
  let own: number | null = null
  if (numbers !== null) ends = [Number(numbers[1]), Number(numbers[2])]
  else {
    const dash = text.indexOf('-')
    const first = dash < 0 ? null : serviceOf(names, text.slice(0, dash))
    const last = dash < 0 ? null : serviceOf(names, text.slice(dash + 1))
    if (first === null || last === null) throw new FilterError('unknown-name', `unknown port in range '${text}'`)
    ends = [first.port, last.port]
    own = first.protocol === last.protocol ? first.protocol : null
  }
  const protocol = agreed(wanted, own, `port in range '${text}'`)
  for (const end of ends) if (end > 65535) throw meaningless(`illegal port number ${end} > 65535`)
  return { ends, protocol }
}

/** The protocol asked for, or else the service's own; they must not contradict each other. */
function agreed(wanted: number | null, own: number | null, what: string): number | null {
  if (wanted === null || own === null) return wanted ?? own
  if (wanted !== own) throw meaningless(`${what} is ${own === IPPROTO_UDP ? 'udp' : 'tcp'}`)
  return wanted
}
