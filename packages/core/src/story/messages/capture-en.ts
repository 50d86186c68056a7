import type { CaptureMessages } from './capture-types.ts'
import { grouped } from './quantities.ts'

/** English; plain ASCII. */
export const captureEn: CaptureMessages = {
  'capture.text': () => 'The source is printed text: what it does not print (dates, most payload) is unknown.',
  'capture.cut-packets': ({ count, of }) =>
    `${grouped(count)} of ${grouped(of)} packets were cut by the snapshot length: sizes come from headers, contents only as far as captured.`,
  'capture.unknown-blocks': ({ count }) => `${grouped(count)} pcapng blocks of unknown type were skipped.`,
  'capture.evicted': ({ count }) =>
    `${grouped(count)} idle conversations were ended early to bound memory; later packets of theirs count as new ones.`,
  'capture.rule-failed': ({ rule, times }) =>
    `The rule ${rule} failed on ${grouped(times)} conversations: what it would have found is not known. Please report it.`,
  'capture.comment': ({ text }) => `The source remarks: "${text}".`,
  'capture.held-overflow': ({ count }) =>
    `${grouped(count)} times too much data waited behind a hole: the hole was given up as missing.`,
}
