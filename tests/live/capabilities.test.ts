import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, copyFileSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { itNeeds } from '../needs.ts'
import { Command } from '../support/command.ts'
import { sendDatagrams } from '../support/live.ts'
import { until } from '../support/network.ts'

const command = new Command()
const NOBODY = 65_534

itNeeds(
  ['root', 'setcap'],
  'a node of an ordinary user with file capabilities gives them up where it captures and where it prints',
  async () => {
    const node = join(command.folder, 'node')
    copyFileSync(process.execPath, node)
    chmodSync(command.folder, 0o755)
    chmodSync(node, 0o755)
    execFileSync('setcap', ['cap_net_raw,cap_net_admin+ep', node])
    const child = spawn(node, [command.path, '-i', 'lo', '-n', '-c', '3', 'udp', 'port', '4741'], {
      uid: NOBODY,
      gid: NOBODY,
      env: { ...process.env, WIRETALE_ENGINE: 'libpcap' },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let out = ''
    let err = ''
    child.stdout.on('data', (text) => (out += text))
    child.stderr.on('data', (text) => (err += text))
    const ended = once(child, 'close')
    await until(() => err.includes('listening on') || child.exitCode !== null, 'the capture')
    const tasks = `/proc/${child.pid}/task`
    const permitted = (task: string): string =>
      /CapPrm:\t(.*)/.exec(readFileSync(`${tasks}/${task}/status`, 'utf8'))![1]
    const holders = (): string[] => readdirSync(tasks).filter((task) => !/^0+$/.test(permitted(task)))
    // The main thread, and the youngest one, which captures; those that Node starts before are out of reach.
    const youngest = (): string => readdirSync(tasks).sort((a, b) => Number(b) - Number(a))[0]
    await until(() => !holders().includes(`${child.pid}`) && !holders().includes(youngest()), 'the capabilities to go')
    await sendDatagrams(3, 'allowed', 4741)
    expect(await ended).toEqual([0, null])
    expect(out.match(/127\.0\.0\.1\.4741: UDP/g)).toHaveLength(3)
    expect(err).toContain('3 packets captured')
  },
)
