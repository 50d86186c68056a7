import type { Condition } from '../condition.ts'
import { FilterError, meaningless, unsupported } from '../error.ts'

/** Tests for link types that no test here can decode: 802.11, pf's log, ATM, SS7. Their values are checked in libpcap's
 *  order, then they are refused. */

const WIRELESS_TYPES: Readonly<Record<string, number>> = {
  mgt: 0,
  management: 0,
  ctl: 4,
  control: 4,
  data: 8,
}
const WIRELESS_TYPE_BITS = 0x0c
const WIRELESS_SUBTYPE_BITS = 0xf0

/** Names of subtypes, by type (IEEE 802.11-2020 §9.2.4.1.3). */
const WIRELESS_SUBTYPES: readonly ReadonlySet<string>[] = [
  'assocreq assoc-req assocresp assoc-resp reassocreq reassoc-req reassocresp reassoc-resp probereq probe-req proberesp ' +
    'probe-resp beacon atim disassoc disassociation auth authentication deauth deauthentication',
  'ps-poll rts cts ack cf-end cf-end-ack',
  'data data-cf-ack data-cf-poll data-cf-ack-poll null cf-ack cf-poll cf-ack-poll qos-data qos-data-cf-ack ' +
    'qos-data-cf-poll qos-data-cf-ack-poll qos qos-cf-poll qos-cf-ack-poll',
].map((names) => new Set(names.split(' ')))

/** `type`, `type … subtype …`, `subtype …`. */
export function isWirelessType(type: string | number | null, subtype: string | number | null): Condition {
  let number = -1
  if (typeof type === 'string') {
    number = WIRELESS_TYPES[type.toLowerCase()] ?? -1
    if (number < 0) throw meaningless(`unknown 802.11 type name "${type}"`)
  } else if (type !== null) {
    if ((type & ~WIRELESS_TYPE_BITS) !== 0) throw meaningless(`invalid 802.11 type value ${hexByte(type)}`)
    number = type
  }
  if (typeof subtype === 'string') checkSubtype(subtype.toLowerCase(), subtype, number)
  else if (subtype !== null && (subtype & ~WIRELESS_SUBTYPE_BITS) !== 0)
    throw meaningless(`invalid 802.11 subtype value ${hexByte(subtype)}`)
  throw unsupported('802.11 link-layer types supported only on 802.11')
}

function checkSubtype(name: string, written: string, type: number): void {
  if (type < 0) {
    if (!WIRELESS_SUBTYPES.some((names) => names.has(name))) throw meaningless('unknown 802.11 type name')
    return
  }
  const names = WIRELESS_SUBTYPES[type >> 2]
  if (names === undefined) throw meaningless('unknown 802.11 type')
  if (!names.has(name)) throw meaningless(`unknown 802.11 subtype name "${written}"`)
}

function hexByte(value: number): string {
  return `0x${value.toString(16).padStart(2, '0')}`
}

const WIRELESS_DIRECTIONS: ReadonlySet<string> = new Set(['nods', 'tods', 'fromds', 'dstods'])
/** Of OpenBSD's pf (net/pfvar.h). */
const PF_REASONS: ReadonlySet<string> = new Set(
  (
    'match bad-offset fragment short normalize memory bad-timestamp congestion ip-option proto-cksum state-mismatch ' +
    'state-insert state-limit src-limit synproxy'
  ).split(' '),
)
const PF_ACTIONS: ReadonlySet<string> = new Set(['pass', 'accept', 'drop', 'block', 'rdr', 'nat', 'binat', 'nordr'])
const ATM_WORDS = new Set('lane metac bcc oamf4ec oamf4sc sc ilmic oam oamf4 connectmsg metaconnect vpi vci'.split(' '))
const MTP2_WORDS = new Set('fisu lssu msu hfisu hlssu hmsu'.split(' '))

/** The other words: `dir`, and those of pf, ATM and SS7. */
export function isForeign(word: string, value: string | number | null): Condition {
  if (word === 'dir') {
    if (typeof value === 'string' && !WIRELESS_DIRECTIONS.has(value.toLowerCase()))
      throw meaningless('unknown 802.11 direction')
    throw unsupported('frame direction supported only with 802.11 headers')
  }
  if (word === 'reason' && typeof value === 'string' && !PF_REASONS.has(value.toLowerCase()))
    throw new FilterError('unknown-name', `unknown PF reason "${value}"`)
  if (word === 'action' && typeof value === 'string' && !PF_ACTIONS.has(value.toLowerCase()))
    throw new FilterError('unknown-name', `unknown PF action "${value}"`)
  if (ATM_WORDS.has(word)) throw unsupported(`'${word}' supported only on raw ATM`)
  if (MTP2_WORDS.has(word)) throw unsupported(`'${word}' supported only on MTP2`)
  if (/^h?(sio|opc|dpc|sls)$/.test(word)) throw unsupported(`'${word.replace(/^h/, '')}' supported only on SS7`)
  throw unsupported(`${word} supported only on PF linktype`)
}
