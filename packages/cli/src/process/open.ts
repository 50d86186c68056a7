import { tell } from '../tcpdump/tell.ts'
import { openProcessNames, type ProcessNames } from './process-names.ts'
import type { Limit } from './protocol.ts'

/** What a limit means to whoever asked for names. */
const SENTENCES: Readonly<Record<Limit, string>> = {
  traces: "no access to the kernel's events (tracefs): programs of short connections stay unknown",
  others: 'without root, only programs of this user have names',
  rights: 'its helper keeps all rights of root: setpriv(1) is not there',
}

/** --process: names programs, and says on standard error why some names will be missing. To be called before rights are
 *  given up. */
export async function nameProcesses(program: string): Promise<ProcessNames> {
  const say = (text: string): void => tell(`${program}: --process: ${text}\n`)
  if (process.platform !== 'linux') say('programs can only be named on Linux')
  const names = await openProcessNames(() => say('its helper has ended: no more programs are named'))
  for (const limit of names.limits) say(SENTENCES[limit])
  return names
}
