import { duration } from '@wiretale/core'
import { WAYS } from '../../tcpdump/permission.ts'
import type { Fact, Offload } from '../check.ts'
import { type DoctorMessages, type Sentence, says } from './types.ts'

const offloads: Readonly<Record<Offload, string>> = {
  tso: 'TSO',
  gso: 'GSO',
  gro: 'GRO',
  lro: 'LRO',
  'tx-checksum': 'transmit checksums',
  'rx-checksum': 'receive checksums',
}

export const doctorEn: DoctorMessages = {
  status: { ok: 'ok', note: 'note', warning: 'warning', failed: 'FAILED', unknown: 'unknown' },
  name: {
    node: 'node',
    koffi: 'koffi',
    libpcap: 'libpcap',
    tcpdump: 'tcpdump',
    interfaces: 'interfaces',
    offloads: 'offloads',
    'time-stamps': 'time stamps',
    buffer: 'buffer',
    clock: 'clock',
    terminal: 'terminal',
    process: '--process',
    rights: 'rights',
    capture: 'capture',
  },
  sentence: {
    node: ({ version, path }) => says(`Node ${version}, ${path}`),
    koffi: ({ version, reason }) =>
      version === null
        ? says(`${reason}: packets come through tcpdump, more slowly`, 'npm install koffi')
        : says(`koffi ${version}`),
    libpcap: ({ status, version, reason }) => {
      if (version !== null) return says(version)
      if (status === 'unknown') return says('cannot be asked without koffi')
      return says(
        `${reason}: packets come through tcpdump, more slowly`,
        'apt-get install libpcap0.8, dnf install libpcap, or apk add libpcap',
      )
    },
    tcpdump: ({ status, version, reason }) => {
      if (version !== null) return says(`tcpdump ${version}: captures where koffi or libpcap is missing`)
      if (status === 'unknown') return says('tcpdump does not tell its version')
      return says(`${reason ?? 'tcpdump is missing'}: needed only where koffi or libpcap is missing`)
    },
    interfaces,
    offloads: ({ interface: device, enabled }) => {
      if (enabled === null)
        return says(`${device}: what it does to packets is not known`, `ethtool -k ${device} may tell`)
      const rest = enabled.filter((offload) => offload !== 'rx-checksum')
      if (rest.length === 0)
        return says(`${device}: splits and merges no segments, and leaves no checksum to be filled in`)
      const effects = [
        ...(rest.some((offload) => offload !== 'tx-checksum')
          ? ['segments larger than the MSS, several on the wire']
          : []),
        ...(rest.includes('tx-checksum') ? ['sent packets whose checksums are not filled in yet ("incorrect")'] : []),
      ]
      return says(
        `${device}: ${rest.map((offload) => offloads[offload]).join(', ')} on: expect ${effects.join(', and ')}`,
      )
    },
    'time-stamps': ({ interface: device, types }) => {
      if (types === null) return says('who stamps packets is not known')
      return types.length === 0
        ? says(`${device}: packets are stamped by the kernel; there is no choice`)
        : says(`${device}: ${types.join(', ')} (-j chooses in tcpdump mode)`)
    },
    buffer: ({ bytes, ring }) =>
      says(
        `${bytes / 1024} KiB of the kernel hold packets that wait${ring === null ? '' : ` (${ring})`}; -B KIB makes it larger, net.core.rmem_max does not limit it`,
      ),
    clock: ({ isSynchronised, errorMs }) => {
      if (isSynchronised === null) return says('whether it is synchronised is not known')
      return isSynchronised
        ? says(`synchronised${errorMs === null ? '' : `, at most ${duration(errorMs)} off, by the kernel's estimate`}`)
        : says(
            'the kernel does not know it to be synchronised: packets may not line up with logs of other machines',
            'chronyd or systemd-timesyncd keeps it; of a virtual machine the host may',
          )
    },
    terminal: ({ isUtf8, columns }) => {
      const width = columns === null ? 'standard output is no terminal' : `${columns} columns`
      return isUtf8
        ? says(`UTF-8, ${width}`)
        : says(`not UTF-8: arrows and lines are ASCII; ${width}`, 'export LC_ALL=C.UTF-8')
    },
    process: ({ hasEvents, reason }) => {
      if (hasEvents === null) return says('programs can only be named on Linux')
      return hasEvents
        ? says("the kernel's events name programs of short connections, too")
        : says(
            `without the kernel's events programs of short connections stay unknown (${reason})`,
            'sudo; tracefs at /sys/kernel/tracing',
          )
    },
    rights,
    capture,
  },
}

function interfaces({ interfaces: list, more, reason }: Fact<'interfaces'>): Sentence {
  if (list === null) return says(`cannot be listed: ${reason}`)
  if (list.length === 0) return says('none to capture from', 'wiretale -D lists them')
  const shown = list.map(({ name, flags, link }) => {
    const words = [link, flags].filter((word) => word !== null)
    return words.length === 0 ? name : `${name} (${words.join('; ')})`
  })
  return says(shown.join(', ') + (more > 0 ? `, and ${more} more` : ''))
}

function rights({ user, mayCapture, nodeFile, node }: Fact<'rights'>): Sentence {
  const file =
    nodeFile === null
      ? `those of ${node} are not known`
      : nodeFile.length === 0
        ? `${node} has no file capabilities`
        : `${node} has ${nodeFile.join(', ')}`
  const who = user === 0 ? 'root' : user === null ? 'this user' : `user ${user}`
  if (mayCapture === null) return says(`whether ${who} may capture is not known; ${file}`)
  return says(`${who} ${mayCapture ? 'has' : 'does not have'} CAP_NET_RAW; ${file}`)
}

function capture({ interface: device, engine, link, status, code, reason, wouldTcpdump }: Fact<'capture'>): Sentence {
  if (status === 'ok') return says(`works: ${device} was opened through ${engine}, link type ${link}`)
  if (code === 'no-device') return says(`${device ?? 'no interface'}: ${reason}`, 'wiretale -D lists the interfaces')
  if (code === 'engine' && engine === 'tcpdump') return says(`tcpdump does not start: ${reason}`, 'install tcpdump')
  if (code === 'engine')
    return says(`${reason}, and tcpdump is not there either`, 'npm install koffi, and install libpcap or tcpdump')
  if (code !== 'permission') return says(`${device}: ${reason}`)
  return says(
    `no right to capture: ${reason}`,
    wouldTcpdump ? 'tcpdump may: WIRETALE_ENGINE=tcpdump wiretale ...' : WAYS.en,
  )
}
