import type { Confidence, FindingLine, ReportLine, Severity } from '@wiretale/core'
import { describe, expect, it } from 'vitest'
import { analyseScript, type Script } from './script.ts'

/** A script on which a rule finds something (once), and what. */
interface FiringCase {
  name: string
  script: Script
  severity: Severity
  confidence: Confidence
  /** Numbers of the evidence. */
  packets: readonly number[]
  params: FindingLine['params']
}

/** A script on which it must say nothing. */
interface SilentCase {
  name: string
  script: Script
  /** Time stamps carry no date, as in printed text. */
  undated?: boolean
}

/** The whole report, checked against the counts of one that holds the summary alone: what is only counted is not built. */
function report(script: Script, dated: boolean): ReportLine[] {
  const lines = analyseScript(script, { dated })
  const [counted] = analyseScript(script, { dated, types: new Set(['summary']) })
  const summary = lines.at(-1)
  expect(counted).toMatchObject(
    summary?.type === 'summary' ? { findings: summary.findings, exchanges: summary.exchanges } : {},
  )
  return lines
}

/** Holds one rule to scripts, through the whole pipeline, as ESLint's rule tests do: both lists are demanded. */
export function testRule(id: string, cases: { fires: readonly FiringCase[]; silent: readonly SilentCase[] }): void {
  const findings = (script: Script, dated: boolean): FindingLine[] =>
    report(script, dated).filter((line): line is FindingLine => line.type === 'finding' && line.rule === id)

  describe(`${id} fires`, () => {
    expect(cases.fires.length).toBeGreaterThan(0)
    it.each(cases.fires.map((one) => [one.name, one] as const))('%s', (_, one) => {
      const found = findings(one.script, true)
      expect(found).toHaveLength(1)
      const { severity, confidence, evidence, params, text } = found[0]
      expect({ severity, confidence, packets: evidence.map(({ packet }) => packet), params }).toEqual({
        severity: one.severity,
        confidence: one.confidence,
        packets: one.packets,
        params: one.params,
      })
      expect(text).not.toMatch(/undefined|NaN|null/)
    })
  })

  describe(`${id} is silent`, () => {
    expect(cases.silent.length).toBeGreaterThan(0)
    it.each(cases.silent.map((one) => [one.name, one] as const))('%s', (_, one) => {
      expect(findings(one.script, one.undated !== true)).toEqual([])
    })
  })
}
