import { accessSync, constants } from 'node:fs'
import { join } from 'node:path'
import { findTracing } from '../process/trace-instance.ts'
import type { Fact } from './check.ts'
import { reasonOf } from './machine.ts'

/** Whether --process can see programs of short connections. */
export function checkProcess(): readonly Fact[] {
  if (process.platform !== 'linux') return [{ check: 'process', status: 'note', hasEvents: null, reason: null }]
  try {
    accessSync(join(findTracing(), 'instances'), constants.W_OK)
    return [{ check: 'process', status: 'ok', hasEvents: true, reason: null }]
  } catch (error) {
    return [{ check: 'process', status: 'note', hasEvents: false, reason: reasonOf(error) }]
  }
}
