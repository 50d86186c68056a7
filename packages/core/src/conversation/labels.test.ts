import { describe, expect, it } from 'vitest'
import { linesOf } from '../../../../tests/support/analysis.ts'
import { analyseScript, HANDSHAKE, type Script } from '../../../../tests/support/script.ts'
import { labelNames } from './labels.ts'

/** Labels of a script's last packet. */
function labelsOf(script: Script): string[] {
  return linesOf(analyseScript(script), 'packet').at(-1)?.labels ?? []
}

/** 100 bytes that the server has acknowledged. */
const SENT: Script = [...HANDSHAKE, 'c>s 100B', 's>c ACK']
/** Its second of four segments is lost behind the capture point: three duplicate ACKs. */
const DUPLICATES: Script = [
  ...SENT,
  'c>s 100B lost',
  ...['c>s 100B', 's>c ACK', 'c>s 100B', 's>c ACK', 'c>s 100B', 's>c ACK'],
]
const FULL: Script = [...SENT, 'c>s 100B', 's>c ACK win=0']

/** By label: scripts whose last segment has it, and some whose last segment does not though it looks like it. */
const cases: Record<string, { fires: Record<string, Script>; silent: Record<string, Script> }> = {
  retransmission: {
    fires: {
      'data sent again': [...SENT, 'c>s 100B lost', '+300ms c>s 100B seq=101'],
      'a part of it, in a smaller segment': [...SENT, 'c>s 100B lost', '+300ms c>s 50B seq=101'],
      'a SYN': ['c>s SYN', '+1s c>s SYN'],
      'a SYN-ACK': ['c>s SYN', 's>c SYN ACK', '+1s s>c SYN ACK'],
      'a FIN': [...SENT, 'c>s FIN lost', '+300ms c>s FIN seq=101'],
    },
    silent: {
      'new data': [...SENT, 'c>s 100B'],
      'a FIN behind data that was acknowledged': [...SENT, 'c>s FIN'],
      'a keep-alive': [...SENT, '+10s c>s ACK seq=100'],
      'a SYN with another number': ['c>s SYN', 'c>s SYN isn=77'],
    },
  },
  'fast-retransmission': {
    fires: { 'after three duplicate ACKs': [...DUPLICATES, 'c>s 100B seq=101'] },
    silent: {
      'after one': [...SENT, 'c>s 100B lost', 'c>s 100B', 's>c ACK', 'c>s 100B seq=101'],
      'of other bytes than those asked for': [...DUPLICATES, 'c>s 100B seq=201'],
    },
  },
  'spurious-retransmission': {
    fires: {
      'all of it had been acknowledged': [...SENT, 'c>s 100B seq=1'],
      'a FIN that had been': [...SENT, 'c>s FIN', 's>c ACK', 'c>s FIN seq=101'],
    },
    silent: { 'nothing of it had been': [...SENT, 'c>s 100B lost', '+300ms c>s 100B seq=101'] },
  },
  'out-of-order': {
    fires: { 'fills a hole at once': [...SENT, 'c>s 100B seq=201', '+100us c>s 100B seq=101'] },
    silent: {
      'after longer than the round trip': [...SENT, 'c>s 100B seq=201', '+50ms c>s 100B seq=101'],
      'though its bytes came already': [...SENT, 'c>s 100B seq=201', '+100us c>s 100B seq=201'],
      'there is no hole': [...SENT, 'c>s 100B', '+100us c>s 100B seq=101'],
    },
  },
  'lost-before-capture': {
    fires: { 'fills a hole late': [...SENT, 'c>s 100B dropped', 'c>s 100B', 's>c ACK', '+200ms c>s 100B seq=101'] },
    silent: { 'the first copy was captured': [...SENT, 'c>s 100B lost', 'c>s 100B', '+200ms c>s 100B seq=101'] },
  },
  'dup-ack': {
    fires: { 'the same ACK while data is outstanding': [...SENT, 'c>s 100B lost', 'c>s 100B', 's>c ACK'] },
    silent: {
      'nothing is outstanding': [...SENT, 's>c ACK'],
      'with another window': [...SENT, 'c>s 100B lost', 'c>s 100B', 's>c ACK win=100'],
      'with data': [...SENT, 'c>s 100B lost', 'c>s 100B', 's>c 10B'],
      'with a FIN': [...SENT, 'c>s 100B lost', 'c>s 100B', 's>c FIN'],
    },
  },
  'zero-window': {
    fires: { 'on an ACK': FULL, 'on data': [...SENT, 's>c 10B win=0'] },
    silent: { 'a reset has none': [...SENT, 's>c RST ACK win=0'], 'a SYN says nothing by it': ['c>s SYN win=0'] },
  },
  'window-update': {
    fires: { 'the same ACK, more room': [...FULL, '+1s s>c ACK win=5000'] },
    silent: {
      'less room': [...SENT, 's>c ACK win=100'],
      'it acknowledges as well': [...SENT, 'c>s 100B', 's>c ACK win=65000'],
    },
  },
  'keep-alive': {
    fires: {
      'without a byte': [...SENT, '+10s c>s ACK seq=100'],
      'with the last byte': [...SENT, '+10s c>s 1B seq=100'],
      'from the server': [...SENT, 's>c 10B', 'c>s ACK', '+10s s>c ACK seq=10'],
    },
    silent: {
      'data is outstanding': [...SENT, 'c>s 100B lost', '+10s c>s ACK seq=200'],
      'two bytes': [...SENT, '+10s c>s 2B seq=99'],
      'the window is 0': [...FULL, '+1s c>s ACK seq=200'],
      'the next number': [...SENT, '+10s c>s ACK'],
    },
  },
  'keep-alive-ack': {
    fires: { 'after a keep-alive': [...SENT, '+10s c>s ACK seq=100', 's>c ACK'] },
    silent: {
      'something came in between': [...SENT, '+10s c>s ACK seq=100', 'c>s 10B', 's>c ACK ack=101'],
      'it is a reset': [...SENT, '+10s c>s ACK seq=100', 's>c RST'],
    },
  },
  'zero-window-probe': {
    fires: {
      'the number before the next': [...FULL, '+1s c>s ACK seq=200'],
      'the next byte': [...FULL, '+1s c>s 1B'],
    },
    silent: { 'there is room': [...SENT, '+1s c>s 1B'], 'a whole segment': [...FULL, '+1s c>s 100B'] },
  },
  'previous-not-captured': {
    fires: {
      'data beyond': [...SENT, 'c>s 100B unseen', 'c>s 100B'],
      'an ACK beyond': [...SENT, 'c>s 100B unseen', 'c>s ACK'],
      'a FIN beyond': [...SENT, 'c>s 100B unseen', 'c>s FIN'],
    },
    silent: { 'the first segment of a capture from the middle': ['c>s 100B'], 'a reset': [...SENT, 'c>s RST seq=500'] },
  },
  'acked-unseen': {
    fires: { 'beyond what was captured': [...SENT, 'c>s 100B unseen', 's>c ACK'] },
    silent: {
      'the first of a capture from the middle': ['s>c ACK ack=500'],
      'a FIN that was captured': [...SENT, 'c>s FIN', 's>c ACK'],
    },
  },
  'window-full': {
    fires: {
      'the last byte that fits': ['c>s SYN', 's>c SYN ACK', 'c>s ACK', 's>c 1B win=100', 'c>s 100B'],
      scaled: ['c>s SYN ws=2', 's>c SYN ACK ws=2', 'c>s ACK', 's>c 1B win=25', 'c>s 100B'],
    },
    silent: {
      'one byte less': ['c>s SYN', 's>c SYN ACK', 'c>s ACK', 's>c 1B win=101', 'c>s 100B'],
      'only one side scales, so neither does': ['c>s SYN ws=2', 's>c SYN ACK', 'c>s ACK', 's>c 1B win=25', 'c>s 100B'],
      'the scale is unknown': ['s>c 1B win=100', 'c>s ACK', 'c>s 100B'],
    },
  },
  'port-reused': {
    fires: { 'a new number': [...SENT, 'c>s RST ACK', 'c>s SYN isn=70000'] },
    silent: {
      'its second packet': [...SENT, 'c>s RST ACK', 'c>s SYN isn=70000', 's>c SYN ACK isn=80000'],
      'the same number': ['c>s SYN', 'c>s SYN'],
      'another port': [...SENT, 'c>s SYN port=49201'],
    },
  },
}

describe('labels', () => {
  it('are all tested', () => {
    expect(Object.keys(cases).sort()).toEqual(labelNames(-1).sort())
  })

  describe.each(Object.keys(cases))('%s', (label) => {
    it.each(Object.keys(cases[label].fires))('is given: %s', (name) => {
      expect(labelsOf(cases[label].fires[name])).toContain(label)
    })
    it.each(Object.keys(cases[label].silent))('is not given: %s', (name) => {
      expect(labelsOf(cases[label].silent[name])).not.toContain(label)
    })
  })

  it('come with the most telling one first', () => {
    expect(labelNames(0)).toEqual([])
    expect(labelsOf([...SENT, 'c>s 100B seq=1'])).toEqual(['retransmission', 'spurious-retransmission'])
  })
})
