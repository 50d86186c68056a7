import { it } from 'vitest'
import { needsShared } from '../needs.ts'
import { expectSameWithoutMargin } from '../support/annotate.ts'

needsShared('the margin of --annotate and --summary', () => {
  it.each(['-n', '-ne'])('taken away leaves what %s prints', expectSameWithoutMargin)
})
