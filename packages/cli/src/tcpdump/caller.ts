import { basename } from 'node:path'

/** By which name the command was started. */
export interface Caller {
  /** As it stands in front of messages. */
  readonly program: string
  /** Through a link named tcpdump: nothing of our own may be seen. */
  readonly isTcpdump: boolean
}

/** The name: the launcher hands it on, else it is that of the script that Node runs. */
export function findCaller(): Caller {
  const program = basename(process.env.WIRETALE_ARGV0 ?? process.argv[1] ?? '').replace(/\.[cm]?js$/, '')
  return program === 'tcpdump' ? { program, isTcpdump: true } : { program: 'wiretale', isTcpdump: false }
}
