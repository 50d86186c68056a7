import { it } from 'vitest'
import { needsShared } from '../needs.ts'
import { expectSameWithoutMargin } from '../support/annotate.ts'

needsShared('the margin of --annotate and --summary beside dumps', () => {
  it.each(['-nvv -X', '-n -A'])('taken away leaves what %s prints', expectSameWithoutMargin)
})
