import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { elideMiddle, GLUE, padEnd, padStart, takeCells, textWidth, wrap } from './width.ts'

describe('textWidth', () => {
  it.each([
    ['abc', 3],
    ['客户端', 6],
    ['（1/2）', 7],
    ['ｆｕｌｌ', 8],
    ['한글', 4],
    ['e\u0301', 1],
    ['👍', 2],
    ['─▶', 2],
    ['\u{20000}', 2],
    ['か\u3099', 2],
    ['', 0],
  ])('%j takes %i cells', (text, cells) => {
    expect(textWidth(text)).toBe(cells)
  })
})

describe('layout by cells', () => {
  it('pads and cuts wide text', () => {
    expect(padEnd('客户', 6)).toBe('客户  ')
    expect(padStart('客户', 5)).toBe(' 客户')
    expect(takeCells('客户端', 5)).toBe('客户')
    expect(elideMiddle('192.168.64.71:80', 11, '..')).toBe('192.1..1:80')
    expect(elideMiddle('短', 11, '..')).toBe('短')
  })

  it('breaks at spaces, and between Chinese characters but not before their marks', () => {
    expect(wrap('one two three', 8)).toEqual(['one two', 'three'])
    expect(wrap('客户端发起连接。', 14)).toEqual(['客户端发起连', '接。'])
    expect(wrap('等待（很久）', 6)).toEqual(['等待', '（很', '久）'])
  })

  it('cuts a word that no line holds, and keeps glued words together', () => {
    expect(wrap('x'.repeat(9), 4)).toEqual(['xxxx', 'xxxx', 'x'])
    expect(wrap(`aa bb${GLUE}cc`, 6)).toEqual(['aa', 'bb cc'])
    expect(wrap('', 10)).toEqual([''])
    expect(wrap('a b c d', 3, 5)).toEqual(['a b', 'c d'])
  })

  it('breaks ASCII where it breaks text with a wide character', () => {
    const words = fc.array(fc.constantFrom('a', 'bb', '12', 'kB', 'ms', 'B', 'x'.repeat(11), '', 'min.'), {
      maxLength: 12,
    })
    fc.assert(
      fc.property(words, fc.integer({ min: 2, max: 20 }), fc.integer({ min: 2, max: 20 }), (words, first, rest) => {
        const text = words.join(' ').trim()
        const lines = wrap(`${text} 客`, first, rest).map((line) => line.trimEnd())
        const last = lines.pop()!.slice(0, -1).trimEnd()
        expect(wrap(text, first, rest)).toEqual(last === '' && lines.length > 0 ? lines : [...lines, last])
      }),
      { numRuns: 2000 },
    )
  })

  it('takes time linear in the text', () => {
    const long = 'x'.repeat(2_000_000)
    const start = performance.now()
    expect(wrap(long, 80)).toHaveLength(25_000)
    expect(performance.now() - start).toBeLessThan(3000)
  })
})
