import type { SideName } from '../../model/lines.ts'
import type { FindingWords } from './finding-types.ts'
import { byteCountZh, duration } from './quantities.ts'

const sides: Record<SideName, string> = { client: '客户端', server: '服务器' }

/** 中文；协议用语保留英文。 */
export const findingZh: FindingWords = {
  findings: {
    'tcp/who-closed-first': ({ first, timeWait }) => ({
      text:
        first === 'both'
          ? `双方同时关闭：各自的 FIN 都在收到对方的 FIN 之前发出${timeWait === 'both' ? '，因此双方都经历 TIME_WAIT' : ''}。`
          : `${sides[first]}先关闭${timeWait === first ? '，因此 TIME_WAIT 在它这一侧（Linux 约 60 秒）' : timeWait === null ? '；谁经历 TIME_WAIT，从这次抓包无法得知' : ''}。`,
      advice: timeWait === null || timeWait === 'none' ? null : 'TIME_WAIT 是 TCP 的正常结束方式，无需处理。',
      alternative: null,
    }),
    'tcp/two-writes': ({ side, headBytes, bodyBytes, times }) => ({
      text: `${sides[side]}程序把消息的头部（${byteCountZh(headBytes)}）和正文（${byteCountZh(bodyBytes)}）分开写${times > 1 ? `，在此连接上共 ${times} 次` : ''}：头部恰好结束于一个还有余量的报文段的末尾。`,
      advice:
        '本身无害。若发送方启用 Nagle、对方延迟 ACK，可能损失 40 ms；合为一次写（或 TCP_CORK、MSG_MORE）即可避免。',
      alternative: null,
    }),
    'http/idle-close': ({ closer, idleMs, offeredSeconds }) => ({
      text:
        `${sides[closer]}在空闲 ${duration(idleMs)} 后关闭连接` +
        (offeredSeconds === null
          ? '。'
          : closer === 'client'
            ? `，尽管服务器愿意保持 ${offeredSeconds} 秒。`
            : `；它曾表示愿意保持 ${offeredSeconds} 秒。`),
      advice: closer === 'server' ? '复用连接的客户端应更早放弃空闲连接。' : null,
      alternative: null,
    }),
    'http/clock-offset': ({ offsetSeconds }) => ({
      text: `按 Date 头，服务器的时钟比抓包的时钟${offsetSeconds > 0 ? '快' : '慢'} ${duration(Math.abs(offsetSeconds) * 1000)}。`,
      advice: '把服务器日志与抓包对照时要扣除这一偏差。',
      alternative: '也可能是缓存返回了存储的 Date，或抓包机器的时钟不准。',
    }),
  },
  why: {
    fin: '第一个 FIN',
    rst: 'RST',
    'other-fin': '对方的 FIN',
    'head-ends': '头部到此报文段为止',
    'body-begins': '正文从这里开始',
    'last-byte': '最后一个响应的末字节',
    'date-header': 'Date 头',
  },
}
