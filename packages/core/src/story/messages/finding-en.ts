import type { SideName } from '../../model/lines.ts'
import type { FindingWords } from './finding-types.ts'
import { byteCount, duration } from './quantities.ts'

const Sides: Record<SideName, string> = { client: 'The client', server: 'The server' }
const sides: Record<SideName, string> = { client: 'the client', server: 'the server' }

/** English; plain ASCII. */
export const findingEn: FindingWords = {
  findings: {
    'tcp/who-closed-first': ({ first, timeWait }) => ({
      text:
        first === 'both'
          ? `Both sides closed at the same time: each FIN left before the other had arrived${timeWait === 'both' ? ', so both pass TIME_WAIT' : ''}.`
          : `${Sides[first]} closed first${timeWait === first ? ', so it keeps TIME_WAIT (about 60 s on Linux)' : timeWait === null ? '; who keeps TIME_WAIT cannot be told from this capture' : ''}.`,
      advice: timeWait === null || timeWait === 'none' ? null : 'TIME_WAIT is how TCP ends well. No action needed.',
      alternative: null,
    }),
    'tcp/two-writes': ({ side, headBytes, bodyBytes, times }) => ({
      text: `${Sides[side]}'s program wrote head (${byteCount(headBytes)}) and body (${byteCount(bodyBytes)}) of a message apart${times > 1 ? `, ${times} times on this connection` : ''}: the headers end exactly at the end of a segment that had room for more.`,
      advice:
        'Harmless by itself. With Nagle on and delayed ACKs at the other side it can cost 40 ms; one write (or TCP_CORK, MSG_MORE) avoids it.',
      alternative: null,
    }),
    'http/idle-close': ({ closer, idleMs, offeredSeconds }) => ({
      text:
        `${Sides[closer]} closed the connection after ${duration(idleMs)} idle` +
        (offeredSeconds === null
          ? '.'
          : closer === 'client'
            ? ` although the server offered to keep it ${offeredSeconds} s.`
            : `; it had offered to keep it ${offeredSeconds} s.`),
      advice:
        closer === 'server' ? 'A client that reuses connections should give up idle ones earlier than that.' : null,
      alternative: null,
    }),
    'http/clock-offset': ({ offsetSeconds }) => ({
      text: `The server's clock is ${duration(Math.abs(offsetSeconds) * 1000)} ${offsetSeconds > 0 ? 'ahead of' : 'behind'} the capture's, by its Date header.`,
      advice: `Correct for it when lining up logs of ${sides.server} with this capture.`,
      alternative: 'A cache answered with a stored Date, or the clock of the capturing machine is the wrong one.',
    }),
  },
  why: {
    fin: 'first FIN',
    rst: 'RST',
    'other-fin': "the other side's FIN",
    'head-ends': 'the headers end with this segment',
    'body-begins': 'the body begins here',
    'last-byte': 'last byte of the last response',
    'date-header': 'Date header',
  },
}
