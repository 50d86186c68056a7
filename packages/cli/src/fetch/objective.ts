import type { TimeSplit } from '@wiretale/core'
import { UsageError } from '../flags/flag.ts'
import type { PhaseName } from './messages/types.ts'

/** Most milliseconds that a phase may take. */
export type Objectives = ReadonlyMap<PhaseName, number>

const NAMES: Readonly<Record<string, PhaseName>> = {
  lookup: 'dns',
  dns: 'dns',
  connect: 'connect',
  tls: 'tls',
  send: 'send',
  wait: 'wait',
  receive: 'receive',
  total: 'total',
}

/** Reads `total=500,wait=200`. Throws UsageError. */
export function readObjectives(text: string): Objectives {
  const objectives = new Map<PhaseName, number>()
  for (const part of text.split(',')) {
    const [name, value] = part.split('=')
    const phase = NAMES[name.trim()]
    const ms = Number(value)
    if (phase === undefined || value === undefined || !/^\d{1,9}(\.\d{1,6})?$/.test(value.trim())) {
      throw new UsageError(
        `--slo cannot be '${part.slice(0, 40)}'`,
        `--slo takes milliseconds by phase, as total=500,wait=200; phases: lookup, connect, tls, send, wait, receive, total`,
      )
    }
    objectives.set(phase, ms)
  }
  return objectives
}

export interface Miss {
  readonly phase: PhaseName
  readonly limit: number
  /** The worst of the runs. */
  readonly ms: number
  readonly missed: number
}

/** Holds runs against objectives. */
export class Judge {
  private readonly objectives: Objectives
  private readonly worst = new Map<PhaseName, Miss>()

  constructor(objectives: Objectives) {
    this.objectives = objectives
  }

  add(split: TimeSplit): void {
    for (const [phase, limit] of this.objectives) {
      const ms = split[phase] ?? 0
      if (ms <= limit) continue
      const before = this.worst.get(phase)
      this.worst.set(phase, { phase, limit, ms: Math.max(ms, before?.ms ?? 0), missed: (before?.missed ?? 0) + 1 })
    }
  }

  get misses(): readonly Miss[] {
    return [...this.worst.values()]
  }
}
