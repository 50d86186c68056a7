import { execFileSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { inCi } from '../needs.ts'

it('runs on the Node of PATH, which no dependency shadows', () => {
  const inPath = execFileSync('node', ['-p', 'process.execPath + " " + process.versions.node'], {
    encoding: 'utf8',
  }).trim()
  expect(inPath).toBe(`${process.execPath} ${process.versions.node}`)
  expect(process.execPath).not.toContain('node_modules')
})

it('runs on the floor: Node 20.19 or newer, and exactly 20 in CI', () => {
  const [major, minor] = process.versions.node.split('.').map(Number) as [number, number]
  expect(major * 1000 + minor).toBeGreaterThanOrEqual(20_019)
  if (inCi) expect(major).toBe(20)
})
