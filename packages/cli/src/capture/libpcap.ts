import type { Koffi, Pointer } from './koffi.ts'
import { LiveError } from './live-source.ts'

/** Where systems have libpcap, the likeliest name first. Tried: Linux. The names for macOS and the BSDs are those of
 *  their own libpcap and have not been tried. */
const LIBRARIES: Readonly<Partial<Record<NodeJS.Platform, readonly string[]>>> = {
  linux: ['libpcap.so.0.8', 'libpcap.so.1', 'libpcap.so'],
  darwin: ['libpcap.A.dylib', 'libpcap.dylib'],
  freebsd: ['libpcap.so.8', 'libpcap.so'],
  openbsd: ['libpcap.so'],
}

const HOW_TO_INSTALL = 'install it: apt-get install libpcap0.8, dnf install libpcap, apk add libpcap'

/** Bytes of the buffer that libpcap writes an error into: PCAP_ERRBUF_SIZE. */
const ERROR_BYTES = 256

/** Calls into libpcap, pcap(3PCAP), and the C library, as far as capturing needs them. Handles are addresses, which
 *  every thread may use; the object itself belongs to the thread that made it. */
export type Libpcap = ReturnType<typeof bind>

/** The system's libpcap. Throws LiveError. */
export function openLibpcap(koffi: Koffi): Libpcap {
  const names = LIBRARIES[process.platform]
  if (names === undefined)
    throw new LiveError('engine', `capturing with libpcap has not been built for ${process.platform}`)
  let reason = ''
  for (const name of names) {
    try {
      const library = koffi.load(name)
      return bind(koffi, library, koffi.load(null))
    } catch (error) {
      reason ||= error instanceof Error ? error.message : String(error)
    }
  }
  throw new LiveError('engine', `libpcap is not there (${reason})`, HOW_TO_INSTALL)
}

type Library = ReturnType<Koffi['load']>

function bind(koffi: Koffi, pcap: Library, libc: Library) {
  const error = Buffer.alloc(ERROR_BYTES)
  const call = <T extends (...args: never[]) => unknown>(library: Library, prototype: string): T =>
    library.func(prototype) as unknown as T
  type Handle = (handle: Pointer) => number
  type Setter = (handle: Pointer, value: number) => number
  return {
    koffi,
    /** Words of the last call that was given `error`. */
    error,
    errorText: (): string => error.toString('utf8', 0, Math.max(0, error.indexOf(0))),

    /** `libpcap version 1.10.3 (with TPACKET_V3)` */
    version: call<() => string>(pcap, 'const char *pcap_lib_version()'),
    create: call<(device: string, error: Buffer) => Pointer>(pcap, 'void *pcap_create(const char *, void *)'),
    activate: call<Handle>(pcap, 'int pcap_activate(void *)'),
    close: call<(handle: Pointer) => void>(pcap, 'void pcap_close(void *)'),
    geterr: call<(handle: Pointer) => string>(pcap, 'const char *pcap_geterr(void *)'),
    statusText: call<(status: number) => string>(pcap, 'const char *pcap_statustostr(int)'),

    setSnaplen: call<Setter>(pcap, 'int pcap_set_snaplen(void *, int)'),
    setPromiscuous: call<Setter>(pcap, 'int pcap_set_promisc(void *, int)'),
    setMonitorMode: call<Setter>(pcap, 'int pcap_set_rfmon(void *, int)'),
    setTimeout: call<Setter>(pcap, 'int pcap_set_timeout(void *, int)'),
    setBufferSize: call<Setter>(pcap, 'int pcap_set_buffer_size(void *, int)'),
    setImmediateMode: call<Setter>(pcap, 'int pcap_set_immediate_mode(void *, int)'),
    setTimeStampPrecision: call<Setter>(pcap, 'int pcap_set_tstamp_precision(void *, int)'),
    setTimeStampType: call<Setter>(pcap, 'int pcap_set_tstamp_type(void *, int)'),
    setDirection: call<Setter>(pcap, 'int pcap_setdirection(void *, int)'),
    setDatalink: call<Setter>(pcap, 'int pcap_set_datalink(void *, int)'),
    setNonblock: call<(handle: Pointer, on: number, error: Buffer) => number>(
      pcap,
      'int pcap_setnonblock(void *, int, void *)',
    ),
    setFilter: call<(handle: Pointer, program: Uint8Array) => number>(pcap, 'int pcap_setfilter(void *, void *)'),

    snapshot: call<Handle>(pcap, 'int pcap_snapshot(void *)'),
    datalink: call<Handle>(pcap, 'int pcap_datalink(void *)'),
    selectableFd: call<Handle>(pcap, 'int pcap_get_selectable_fd(void *)'),
    canSetMonitorMode: call<Handle>(pcap, 'int pcap_can_set_rfmon(void *)'),
    listDatalinks: call<(handle: Pointer, list: [Pointer | null]) => number>(
      pcap,
      'int pcap_list_datalinks(void *, _Out_ void **)',
    ),
    freeDatalinks: call<(list: Pointer) => void>(pcap, 'void pcap_free_datalinks(void *)'),
    listTimeStampTypes: call<(handle: Pointer, list: [Pointer | null]) => number>(
      pcap,
      'int pcap_list_tstamp_types(void *, _Out_ void **)',
    ),
    freeTimeStampTypes: call<(list: Pointer) => void>(pcap, 'void pcap_free_tstamp_types(void *)'),
    datalinkName: call<(link: number) => string | null>(pcap, 'const char *pcap_datalink_val_to_name(int)'),
    datalinkDescription: call<(link: number) => string | null>(
      pcap,
      'const char *pcap_datalink_val_to_description(int)',
    ),
    datalinkNumber: call<(name: string) => number>(pcap, 'int pcap_datalink_name_to_val(const char *)'),
    timeStampTypeName: call<(type: number) => string | null>(pcap, 'const char *pcap_tstamp_type_val_to_name(int)'),
    timeStampTypeDescription: call<(type: number) => string | null>(
      pcap,
      'const char *pcap_tstamp_type_val_to_description(int)',
    ),
    timeStampTypeNumber: call<(name: string) => number>(pcap, 'int pcap_tstamp_type_name_to_val(const char *)'),

    findDevices: call<(list: [Pointer | null], error: Buffer) => number>(
      pcap,
      'int pcap_findalldevs(_Out_ void **, void *)',
    ),
    freeDevices: call<(list: Pointer) => void>(pcap, 'void pcap_freealldevs(void *)'),
    lookupNet: call<(device: string, net: Uint8Array, mask: Uint8Array, error: Buffer) => number>(
      pcap,
      'int pcap_lookupnet(const char *, void *, void *, void *)',
    ),

    stats: call<(handle: Pointer, statistics: Uint32Array) => number>(pcap, 'int pcap_stats(void *, void *)'),
    breakLoop: call<(handle: Pointer) => void>(pcap, 'void pcap_breakloop(void *)'),
    dispatch: call<(handle: Pointer, packets: number, callback: Pointer, user: Pointer) => number>(
      pcap,
      'int pcap_dispatch(void *, int, void *, void *)',
    ),
    /** The address of pcap_dump itself, a callback for dispatch. */
    dump: pcap.symbol('pcap_dump') as Pointer,
    dumpOpen: call<(handle: Pointer, file: Pointer) => Pointer | null>(pcap, 'void *pcap_dump_fopen(void *, void *)'),
    dumpFlush: call<Handle>(pcap, 'int pcap_dump_flush(void *)'),
    dumpTell: call<Handle>(pcap, 'long pcap_dump_ftell(void *)'),
    dumpClose: call<(dumper: Pointer) => void>(pcap, 'void pcap_dump_close(void *)'),

    /** A stream onto memory. */
    openMemory: call<(memory: Pointer, bytes: number, mode: string) => Pointer | null>(
      libc,
      'void *fmemopen(void *, size_t, const char *)',
    ),
    setStreamBuffer: call<(stream: Pointer, buffer: Pointer | null, mode: number, bytes: number) => number>(
      libc,
      'int setvbuf(void *, void *, int, size_t)',
    ),
    seek: call<(stream: Pointer, offset: number, from: number) => number>(libc, 'int fseek(void *, long, int)'),
    /** A descriptor that poll() finds readable once something has been written to it; -1: this system has none. */
    openEvent: findEvent(libc),
    poll: call<(fds: Int32Array, count: number, milliseconds: number) => number>(
      libc,
      'int poll(void *, unsigned long, int)',
    ),
    setSocketOption: call<(fd: number, level: number, option: number, value: Uint8Array, bytes: number) => number>(
      libc,
      'int setsockopt(int, int, int, void *, unsigned int)',
    ),
  } as const
}

function findEvent(libc: Library): (count: number, flags: number) => number {
  try {
    return libc.func('int eventfd(unsigned int, int)') as unknown as (count: number, flags: number) => number
  } catch {
    return () => -1
  }
}
