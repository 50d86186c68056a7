import { versionText } from '../flags/version.ts'
import type { Caller } from './caller.ts'

/** The release whose behaviour tcpdump mode has. */
const LIKE = '4.99.6'

/** `wiretale version 0.1.0`; called as tcpdump: `tcpdump version 4.99.6 (wiretale 0.1.0)`. */
export function versionLine({ program, isTcpdump }: Caller): string {
  const version = versionText()
  return `${program} version ${isTcpdump ? `${LIKE} (wiretale ${version})` : version}\n`
}

/** The usage in tcpdump's shape. */
export function usageText(caller: Caller): string {
  const lines = [
    `Usage: ${caller.program} [-AbdDefghHIJKlLnNOpqStuUvxX#] [ -B size ] [ -c count ] [--count]`,
    '\t\t[ -C file_size ] [ -E algo:secret ] [ -F file ] [ -G seconds ]',
    '\t\t[ -i interface ] [ --immediate-mode ] [ -j tstamptype ]',
    '\t\t[ -M secret ] [ --number ] [ --print ] [ -Q in|out|inout ]',
    '\t\t[ -r file ] [ -s snaplen ] [ -T type ] [ --version ]',
    '\t\t[ -V file ] [ -w file ] [ -W filecount ] [ -y datalinktype ]',
    '\t\t[ --time-stamp-precision precision ] [ --micro ] [ --nano ]',
    '\t\t[ -z postrotate-command ] [ -Z user ] [ expression ]',
  ]
  return `${versionLine(caller)}${lines.join('\n')}\n`
}
