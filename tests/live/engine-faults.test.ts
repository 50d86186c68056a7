import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { Worker } from 'node:worker_threads'
import { afterEach, expect, it } from 'vitest'
import { activate } from '../../packages/cli/src/capture/activate.ts'
import { listDevices, listLinkTypes, listTimeStampTypes } from '../../packages/cli/src/capture/devices.ts'
import { loadKoffi } from '../../packages/cli/src/capture/koffi.ts'
import { openLibpcap } from '../../packages/cli/src/capture/libpcap.ts'
import { LibpcapSource } from '../../packages/cli/src/capture/libpcap-source.ts'
import { openLive } from '../../packages/cli/src/capture/open.ts'
import { Slot } from '../../packages/cli/src/capture/slabs.ts'
import threadSource from '../../packages/cli/src/capture/worker.ts?source'
import { describeNeeds } from '../needs.ts'
import { Catcher, liveRequest, pause, sendDatagrams } from '../support/live.ts'

/** What tcpdump says, wherever it says it. */
function ask(...words: string[]): string {
  const { stdout, stderr } = spawnSync('tcpdump', words, { encoding: 'utf8' })
  return stdout + stderr
}

/** Says that it is ready, then throws as soon as it is to begin. */
const THROWS = `const { parentPort, workerData } = require('node:worker_threads')
parentPort.postMessage(null)
Atomics.wait(workerData.shared, ${Slot.GO}, 0)
throw new Error('out of luck')`

/** `lo`, read by a thread that the test chooses. */
function openWith(start: ConstructorParameters<typeof LibpcapSource>[4]): LibpcapSource {
  const pcap = openLibpcap(loadKoffi(import.meta.url))
  return new LibpcapSource(pcap, 'lo', false, activate(pcap, liveRequest({ device: 'lo' })), start)
}

describeNeeds(['root'], 'a capture thread', () => {
  it('that throws ends the capture with its words', async () => {
    const source = openWith((workerData) => new Worker(THROWS, { eval: true, workerData }))
    const end = await source.run(() => {}, 0)
    expect(end).toEqual({ reason: 'failed', message: 'the capture thread has failed: out of luck' })
    await source.close()
  })

  it('that is terminated before it begins ends the capture too', async () => {
    let thread: Worker | null = null
    const source = openWith((workerData) => {
      thread = new Worker(threadSource, { eval: true, workerData })
      return thread
    })
    await source.prepare()
    await thread!.terminate()
    expect(await source.run(() => {}, 0)).toEqual({ reason: 'failed', message: 'the capture thread was ended' })
    await source.close()
  })

  it('that is terminated ends the capture, after all that it had handed over', async () => {
    let thread: Worker | null = null
    const source = openWith((workerData) => {
      thread = new Worker(threadSource, { eval: true, workerData })
      return thread
    })
    const catcher = new Catcher()
    const running = source.run(catcher.take, 0)
    await sendDatagrams(50, 'terminated', 4721)
    await catcher.reach(50)
    await thread!.terminate()
    expect(await running).toEqual({ reason: 'failed', message: 'the capture thread was ended' })
    expect((await source.statistics())!.received).toBeGreaterThanOrEqual(50)
    await source.close()
  })
})

describeNeeds(['root', 'tcpdump'], 'capturing through tcpdump', () => {
  const { PATH } = process.env
  afterEach(() => {
    delete process.env.WIRETALE_ENGINE
    process.env.PATH = PATH
  })

  const openChild = (port: number) => {
    process.env.WIRETALE_ENGINE = 'tcpdump'
    return openLive(liveRequest({ device: 'lo', snaplen: 60, expression: `udp dst port ${port}` }))
  }
  /** Processes that this one has started. */
  const children = (): number[] =>
    readdirSync('/proc/self/task').flatMap((task) =>
      readFileSync(`/proc/self/task/${task}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number),
    )

  it('hands over all packets, cut as asked, and its counts', async () => {
    const source = await openChild(4731)
    expect(source).toMatchObject({ link: 1, snaplen: 60, ticksPerSecond: 1_000_000 })
    const catcher = new Catcher()
    const running = source.run(catcher.take, 0)
    await sendDatagrams(300, 'a text that does not fit into the packet ', 4731)
    source.stop()
    expect(await running).toEqual({ reason: 'asked' })
    expect(catcher.packets).toHaveLength(300)
    expect(catcher.packets.every(({ bytes }) => bytes.length === 60)).toBe(true)
    expect((await source.statistics())!.received).toBeGreaterThanOrEqual(300)
    await source.close()
  })

  it('finds the same interfaces', async () => {
    const known = await listDevices()
    process.env.WIRETALE_ENGINE = 'tcpdump'
    const isLasting = ({ name }: { name: string }): boolean => ['lo', 'any', 'nflog'].includes(name)
    expect((await listDevices()).filter(isLasting)).toEqual(known.filter(isLasting))
    expect(known.filter(isLasting).length).toBeGreaterThan(0)
  })

  it('ends exactly at its limit, and takes tcpdump with it', async () => {
    const before = children()
    const source = await openChild(4732)
    const catcher = new Catcher()
    const running = source.run(catcher.take, 7)
    await sendDatagrams(20, 'limit', 4732)
    expect(await running).toEqual({ reason: 'limit' })
    expect(catcher.packets).toHaveLength(7)
    await source.close()
    expect(children()).toEqual(before)
  })

  it('says how tcpdump was ended', async () => {
    const before = children()
    const source = await openChild(4733)
    const [child] = children().filter((pid) => !before.includes(pid))
    const running = source.run(() => {}, 0)
    await pause(100)
    process.kill(child, 'SIGKILL')
    expect(await running).toEqual({ reason: 'failed', message: 'tcpdump was ended by SIGKILL' })
    await source.close()
  })

  it("refuses with tcpdump's words, or says that there is none", async () => {
    process.env.WIRETALE_ENGINE = 'tcpdump'
    await expect(openLive(liveRequest({ device: 'nosuch0' }))).rejects.toMatchObject({
      code: 'no-device',
      message: expect.stringMatching(/^nosuch0: No such device exists/),
    })
    process.env.PATH = '/nonexistent'
    await expect(openLive(liveRequest({ device: 'lo' }))).rejects.toMatchObject({ code: 'engine' })
  })
})

describeNeeds(['tcpdump'], 'devices', () => {
  it('are those of tcpdump -D', async () => {
    const lines = (await listDevices()).map(
      ({ name, description, flags }, i) =>
        `${i + 1}.${name}${description === null ? '' : ` (${description})`}${flags === null ? '' : ` [${flags}]`}\n`,
    )
    // Interfaces of other tests come and go.
    const own = (text: string): string[] => text.split('\n').filter((line) => /lo|eth0|any|nflog/.test(line))
    expect(own(lines.join('')).map((line) => line.replace(/^\d+/, ''))).toEqual(
      own(ask('-D')).map((line) => line.replace(/^\d+/, '')),
    )
  })

  it('have the time stamps of tcpdump -J', async () => {
    const types = await listTimeStampTypes('lo')
    const lines = types.map(({ name, description }) => `  ${name} (${description})\n`).join('')
    expect(`Time stamp types for lo (use option -j to set):\n${lines}`).toBe(ask('-J', '-i', 'lo'))
  })
})

describeNeeds(['root', 'tcpdump'], 'link types', () => {
  it('are those of tcpdump -L', async () => {
    const links = await listLinkTypes(liveRequest({ device: 'any' }))
    const lines = links.map(({ name, description }) => `  ${name} (${description})\n`).join('')
    expect(`Data link types for any (use option -y to set):\n${lines}`).toBe(ask('-L', '-i', 'any'))
  })
})
