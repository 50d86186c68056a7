/** The kernel's events that tell which program opens and closes a socket (events/GROUP/NAME/format). */

/** Offset of a field in an event's record. */
export type FieldOffsets = ReadonlyMap<string, number>

interface EventFormat {
  readonly id: number
  readonly fields: FieldOffsets
}

/** TCP states as the kernel numbers them (include/net/tcp_states.h). */
export const State = {
  ESTABLISHED: 1,
  SYN_SENT: 2,
  SYN_RECV: 3,
  FIN_WAIT_1: 4,
  CLOSE: 7,
  CLOSE_WAIT: 8,
  LAST_ACK: 9,
  LISTEN: 10,
} as const

/** Changes of state that are made by a program's own call, and those without which they cannot be understood: the port
 *  of a connecting socket is known only when it leaves SYN_SENT. */
export const STATE_FILTER = `protocol==6 && (${[
  `(oldstate==${State.CLOSE} && newstate==${State.SYN_SENT})`,
  `oldstate==${State.SYN_SENT}`,
  `(oldstate==${State.SYN_RECV} && newstate==${State.ESTABLISHED})`,
  `(oldstate==${State.ESTABLISHED} && newstate==${State.FIN_WAIT_1})`,
  `(oldstate==${State.CLOSE_WAIT} && newstate==${State.LAST_ACK})`,
  `newstate==${State.CLOSE}`,
].join(' || ')})`

/** Reads an event's format; null if a field that is needed is not there. */
export function parseFormat(text: string, needed: readonly string[]): EventFormat | null {
  const id = /^ID: (\d+)/m.exec(text)
  const fields = new Map<string, number>()
  for (const [, name, offset] of text.matchAll(/field:[^;]*?(\w+)(?:\[\d*\])?;\s*offset:(\d+);/g))
    fields.set(name, Number(offset))
  if (id === null || needed.some((name) => !fields.has(name))) return null
  return { id: Number(id[1]), fields }
}
