import { execFileSync } from 'node:child_process'
import { chmodSync, copyFileSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { itNeeds } from '../needs.ts'
import { Command, start } from '../support/command.ts'
import { inNamespace, NetworkPair, Undo } from '../support/network.ts'

const command = new Command()
const undo = new Undo()
afterEach(() => undo.run())

const NOBODY = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups']

interface Line {
  readonly check: string
  readonly status: string
  readonly text: string
  readonly advice: string | null
  readonly [fact: string]: unknown
}

interface Visit {
  readonly code: number | null
  readonly err: string
  readonly lines: readonly Line[]
  find(check: string): Line
}

/** Runs `doctor --json` with the words before it. */
async function visit(
  before: readonly string[],
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<Visit> {
  const [program, ...words] = [...before, 'doctor', '--json', ...args]
  const { code, out, err } = await start(program, words, { env })
  const lines = out
    .toString()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line)
  const find = (check: string): Line => {
    const found = lines.find((line) => line.check === check)
    if (found === undefined) throw new Error(`no ${check} in ${out}${err}`)
    return found
  }
  return { code, err, lines, find }
}

/** What ethtool(8) says is on. */
function ethtool(namespace: string, device: string): string[] {
  const [program, ...words] = inNamespace(namespace, 'ethtool', '-k', device)
  const text = execFileSync(program, words, { encoding: 'utf8' })
  const isOn = (name: string): boolean => text.includes(`\n${name}: on`)
  return Object.entries({
    'tcp-segmentation-offload': 'tso',
    'generic-segmentation-offload': 'gso',
    'generic-receive-offload': 'gro',
    'large-receive-offload': 'lro',
    'tx-checksumming': 'tx-checksum',
    'rx-checksumming': 'rx-checksum',
  }).flatMap(([name, offload]) => (isOn(name) ? [offload] : []))
}

itNeeds(
  ['root', 'ip', 'ethtool', 'tcpdump'],
  'says of an interface what ethtool says, through koffi and without it',
  async () => {
    const network = new NetworkPair('doctor', undo)
    const alone = mkdtempSync(join(tmpdir(), 'wiretale-alone-'))
    undo.add(() => rmSync(alone, { recursive: true }))
    // Far from any koffi.
    copyFileSync(command.path, join(alone, 'wiretale.cjs'))
    const within = (path: string) => inNamespace(network.server, process.execPath, path)
    const states = [[], ['tso', 'off', 'gso', 'off', 'gro', 'off'], ['gso', 'on'], ['gso', 'off', 'tx', 'off']]
    const seen = new Set<string>()
    for (const changes of states) {
      if (changes.length > 0) network.run(network.server, 'ethtool', '-K', network.device, ...changes)
      const expected = ethtool(network.server, network.device)
      seen.add(expected.join())
      for (const path of [command.path, join(alone, 'wiretale.cjs')]) {
        const { code, err, lines, find } = await visit(within(path), ['-i', network.device])
        expect([code, err]).toEqual([0, ''])
        const offloads = lines.filter(({ check }) => check === 'offloads')
        expect(offloads).toHaveLength(1)
        expect([...(offloads[0].enabled as string[])].sort()).toEqual([...expected].sort())
        const changes = expected.some((name) => name !== 'rx-checksum')
        expect(offloads[0]).toMatchObject({ interface: network.device, status: changes ? 'note' : 'ok' })
        expect(offloads[0].text.includes('MSS')).toBe(expected.some((name) => /so|ro/.test(name)))
        expect(offloads[0].text.includes('not filled in')).toBe(expected.includes('tx-checksum'))
        const isAlone = path !== command.path
        expect(find('koffi').status).toBe(isAlone ? 'warning' : 'ok')
        expect(find('libpcap').status).toBe(isAlone ? 'unknown' : 'ok')
        expect(find('capture')).toMatchObject({ status: 'ok', link: 'EN10MB', engine: isAlone ? 'tcpdump' : 'libpcap' })
      }
    }
    expect(seen.size).toBeGreaterThan(2)
  },
)

itNeeds(
  ['root', 'getcap', 'setpriv'],
  'as root: what there is, and an exit code of 0; nothing is left behind',
  async () => {
    const instances = (): string[] =>
      existsSync('/sys/kernel/tracing/instances') ? readdirSync('/sys/kernel/tracing/instances') : []
    const before = instances()
    const { code, err, lines, find } = await visit([process.execPath, command.path], ['-i', 'lo'])
    expect([code, err]).toEqual([0, ''])
    expect(find('node')).toMatchObject({ version: process.versions.node, path: process.execPath })
    expect(find('libpcap').version).toMatch(/^libpcap version \d/)
    expect(find('interfaces').interfaces).toEqual([
      { name: 'lo', flags: expect.stringContaining('Loopback'), link: 'EN10MB' },
    ])
    expect(find('rights')).toMatchObject({ user: 0, mayCapture: true, node: process.execPath })
    const theirs = execFileSync('getcap', [process.execPath], { encoding: 'utf8' })
    const names = ['cap_net_admin', 'cap_net_raw'].filter((name) => theirs.includes(name))
    expect(find('rights').nodeFile).toEqual(names)
    expect(lines.at(-1)).toMatchObject({ check: 'capture', status: 'ok', interface: 'lo' })
    expect(instances()).toEqual(before)
  },
)

itNeeds(
  ['root', 'setpriv', 'setcap', 'getcap'],
  'as an ordinary user: what is missing and the ways to it; with them it works',
  async () => {
    chmodSync(command.folder, 0o755)
    const before = [...NOBODY, process.execPath, command.path]
    const { code, find } = await visit(before, ['-i', 'lo'], { WIRETALE_ENGINE: 'libpcap' })
    expect(code).toBe(1)
    expect(find('rights')).toMatchObject({ user: 65_534, mayCapture: false, status: 'warning' })
    expect(find('capture')).toMatchObject({ status: 'failed', code: 'permission' })
    expect(find('interfaces').interfaces).toEqual([
      { name: 'lo', flags: expect.stringContaining('Loopback'), link: null },
    ])
    // Offloads need no right.
    expect(find('offloads').enabled).toContain('gso')
    const text = await start(before[0], [...before.slice(1), 'doctor', '-i', 'lo', '--lang', 'both'])
    expect(text.code).toBe(1)
    expect(text.out.toString()).toMatch(/FAILED.*sudo.*setcap.*没有抓包权限.*用户组/s)

    const node = join(command.folder, 'node')
    copyFileSync(process.execPath, node)
    chmodSync(node, 0o755)
    execFileSync('setcap', ['cap_net_raw,cap_net_admin+ep', node])
    expect(execFileSync('getcap', [node], { encoding: 'utf8' })).toMatch(/cap_net_admin,cap_net_raw/)
    const allowed = await visit([...NOBODY, node, command.path], ['-i', 'lo'])
    expect(allowed.find('rights')).toMatchObject({ mayCapture: true, nodeFile: ['cap_net_admin', 'cap_net_raw'], node })
    expect(allowed.find('capture')).toMatchObject({ status: 'ok' })
    expect(allowed.code).toBe(0)
  },
)

it('says no of an interface that is not there', async () => {
  const { code, find } = await visit([process.execPath, command.path], ['-i', 'nosuch0'])
  expect(code).toBe(1)
  expect(find('interfaces').interfaces).toEqual([])
  expect(find('capture').status).toBe('failed')
})

it('without anything that captures: what to install', async () => {
  const alone = mkdtempSync(join(tmpdir(), 'wiretale-alone-'))
  undo.add(() => rmSync(alone, { recursive: true }))
  copyFileSync(command.path, join(alone, 'wiretale.cjs'))
  const nowhere = { PATH: alone }
  for (const env of [nowhere, { ...nowhere, WIRETALE_ENGINE: 'tcpdump' }]) {
    const { code, find } = await visit([process.execPath, join(alone, 'wiretale.cjs')], ['-i', 'lo'], env)
    expect(code).toBe(1)
    expect(find('tcpdump')).toMatchObject({ status: 'note', version: null, reason: null })
    expect(find('interfaces')).toMatchObject({ status: 'unknown', interfaces: null })
    expect(find('capture')).toMatchObject({ status: 'failed', code: 'engine' })
    expect(find('capture').advice).toContain('tcpdump')
  }
})

it('refuses words that it does not know', async () => {
  for (const words of [['lo'], ['-i', ''], ['--grant']]) {
    const { code, err } = await command.run(['doctor', ...words])
    expect([code, err]).toEqual([2, expect.stringMatching(/^wiretale: /)])
  }
})
