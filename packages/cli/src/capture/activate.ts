import { linkTypeName } from '@wiretale/core'
import type { Pointer } from './koffi.ts'
import type { Libpcap } from './libpcap.ts'
import { LiveError, type LiveRequest } from './live-source.ts'
import { BUFFER_BYTES, READ_TIMEOUT_MS } from './slabs.ts'

/** Statuses of pcap_activate(3PCAP). */
const PCAP_ERROR = -1
const NO_SUCH_DEVICE = -5
const MONITOR_MODE_UNSUPPORTED = -6
const PERMISSION_DENIED = -8
const PROMISCUOUS_PERMISSION_DENIED = -11
const WARNING = 1
const WARNING_PROMISCUOUS_UNSUPPORTED = 2
const WARNING_TIME_STAMP_TYPE_UNSUPPORTED = 3

const PRECISION_NANO = 1
const DIRECTIONS = { inout: 0, in: 1, out: 2 } as const
const LINK_LINUX_SLL2 = 276

/** What somebody without the right to capture can do. */
export const PERMISSION_HINT =
  'use sudo, or give a copy of node the right: setcap cap_net_raw,cap_net_admin+ep COPY; wiretale doctor tells more'

/** The handle of an activated interface. */
export interface Activated {
  readonly handle: Pointer
  /** What libpcap and the system did otherwise than asked. */
  readonly warnings: readonly string[]
}

/** Opens an interface as `request` wants it. Messages are those of tcpdump. Throws LiveError. */
export function activate(pcap: Libpcap, request: LiveRequest): Activated {
  const handle = create(pcap, request.device)
  try {
    const warnings = [...configure(pcap, handle, request), ...start(pcap, handle, request.device)]
    if (request.direction !== null && pcap.setDirection(handle, DIRECTIONS[request.direction]) !== 0)
      throw new LiveError('other', `${request.device}: pcap_setdirection() failed: ${pcap.geterr(handle)}`)
    chooseLink(pcap, handle, request)
    return { handle, warnings }
  } catch (error) {
    pcap.close(handle)
    throw error
  }
}

/** A handle that is not activated yet. Throws LiveError. */
export function create(pcap: Libpcap, device: string): Pointer {
  const handle = pcap.create(device, pcap.error)
  if (!handle) throw new LiveError('other', pcap.errorText())
  return handle
}

/** Returns warnings. */
function configure(pcap: Libpcap, handle: Pointer, request: LiveRequest): string[] {
  const { device } = request
  const warnings: string[] = []
  const must = (status: number, what: string): void => {
    if (status !== 0) throw new LiveError('other', `${device}: Can't set ${what}: ${pcap.statusText(status)}`)
  }
  if (request.nano) must(pcap.setTimeStampPrecision(handle, PRECISION_NANO), 'nanosecond time stamp precision')
  if (request.immediate) must(pcap.setImmediateMode(handle, 1), 'immediate mode')
  must(pcap.setSnaplen(handle, request.snaplen), 'snapshot length')
  must(pcap.setPromiscuous(handle, request.promiscuous ? 1 : 0), 'promiscuous mode')
  if (request.monitorMode) askForMonitorMode(pcap, handle, device)
  must(pcap.setTimeout(handle, READ_TIMEOUT_MS), 'timeout')
  // In immediate mode the ring is one of packets, and libpcap's default is right.
  const buffer = request.bufferBytes || (request.immediate ? 0 : BUFFER_BYTES)
  if (buffer > 0) must(pcap.setBufferSize(handle, buffer), 'buffer size')
  if (request.timeStampType !== null) {
    const type = pcap.timeStampTypeNumber(request.timeStampType)
    if (type < 0) throw new LiveError('other', `invalid time stamp type ${request.timeStampType}`)
    const status = pcap.setTimeStampType(handle, type)
    if (status === WARNING_TIME_STAMP_TYPE_UNSUPPORTED) {
      warnings.push(
        `When trying to set timestamp type '${request.timeStampType}' on ${device}: ${pcap.statusText(status)}`,
      )
    } else must(status, 'time stamp type')
  }
  return warnings
}

function askForMonitorMode(pcap: Libpcap, handle: Pointer, device: string): void {
  const status = pcap.canSetMonitorMode(handle)
  if (status < 0) throw statusError(pcap, handle, device, status)
  if (status === 0) throw new LiveError('other', `${device}: ${pcap.statusText(MONITOR_MODE_UNSUPPORTED)}`)
  pcap.setMonitorMode(handle, 1)
}

/** Returns warnings. */
function start(pcap: Libpcap, handle: Pointer, device: string): string[] {
  const status = pcap.activate(handle)
  if (status < 0) throw statusError(pcap, handle, device, status)
  if (status === 0) return []
  const details = pcap.geterr(handle)
  if (status === WARNING) return [details]
  const more = status === WARNING_PROMISCUOUS_UNSUPPORTED && details !== '' ? `\n(${details})` : ''
  return [`${device}: ${pcap.statusText(status)}${more}`]
}

function statusError(pcap: Libpcap, handle: Pointer, device: string, status: number): LiveError {
  const details = pcap.geterr(handle)
  if (status === PCAP_ERROR) return new LiveError('other', details)
  const isDenied = status === PERMISSION_DENIED || status === PROMISCUOUS_PERMISSION_DENIED
  const showsDetails = status === NO_SUCH_DEVICE || (status === PERMISSION_DENIED && details !== '')
  const message = `${device}: ${pcap.statusText(status)}${showsDetails ? `\n(${details})` : ''}`
  if (isDenied) return new LiveError('permission', message, PERMISSION_HINT)
  return new LiveError(status === NO_SUCH_DEVICE ? 'no-device' : 'other', message)
}

function chooseLink(pcap: Libpcap, handle: Pointer, { device, link }: LiveRequest): void {
  if (link === null) {
    // Where this libpcap does not know it, `any` stays with the first version of the header.
    if (device === 'any') pcap.setDatalink(handle, LINK_LINUX_SLL2)
    return
  }
  // libpcap counts a few types otherwise here than in files; the names are the same.
  const number = pcap.datalinkNumber(linkTypeName(link))
  if (pcap.setDatalink(handle, number < 0 ? link : number) !== 0) throw new LiveError('other', pcap.geterr(handle))
}
