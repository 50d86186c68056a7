import { expect, test } from 'vitest'
import { Sparse } from './sparse.ts'

test('what was set is got until it is cleared, far apart and side by side', () => {
  const sparse = new Sparse<string>()
  expect(sparse.get(0)).toBe(null)
  sparse.clear(70_000)
  sparse.set(70_000, 'far')
  sparse.set(70_001, 'beside')
  sparse.set(3, 'near')
  expect([3, 4, 255, 256, 69_999, 70_000, 70_001, 1 << 22].map((index) => sparse.get(index))).toEqual([
    'near',
    null,
    null,
    null,
    null,
    'far',
    'beside',
    null,
  ])
  sparse.clear(70_000)
  expect([sparse.get(70_000), sparse.get(70_001)]).toEqual([null, 'beside'])
})
