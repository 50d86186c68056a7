import type { CaptureMessages } from './capture-types.ts'
import { grouped } from './quantities.ts'

/** 中文；协议用语保留英文。 */
export const captureZh: CaptureMessages = {
  'capture.text': () => '来源是打印出的文本：未打印的内容（日期、大部分数据）未知。',
  'capture.cut-packets': ({ count, of }) =>
    `${grouped(of)} 个包中有 ${grouped(count)} 个被快照长度截断：大小取自头部，内容只到抓到的地方为止。`,
  'capture.unknown-blocks': ({ count }) => `跳过了 ${grouped(count)} 个未知类型的 pcapng 块。`,
  'capture.evicted': ({ count }) => `为限制内存，提前结束了 ${grouped(count)} 个空闲会话；其后续的包算作新会话。`,
  'capture.rule-failed': ({ rule, times }) =>
    `规则 ${rule} 在 ${grouped(times)} 个会话上出错：它本会发现什么不得而知。请报告此问题。`,
  'capture.comment': ({ text }) => `来源注明：“${text}”。`,
  'capture.held-overflow': ({ count }) => `有 ${grouped(count)} 次缺口之后等待的数据过多：缺口按缺失处理。`,
}
