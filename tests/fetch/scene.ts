import { afterEach } from 'vitest'
import { Command, type RunOptions } from '../support/command.ts'
import { type Play, Stage } from '../support/http-servers.ts'

/** `200 OK` with a body of two bytes. */
export const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'

/** The command, and servers of which a test scripts every byte; they are closed after it. */
export function setScene() {
  const command = new Command()
  const stages: Stage[] = []
  afterEach(() => {
    for (const stage of stages.splice(0)) stage.close()
  })
  return {
    command,
    async stage(play: Play): Promise<Stage> {
      const made = await new Stage(play).open()
      stages.push(made)
      return made
    },
    /** `wiretale fetch --no-wire …` */
    async fetched(args: readonly string[], options?: RunOptions) {
      const { code, out, err } = await command.run(['fetch', '--no-wire', ...args], options)
      return { code, text: out.toString(), err, out }
    },
  }
}
