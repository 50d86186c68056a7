import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { rules } from '../../packages/core/src/findings/rules.ts'
import { findingEn } from '../../packages/core/src/story/messages/finding-en.ts'
import { findingZh } from '../../packages/core/src/story/messages/finding-zh.ts'
import { rootFolder } from '../needs.ts'
import { linesOf } from '../support/analysis.ts'
import { analyseScript, CLIENT_CLOSES, HANDSHAKE } from '../support/script.ts'

const read = (path: string): string => readFileSync(join(rootFolder, path), 'utf8')

describe('every rule', () => {
  it.each(rules.map(({ id }) => id))('%s has scripts on which it fires and on which it is silent', (id) => {
    const path = `packages/core/src/findings/${id.split('/')[1]}.test.ts`
    expect(existsSync(join(rootFolder, path)), path).toBe(true)
    const text = read(path)
    expect(text).toContain(`testRule('${id}', {`)
    expect(text).toMatch(/^ {2}fires: \[$/m)
    expect(text).toMatch(/^ {2}silent: \[$/m)
  })

  it.each(rules.map(({ id }) => id))('%s has a page that cites its source, and the list of pages names it', (id) => {
    const page = read(`docs/findings/${id}.md`)
    expect(page).toMatch(new RegExp(`^# ${id}\\b`))
    const rule = rules.find((one) => one.id === id)!
    for (const rfc of rule.cites.matchAll(/RFC (\d+)/g)) expect(page).toContain(`RFC ${rfc[1]}`)
    for (const heading of ['What it means', 'How it is recognised', 'Example', 'What to do', 'What else it could be'])
      expect(page).toContain(`## ${heading}`)
    expect(read('docs/findings/README.md')).toContain(`(${id}.md)`)
  })

  it('has an id of its own and words in both languages', () => {
    const ids = rules.map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
    expect(Object.keys(findingEn.findings).sort()).toEqual([...ids].sort())
    expect(Object.keys(findingZh.findings).sort()).toEqual([...ids].sort())
  })
})

describe('a rule that throws', () => {
  afterEach(() => vi.restoreAllMocks())

  const script = [
    ...HANDSHAKE,
    'c>s "GET / HTTP/1.1\r\nHost: a\r\n\r\n"',
    's>c "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"',
    's>c 5B',
    '+2s c>s FIN',
    ...CLIENT_CLOSES.slice(1),
  ]

  it.each(['en', 'zh'] as const)('is told in the summary and stops nothing else: %s', (lang) => {
    const whole = analyseScript(script, { lang })
    const broken = rules[1]
    vi.spyOn(broken, 'run').mockImplementation(() => {
      throw new Error('broken rule')
    })
    const lines = analyseScript(script, { lang })
    const isOthers = (line: { rule: string }): boolean => line.rule !== broken.id
    expect(linesOf(lines, 'finding')).toEqual(linesOf(whole, 'finding').filter(isOthers))
    expect(linesOf(whole, 'finding').length).toBe(linesOf(lines, 'finding').length + 1)
    for (const type of ['packet', 'conversation', 'exchange'] as const)
      expect(linesOf(lines, type)).toEqual(linesOf(whole, type))
    const [{ notes }] = linesOf(lines, 'summary')
    expect(notes).toMatchObject([{ id: 'capture.rule-failed', params: { rule: broken.id, times: 1 } }])
    expect(notes[0].text).toContain(broken.id)
  })

  it('is counted once a conversation', () => {
    vi.spyOn(rules[0], 'run').mockImplementation(() => {
      throw new Error('broken rule')
    })
    const twice = [
      ...script,
      ...script.map((line) => line.replace('c ', 'c port=49201 ').replace('s ', 's port=49201 ')),
    ]
    const [{ notes }] = linesOf(analyseScript(twice), 'summary')
    expect(notes).toMatchObject([{ id: 'capture.rule-failed', params: { rule: rules[0].id, times: 2 } }])
  })
})
