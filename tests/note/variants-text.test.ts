import { describeVariants } from './check.ts'
import { TEXT_FORMS, textOf } from './trace.ts'

/** The note's connection with every value drawn anew, as tcpdump's text: all statements must follow, and no more is
 *  claimed than the text tells. */

for (const kind of TEXT_FORMS) {
  describeVariants({
    name: `text, ${kind}`,
    source: () => ({ kind, nanoseconds: false }),
    bytes: (v) => Buffer.from(textOf(v, kind)),
  })
}
