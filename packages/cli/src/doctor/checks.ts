import { checkBuffer } from './buffer.ts'
import { checkCapture } from './capture.ts'
import type { Check } from './check.ts'
import { checkClock } from './clock.ts'
import { checkInterfaces } from './interfaces.ts'
import { checkKoffi } from './koffi.ts'
import { checkLibpcap } from './libpcap.ts'
import { checkNode } from './node.ts'
import { checkOffloads } from './offloads.ts'
import { checkProcess } from './process.ts'
import { checkRights } from './rights.ts'
import { checkTcpdump } from './tcpdump.ts'
import { checkTerminal } from './terminal.ts'
import { checkTimeStamps } from './time-stamps.ts'

/** Every check, in the order of the report: the verdict comes last. */
export const checks: readonly Check[] = [
  checkNode,
  checkKoffi,
  checkLibpcap,
  checkTcpdump,
  checkInterfaces,
  checkOffloads,
  checkTimeStamps,
  checkBuffer,
  checkClock,
  checkTerminal,
  checkProcess,
  checkRights,
  checkCapture,
]
