import { type BpfProgram, compileFilter } from '@wiretale/core'
import { closingText, listeningText } from '../capture/closing.ts'
import { type LiveEnd, LiveError, type LiveSource } from '../capture/live-source.ts'
import { UsageError } from '../flags/flag.ts'
import type { Arguments } from '../flags/parse.ts'
import { findFilterNames } from '../names/filter-names.ts'
import { asFailure } from '../tcpdump/permission.ts'
import { becomeUser, userForCapture } from '../tcpdump/privileges.ts'
import { tell } from '../tcpdump/tell.ts'
import { asUsageError, PacketFilter } from './filtering.ts'

/** What is asked of an interface. */
export interface LiveOrder {
  /** As -i names it. */
  readonly device: string
  /** Empty: every packet. */
  readonly expression: string
  readonly snaplen: number
  readonly promiscuous: boolean
  readonly bufferBytes: number
  /** -Z; null: tcpdump's user, whoever called sudo, or nobody. */
  readonly user: string | null
  readonly quiet: boolean
}

const MAX_SNAPLEN = 262_144
/** Where the engine does not say what to do. */
const LIST = 'wiretale -D lists the interfaces'

/** A capture that cannot begin: one line says why, and what to do. */
class CaptureFailure extends Error {
  readonly hint: string

  constructor(message: string, hint: string) {
    super(message)
    this.hint = hint
  }
}

/** Reads the options of a live capture. Throws UsageError. */
export function readOrder(given: Arguments): LiveOrder {
  const device = given.text('interface')
  if (device === null) throw new UsageError('there is no interface', 'name one with -i; any: all of them')
  if (device === '') throw new UsageError('-i needs the name of an interface', 'wiretale -D lists them; any: all')
  const filter = given.text('filter')
  const words = given.operands
  if (words.length > 0 && filter !== null)
    throw new UsageError(`there are two filters, -f and '${words[0].slice(0, 40)}'`, 'leave one of them out')
  const snaplen = given.number('snapshot-length') ?? 0
  if (snaplen > MAX_SNAPLEN) {
    throw new UsageError(`--snapshot-length cannot be ${snaplen}`, `at most ${MAX_SNAPLEN}; 0: that`)
  }
  return {
    device,
    expression: filter ?? words.join(' '),
    snaplen: snaplen === 0 ? MAX_SNAPLEN : snaplen,
    promiscuous: given.switch('no-promiscuous-mode') !== true,
    bufferBytes: (given.number('buffer-size') ?? 0) * 1024,
    user: given.text('relinquish-privileges'),
    quiet: given.switch('quiet') === true,
  }
}

/** Opens the interface with its filter in the kernel, then gives privileges up. Throws UsageError if the filter is wrong,
 *  else an error with a hint. */
export async function openInterface(order: LiveOrder): Promise<LiveSource> {
  const { expression } = order
  // What is no filter at all is refused before anything is opened.
  if (expression.trim() !== '') await PacketFilter.create(expression, null)
  const { openLive } = await import('../capture/open.ts')
  const { resolveDevice } = await import('../capture/devices.ts')
  let source: LiveSource | null = null
  try {
    source = await openLive({
      device: await resolveDevice(order.device),
      snaplen: order.snaplen,
      promiscuous: order.promiscuous,
      monitorMode: false,
      bufferBytes: order.bufferBytes,
      timeStampType: null,
      nano: false,
      link: null,
      direction: null,
      immediate: false,
      expression,
    })
    for (const warning of source.warnings) tell(`wiretale: ${warning}\n`)
    await source.setFilter(await compile(expression, source))
    const user = userForCapture(order.user)
    if (user !== null) becomeUser(user)
    if (!order.quiet) tell(listeningText(source))
    return source
  } catch (error) {
    await source?.close()
    if (error instanceof LiveError && error.code === 'permission') throw asFailure(error)
    if (error instanceof LiveError) throw new CaptureFailure(firstLine(error), error.hint ?? LIST)
    // What cannot be given up is the user's to mend, too.
    if (error instanceof Error && 'exitCode' in error) throw new CaptureFailure(error.message, 'see -Z')
    throw error
  }
}

/** libpcap says some things twice, in two lines. */
function firstLine({ message }: Error): string {
  return message.split('\n', 1)[0]
}

async function compile(expression: string, { link, snaplen, netmask }: LiveSource): Promise<BpfProgram | null> {
  if (expression.trim() === '') return null
  const names = await findFilterNames(expression)
  try {
    const isLinuxCapture = process.platform === 'linux'
    return compileFilter(expression, { link, snaplen, optimize: true, netmask, names, isLinuxCapture }).program
  } catch (error) {
    throw asUsageError(error, expression, null)
  }
}

/** A second signal that comes so soon was sent together with the first, to a whole process group for one. */
const TOGETHER_MS = 500
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Asks for the counts, as tcpdump is asked. Without a listener it would open Node's debugger. */
const COUNTS = 'SIGUSR1'

/** Has SIGINT, SIGTERM and SIGHUP call `stop`, once; after a second one the program ends at once. SIGUSR1 calls `count`.
 *  Returns what gives the signals back. */
export function onSignals(stop: () => void, count: () => void): () => void {
  let since: number | null = null
  const handle = (_: string, number: number): void => {
    const now = performance.now()
    if (since !== null && now - since > TOGETHER_MS) process.exit(128 + number)
    if (since === null) stop()
    since ??= now
  }
  for (const name of SIGNALS) process.on(name, handle)
  process.on(COUNTS, count)
  return () => {
    process.off(COUNTS, count)
    for (const name of SIGNALS) process.off(name, handle)
  }
}

/** Tells on standard error how the capture went, as tcpdump does. Returns the exit code. */
export async function tellEnd(source: LiveSource, end: LiveEnd, packets: number): Promise<number> {
  if (end.reason === 'failed') tell(`wiretale: ${end.message}\n`)
  await tellCounts(source, packets)
  return end.reason === 'failed' ? 1 : 0
}

/** `3 packets captured`, … on standard error. */
export async function tellCounts(source: LiveSource, packets: number): Promise<void> {
  tell(closingText(packets, await source.statistics()))
}
