import { activate, create } from './activate.ts'
import { loadKoffi, type Pointer } from './koffi.ts'
import { type Libpcap, openLibpcap } from './libpcap.ts'
import { type Device, LiveError, type LiveRequest } from './live-source.ts'

/** A value that may be chosen for an interface, in libpcap's words. */
export interface Choice {
  readonly name: string | null
  readonly description: string | null
  readonly number: number
}

/** Bits of an interface, pcap_findalldevs(3PCAP). */
const WIRELESS = 0x08
const CONNECTION_STATUS = 0x30
const CONNECTED = 0x10
const DISCONNECTED = 0x20
const STATES = [
  [0x02, 'Up'],
  [0x04, 'Running'],
  [0x01, 'Loopback'],
  [WIRELESS, 'Wireless'],
] as const

/** Where struct pcap_if has its members, in addresses of this machine: next, name, description, addresses, flags. */
const NAME = 1
const DESCRIPTION = 2
const FLAGS = 4

/** All interfaces, in libpcap's order: the first is the default. Without koffi or libpcap, those that tcpdump lists.
 *  Rejects with LiveError. */
export async function listDevices(): Promise<Device[]> {
  const engine = process.env.WIRETALE_ENGINE
  if (engine === 'tcpdump') return (await import('./tcpdump-child.ts')).askForDevices()
  try {
    return findDevices(openLibpcap(loadKoffi(import.meta.url)))
  } catch (error) {
    if (!(error instanceof LiveError) || error.code !== 'engine' || engine === 'libpcap') throw error
    return (await import('./tcpdump-child.ts')).askForDevices().catch(() => {
      throw error
    })
  }
}

function findDevices(pcap: Libpcap): Device[] {
  const list: [Pointer | null] = [null]
  if (pcap.findDevices(list, pcap.error) < 0) throw new LiveError('other', pcap.errorText())
  const devices: Device[] = []
  for (let at = list[0]; at; at = pointerAt(pcap, at, 0)) {
    const name = textAt(pcap, at, NAME)
    if (name === null) continue
    const flags = pcap.koffi.decode(at, FLAGS * pcap.koffi.sizeof('void *'), 'uint32') as number
    devices.push({ name, description: textAt(pcap, at, DESCRIPTION), flags: flagsText(flags) })
  }
  if (list[0]) pcap.freeDevices(list[0])
  return devices
}

/** The name to open for -i's value: of an interface, or its number in `tcpdump -D`; null: the default interface.
 *  Rejects with LiveError. */
export async function resolveDevice(asked: string | null): Promise<string> {
  if (asked !== null && !/^\d+$/.test(asked)) return asked
  const devices = await listDevices()
  if (asked === null) {
    if (devices.length === 0) throw new LiveError('no-device', 'no suitable device found')
    return devices[0].name
  }
  // An interface may be called 4711.
  if (devices.some(({ name }) => name === asked)) return asked
  const device = devices[Number(asked) - 1]
  if (device === undefined) throw new LiveError('no-device', 'Invalid adapter index')
  return device.name
}

/** Link types that packets of an interface can have, in libpcap's order: -L. Rejects with LiveError. */
export async function listLinkTypes(request: LiveRequest): Promise<Choice[]> {
  const pcap = openLibpcap(loadKoffi(import.meta.url))
  const { handle } = activate(pcap, request)
  try {
    return readChoices(pcap, handle, pcap.listDatalinks, pcap.freeDatalinks).map((link) => ({
      name: pcap.datalinkName(link),
      description: pcap.datalinkDescription(link),
      number: link,
    }))
  } finally {
    pcap.close(handle)
  }
}

/** Time stamp types that can be asked for, in libpcap's order; empty where there is no choice: -J. The interface need
 *  not be there. Rejects with LiveError. */
export async function listTimeStampTypes(device: string): Promise<Choice[]> {
  const pcap = openLibpcap(loadKoffi(import.meta.url))
  const handle = create(pcap, device)
  try {
    return readChoices(pcap, handle, pcap.listTimeStampTypes, pcap.freeTimeStampTypes).map((type) => ({
      name: pcap.timeStampTypeName(type),
      description: pcap.timeStampTypeDescription(type),
      number: type,
    }))
  } finally {
    pcap.close(handle)
  }
}

/** The numbers of a list that libpcap allocates. */
function readChoices(
  pcap: Libpcap,
  handle: Pointer,
  ask: (handle: Pointer, list: [Pointer | null]) => number,
  free: (list: Pointer) => void,
): number[] {
  const list: [Pointer | null] = [null]
  const count = ask(handle, list)
  if (count < 0) throw new LiveError('other', pcap.geterr(handle))
  if (!list[0]) return []
  const numbers = Array.from(pcap.koffi.decode(list[0], 'int', count) as ArrayLike<number>)
  free(list[0])
  return numbers
}

function flagsText(flags: number): string | null {
  if (flags === 0) return null
  const words = STATES.filter(([bit]) => (flags & bit) !== 0).map(([, word]) => word)
  return [words.join(', ') || 'none', ...connectionWords(flags)].join(', ')
}

function connectionWords(flags: number): string[] {
  const isWireless = (flags & WIRELESS) !== 0
  switch (flags & CONNECTION_STATUS) {
    case CONNECTED:
      return [isWireless ? 'Associated' : 'Connected']
    case DISCONNECTED:
      return [isWireless ? 'Not associated' : 'Disconnected']
    default:
      return []
  }
}

function pointerAt(pcap: Libpcap, structure: Pointer, member: number): Pointer | null {
  return pcap.koffi.decode(structure, member * pcap.koffi.sizeof('void *'), 'void *') as Pointer | null
}

function textAt(pcap: Libpcap, structure: Pointer, member: number): string | null {
  return pcap.koffi.decode(structure, member * pcap.koffi.sizeof('void *'), 'const char *') as string | null
}
