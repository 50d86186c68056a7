import { mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect } from 'vitest'
import { itNeeds } from '../needs.ts'
import { Command } from '../support/command.ts'
import { inNamespace, NetworkPair, Running, startServer, Undo, until } from '../support/network.ts'
import { type PcapRecord, readPcap } from '../support/pcap-records.ts'

const command = new Command()
const undo = new Undo()
afterEach(() => undo.run())

/** Two captures of the same: tcpdump's file and ours. */
interface Pair {
  readonly name: string
  readonly files: readonly [theirs: string, ours: string]
  readonly captures: readonly Running[]
}

/** Both programs on one interface, with the same words. */
async function capture(name: string, namespace: string | null, args: readonly string[]): Promise<Pair> {
  const folder = join(command.folder, name)
  mkdirSync(folder, { mode: 0o777 })
  const files = [join(folder, 'theirs.pcap'), join(folder, 'ours.pcap')] as const
  const words = [
    ['tcpdump', '-Z', 'root'],
    [process.execPath, command.path],
  ]
  const captures = files.map(
    (file, i) => new Running(inNamespace(namespace, ...words[i], '-U', '-w', file, ...args), undo),
  )
  for (const each of captures) await each.listening()
  return { name, files, captures }
}

/** Two processors that deliver at once do so to each capture in an order of its own: packets are compared by content. */
function asText({ seconds, fraction, wireBytes, bytes }: PcapRecord, ticks: number): { text: string; time: number } {
  return { text: `${bytes.toString('hex')} ${wireBytes}`, time: seconds + fraction / ticks }
}

function byText(a: { text: string; time: number }, b: { text: string; time: number }): number {
  return a.text === b.text ? a.time - b.time : a.text < b.text ? -1 : 1
}

/** Ends both when nothing more comes; the files must hold the same packets. Returns how many, and their link type. */
async function compare({ name, files, captures }: Pair): Promise<{ packets: number; link: number }> {
  const sizes = (): number[] => files.map((file) => statSync(file).size)
  await until(() => {
    const [theirs, ours] = sizes()
    return theirs === ours && theirs > 24
  }, `${name}: the same size of both files`).catch(() => {})
  for (const each of captures) expect(await each.stop(), `${name}: ${each.err}`).toBe(0)
  const [theirs, ours] = files.map(readPcap)
  expect(ours.header, name).toEqual(theirs.header)
  expect(ours.rest).toBe(0)
  const ticks = ours.header[0] === 0x4d ? 1e9 : 1e6
  const [expected, actual] = [theirs, ours].map(({ records }) =>
    records.map((record) => asText(record, ticks)).sort(byText),
  )
  expect(
    actual.map(({ text }) => text),
    name,
  ).toEqual(expected.map(({ text }) => text))
  for (const [i, { time }] of actual.entries()) expect(Math.abs(time - expected[i].time), name).toBeLessThan(0.001)
  // Both count alike, too.
  const counts = captures.map(({ err }) => /^(\d+) packets? captured/m.exec(err)?.[1])
  expect(counts, name).toEqual([String(theirs.records.length), String(theirs.records.length)])
  return { packets: ours.records.length, link: ours.link }
}

/** A datagram to port 53 without a checksum, in a frame to everybody, behind 802.1Q tags. */
function frame(tags: string, number: number): Buffer {
  const datagram = `1388003500${(8 + 4).toString(16).padStart(2, '0')}0000${number.toString(16).padStart(8, '0')}`
  const packet = `4500002000${number.toString(16).padStart(2, '0')}00004011b6a9c0000202c0000201${datagram}`
  return Buffer.from(`ffffffffffff020000000002${tags}0800${packet}`.padEnd(120, '0'), 'hex')
}

const tagged = (vlan: number, number: number): Buffer => frame(`8100${vlan.toString(16).padStart(4, '0')}`, number)
const twiceTagged = (number: number): Buffer => frame('88a8000981000007', number)

const PROGRAMS = ['root', 'tcpdump', 'ip', 'nginx', 'apache2', 'curl']

itNeeds(PROGRAMS, 'writes what tcpdump writes beside it, between two network namespaces', async () => {
  const network = new NetworkPair('pair', undo)
  const { server, client, device } = network
  await startServer('nginx', { port: 8001, bytes: 200_000, namespace: server }, undo)
  await startServer('apache2', { port: 8002, bytes: 3_000, namespace: server }, undo)
  const pairs = await Promise.all([
    capture('all', server, ['-i', device, 'not ip6 and not arp']),
    capture('http', server, ['-i', device, '-s', '200', 'tcp port 8001 or tcp port 8002']),
    capture('ip6', server, ['-i', device, 'ip6 and tcp port 8001']),
    capture('vlan', server, ['-i', device, 'vlan']),
    capture('one-vlan', server, ['-i', device, 'vlan 7 and udp dst port 53']),
    capture('lo', server, ['-i', 'lo', 'tcp port 8001']),
    capture('cooked-v2', server, ['-i', 'any', 'tcp port 8001']),
    capture('cooked-v1', server, ['-i', 'any', '-y', 'LINUX_SLL', 'tcp port 8002']),
    capture('incoming', server, ['-i', device, '-Q', 'in', 'tcp']),
    capture('outgoing', server, ['-i', device, '-Q', 'out', 'tcp']),
  ])
  const get = (from: string, url: string): void => {
    const page = network.run(from, 'curl', '-s', `http://${url}/page.html`)
    expect(page.length).toBeGreaterThan(2000)
  }
  get(client, `${network.address}:8001`)
  get(client, `${network.address}:8002`)
  get(client, `[${network.address6}]:8001`)
  get(server, '127.0.0.1:8001')
  network.send([1, 2, 3, 4, 5, 6].flatMap((i) => [tagged(7, i), tagged(8, i), twiceTagged(i)]))
  const found = new Map<string, { packets: number; link: number }>()
  for (const pair of pairs) found.set(pair.name, await compare(pair))
  expect(found.get('vlan')?.packets).toBe(18)
  expect(found.get('one-vlan')?.packets).toBe(6)
  for (const [name, { packets }] of found) expect(packets, name).toBeGreaterThanOrEqual(5)
  expect(found.get('cooked-v2')?.link).toBe(276)
  expect(found.get('cooked-v1')?.link).toBe(113)
  expect(found.get('outgoing')?.packets).toBeGreaterThan(0)
})

itNeeds(PROGRAMS, 'writes what tcpdump writes beside it, on lo', async () => {
  const port = 20_000 + (process.pid % 20_000)
  await startServer('nginx', { port, bytes: 50_000, namespace: null }, undo)
  const pairs = [
    await capture('here', null, ['-i', 'lo', `tcp port ${port}`]),
    await capture('here-nano', null, ['-i', 'lo', '--nano', '-p', `tcp port ${port}`]),
  ]
  const page = new Running(['curl', '-s', `http://127.0.0.1:${port}/page.html`], undo)
  expect(await page.ended).toBe(0)
  for (const pair of pairs) expect((await compare(pair)).packets).toBeGreaterThanOrEqual(10)
})
