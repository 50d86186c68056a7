import { readFileSync } from 'node:fs'
import { listDevices, resolveDevice } from '../capture/devices.ts'
import { type Koffi, loadKoffi } from '../capture/koffi.ts'
import { type Libpcap, openLibpcap } from '../capture/libpcap.ts'
import type { Device, LiveRequest } from '../capture/live-source.ts'

/** A machine of many containers has hundreds; no more of them are looked at one by one. */
export const MOST_INTERFACES = 16
/** A program that is asked answers in this time, or not at all. */
export const LONGEST_MS = 5_000

/** Something that is there, or why it is not. */
export type Found<T> = { readonly it: T; readonly reason: null } | { readonly it: null; readonly reason: string }

/** What several checks have to know. */
export class Machine {
  readonly koffi: Found<Koffi>
  readonly libpcap: Found<Libpcap>
  readonly devices: Found<readonly Device[]>
  /** The interface to capture from: -i's, or the default one. */
  readonly device: Found<string>
  /** Only this interface is asked about. */
  readonly isChosen: boolean

  private constructor(devices: Found<readonly Device[]>, device: Found<string>, isChosen: boolean) {
    this.devices = devices
    this.device = device
    this.isChosen = isChosen
    this.koffi = attempt(() => loadKoffi(import.meta.url))
    const { koffi } = this
    this.libpcap = koffi.it === null ? koffi : attempt(() => openLibpcap(koffi.it))
  }

  /** `asked`: -i's value; null: the default interface. */
  static async look(asked: string | null): Promise<Machine> {
    const devices = await attemptLater(listDevices())
    const device = await attemptLater(resolveDevice(asked))
    return new Machine(devices, device, asked !== null)
  }

  /** The interfaces that a check of each of them looks at: the chosen one, or those that are up. */
  interfaces(): string[] {
    const { device, devices } = this
    const names = this.isChosen && device.it !== 'any' ? [device.it] : (devices.it ?? []).filter(isUp).map(nameOf)
    const known = networkInterfaces()
    return names.filter((name) => name !== null).filter((name) => known === null || known.has(name))
  }
}

/** Opens an interface as a capture does, but does not have it take packets that are for others. */
export function trialRequest(device: string): LiveRequest {
  return {
    device,
    snaplen: 262_144,
    promiscuous: false,
    monitorMode: false,
    bufferBytes: 0,
    timeStampType: null,
    nano: false,
    link: null,
    direction: null,
    immediate: false,
    expression: '',
  }
}

/** Reason in one line. */
export function reasonOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n', 1)[0]
}

function attempt<T>(look: () => T): Found<T> {
  try {
    return { it: look(), reason: null }
  } catch (error) {
    return { it: null, reason: reasonOf(error) }
  }
}

function attemptLater<T>(look: Promise<T>): Promise<Found<T>> {
  return look.then(
    (it) => ({ it, reason: null }),
    (error) => ({ it: null, reason: reasonOf(error) }),
  )
}

const nameOf = ({ name }: Device): string => name
const isUp = ({ flags }: Device): boolean => flags?.split(', ').includes('Up') === true

/** The kernel's interfaces, without names that stand for several or for something else (any, nflog); null: not known.
 *  /sys may show those of another network namespace. */
function networkInterfaces(): ReadonlySet<string> | null {
  try {
    const lines = readFileSync('/proc/self/net/dev', 'utf8').split('\n')
    return new Set(lines.flatMap((line) => /^ *(\S+?): *\d/.exec(line)?.[1] ?? []))
  } catch {
    return null
  }
}
