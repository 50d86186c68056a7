import { duration } from '@wiretale/core'
import { WAYS } from '../../tcpdump/permission.ts'
import type { Fact, Offload } from '../check.ts'
import { type DoctorMessages, type Sentence, says } from './types.ts'

const offloads: Readonly<Record<Offload, string>> = {
  tso: 'TSO',
  gso: 'GSO',
  gro: 'GRO',
  lro: 'LRO',
  'tx-checksum': '发送校验和',
  'rx-checksum': '接收校验和',
}

export const doctorZh: DoctorMessages = {
  status: { ok: '正常', note: '注意', warning: '警告', failed: '失败', unknown: '未知' },
  name: {
    node: 'node',
    koffi: 'koffi',
    libpcap: 'libpcap',
    tcpdump: 'tcpdump',
    interfaces: '网络接口',
    offloads: '卸载功能',
    'time-stamps': '时间戳',
    buffer: '缓冲区',
    clock: '时钟',
    terminal: '终端',
    process: '--process',
    rights: '权限',
    capture: '抓包',
  },
  sentence: {
    node: ({ version, path }) => says(`Node ${version}，${path}`),
    koffi: ({ version, reason }) =>
      version === null ? says(`${reason}：改由 tcpdump 抓包，速度较慢`, 'npm install koffi') : says(`koffi ${version}`),
    libpcap: ({ status, version, reason }) => {
      if (version !== null) return says(version)
      if (status === 'unknown') return says('没有 koffi，无法查询')
      return says(
        `${reason}：改由 tcpdump 抓包，速度较慢`,
        'apt-get install libpcap0.8、dnf install libpcap 或 apk add libpcap',
      )
    },
    tcpdump: ({ status, version, reason }) => {
      if (version !== null) return says(`tcpdump ${version}：缺少 koffi 或 libpcap 时由它抓包`)
      if (status === 'unknown') return says('tcpdump 没有给出版本')
      return says(`${reason ?? '没有 tcpdump'}：仅在缺少 koffi 或 libpcap 时需要`)
    },
    interfaces,
    offloads: ({ interface: device, enabled }) => {
      if (enabled === null) return says(`${device}：不知道它会怎样处理包`, `可试 ethtool -k ${device}`)
      const rest = enabled.filter((offload) => offload !== 'rx-checksum')
      if (rest.length === 0) return says(`${device}：不拆分、不合并报文段，也不留待填写的校验和`)
      const effects = [
        ...(rest.some((offload) => offload !== 'tx-checksum') ? ['大于 MSS 的报文段（线路上是多个）'] : []),
        ...(rest.includes('tx-checksum') ? ['发出的包校验和尚未填写（显示为 incorrect）'] : []),
      ]
      return says(
        `${device}：已启用 ${rest.map((offload) => offloads[offload]).join('、')}，会抓到${effects.join('，以及')}`,
      )
    },
    'time-stamps': ({ interface: device, types }) => {
      if (types === null) return says('不知道由谁打时间戳')
      return types.length === 0
        ? says(`${device}：由内核打时间戳，不可选择`)
        : says(`${device}：${types.join('、')}（tcpdump 模式下用 -j 选择）`)
    },
    buffer: ({ bytes, ring }) =>
      says(
        `内核用 ${bytes / 1024} KiB 存放等待读取的包${ring === null ? '' : `（${ring}）`}；-B KIB 可加大，不受 net.core.rmem_max 限制`,
      ),
    clock: ({ isSynchronised, errorMs }) => {
      if (isSynchronised === null) return says('不知道时钟是否已同步')
      return isSynchronised
        ? says(`已同步${errorMs === null ? '' : `，内核估计误差不超过 ${duration(errorMs)}`}`)
        : says(
            '内核不知道时钟已同步：包的时间可能与其他机器的日志对不上',
            '可用 chronyd 或 systemd-timesyncd；虚拟机也可能由宿主机校时',
          )
    },
    terminal: ({ isUtf8, columns }) => {
      const width = columns === null ? '标准输出不是终端' : `${columns} 列`
      return isUtf8
        ? says(`UTF-8，${width}`)
        : says(`不是 UTF-8：箭头与线条用 ASCII；${width}`, 'export LC_ALL=C.UTF-8')
    },
    process: ({ hasEvents, reason }) => {
      if (hasEvents === null) return says('只有在 Linux 上才能写出程序名')
      return hasEvents
        ? says('借助内核事件，短连接的程序也能写出')
        : says(`没有内核事件，短连接的程序将是未知（${reason}）`, 'sudo；tracefs 位于 /sys/kernel/tracing')
    },
    rights,
    capture,
  },
}

function interfaces({ interfaces: list, more, reason }: Fact<'interfaces'>): Sentence {
  if (list === null) return says(`无法列出：${reason}`)
  if (list.length === 0) return says('没有可抓包的接口', 'wiretale -D 列出接口')
  const shown = list.map(({ name, flags, link }) => {
    const words = [link, flags].filter((word) => word !== null)
    return words.length === 0 ? name : `${name}（${words.join('；')}）`
  })
  return says(shown.join('、') + (more > 0 ? `，另有 ${more} 个` : ''))
}

function rights({ user, mayCapture, nodeFile, node }: Fact<'rights'>): Sentence {
  const file =
    nodeFile === null
      ? `不知道 ${node} 有哪些文件权能`
      : nodeFile.length === 0
        ? `${node} 没有文件权能`
        : `${node} 有 ${nodeFile.join('、')}`
  const who = user === 0 ? 'root' : user === null ? '当前用户' : `用户 ${user}`
  if (mayCapture === null) return says(`不知道${who}能否抓包；${file}`)
  return says(`${who} ${mayCapture ? '有' : '没有'} CAP_NET_RAW；${file}`)
}

function capture({ interface: device, engine, link, status, code, reason, wouldTcpdump }: Fact<'capture'>): Sentence {
  if (status === 'ok') return says(`可以抓包：已通过 ${engine} 打开 ${device}，链路类型 ${link}`)
  if (code === 'no-device') return says(`${device ?? '没有接口'}：${reason}`, 'wiretale -D 列出接口')
  if (code === 'engine' && engine === 'tcpdump') return says(`tcpdump 无法启动：${reason}`, '安装 tcpdump')
  if (code === 'engine') return says(`${reason}，也没有 tcpdump`, 'npm install koffi，并安装 libpcap 或 tcpdump')
  if (code !== 'permission') return says(`${device}：${reason}`)
  return says(`没有抓包权限：${reason}`, wouldTcpdump ? 'tcpdump 可以：WIRETALE_ENGINE=tcpdump wiretale ...' : WAYS.zh)
}
