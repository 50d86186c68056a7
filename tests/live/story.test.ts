import { afterEach, describe, expect } from 'vitest'
import { itNeeds } from '../needs.ts'
import { Command } from '../support/command.ts'
import { inNamespace, NetworkPair, Running, type ServerName, startServer, Undo, until } from '../support/network.ts'

const command = new Command()
const undo = new Undo()
afterEach(() => undo.run())

describe('explains live what curl fetches', () => {
  for (const [server, bytes] of [
    ['nginx', 974],
    ['apache2', 974],
    ['nginx', 2600],
    ['apache2', 2600],
  ] as const satisfies (readonly [ServerName, number])[]) {
    itNeeds(['root', 'ip', 'ethtool', server, 'curl'], `from ${server}: ${bytes} bytes`, async () => {
      const network = new NetworkPair(`story-${server}`, undo)
      // What leaves is what travels: no segments larger than the MSS.
      network.run(network.server, 'ethtool', '-K', network.device, 'tso', 'off', 'gso', 'off')
      await startServer(server, { port: 8001, bytes, namespace: network.server }, undo)
      const words = [process.execPath, command.path, '-n', '-i', network.device, '--annotate', '--summary', '--lang=en']
      const capture = new Running(inNamespace(network.server, ...words, 'tcp port 8001'), undo)
      await capture.listening()
      const page = network.run(network.client, 'curl', '-s', `http://${network.address}:8001/page.html`)
      expect(page.length).toBe(bytes)
      // While it happens: the sentences come before anything is stopped.
      await until(() => /TIME_WAIT/.test(text(capture)), 'the end of the connection')
      expect(await capture.stop()).toBe(0)
      const said = text(capture)
      const [before, conclusion] = said.split(/^│ .*CONCLUSION/m)
      for (const chain of [
        'C:CLOSED>SYN_SENT  S:LISTEN>SYN_RCVD',
        'C:SYN_SENT>ESTABLISHED',
        'FIN_WAIT_1',
        'TIME_WAIT',
      ]) {
        expect(before).toContain(chain)
      }
      // As many segments as the server really sent: the lines of tcpdump tell.
      const lines = before.split('\n').filter((line) => line.includes(`IP ${network.address}.8001 >`))
      const segments = lines.filter((line) => !/length 0$/.test(line)).length
      expect(segments).toBe(bytes > 1448 ? 2 : 1)
      expect(conclusion).toContain('GET /page.html')
      expect(conclusion).toMatch(new RegExp(`Segments +Response in ${segments} segments?:`))
      expect(conclusion).toMatch(/Close +Client sent FIN first/)
      expect(capture.err).toMatch(/^\d+ packets captured$/m)
    })
  }
})

/** What was printed, as UTF-8. */
function text({ out }: Running): string {
  return Buffer.from(out, 'latin1').toString()
}
