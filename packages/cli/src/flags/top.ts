import type { Flag } from './flag.ts'

/** Options of `wiretale top`. */
export const topFlags: readonly Flag[] = [
  {
    name: 'sort',
    kind: 'choice',
    value: 'ORDER',
    choices: ['rate', 'wait', 'retransmissions', 'state', 'number', 'exchange'],
    commands: ['top'],
    help: {
      en: 'first come the fastest, those that wait longest, those with most retransmissions, the liveliest states, the oldest, or the slowest exchanges',
      zh: '排在最前：速率最高、等待最久、重传最多、状态最活跃、最早，或往返最慢的连接',
    },
    byDefault: { en: 'rate', zh: 'rate' },
  },
  {
    name: 'interval',
    kind: 'number',
    value: 'SECONDS',
    least: 1,
    commands: ['top'],
    help: { en: 'seconds between two rounds', zh: '两次刷新之间的秒数' },
    byDefault: { en: '1', zh: '1' },
  },
  {
    name: 'rounds',
    kind: 'number',
    value: 'N',
    least: 1,
    commands: ['top'],
    help: { en: 'end after N rounds', zh: '刷新 N 次后结束' },
    byDefault: { en: 'until q, Ctrl-C or SIGTERM', zh: '直到 q、Ctrl-C 或 SIGTERM' },
  },
]
