import { execFileSync } from 'node:child_process'
import { compileFilter } from '@wiretale/core'
import { afterAll, expect, it } from 'vitest'
import type { LiveSource } from '../../packages/cli/src/capture/live-source.ts'
import { openLive } from '../../packages/cli/src/capture/open.ts'
import { nothingKnown } from '../../packages/cli/src/tcpdump/filter.ts'
import { describeNeeds } from '../needs.ts'
import { Catcher, liveRequest, pause, sendDatagrams, VethPair } from '../support/live.ts'

/** The filter of one port, so that what else happens on `lo` does not matter. */
async function openOnPort(port: number, of: Partial<Parameters<typeof liveRequest>[0]> = {}): Promise<LiveSource> {
  const source = await openLive(liveRequest({ device: 'lo', ...of }))
  const { program } = compileFilter(`udp dst port ${port}`, {
    link: source.link,
    snaplen: source.snaplen,
    optimize: true,
    netmask: 0,
    names: nothingKnown,
  })
  await source.setFilter(program)
  return source
}

describeNeeds(['root'], 'libpcap on lo', () => {
  it('hands over every packet, in order, and counts as libpcap does', async () => {
    const source = await openOnPort(4701)
    const catcher = new Catcher()
    const running = source.run(catcher.take, 0)
    await sendDatagrams(2000, 'n', 4701)
    source.stop()
    expect(await running).toEqual({ reason: 'asked' })
    const texts = catcher.packets.map(({ bytes }) => bytes.subarray(42).toString())
    expect(texts).toEqual(Array.from({ length: 2000 }, (_, i) => `n${i}`))
    expect(source).toMatchObject({ link: 1, snaplen: 262_144, ticksPerSecond: 1_000_000, netmask: 0xff000000 })
    expect((await source.statistics())!.dropped).toBe(0)
    expect((await source.statistics())!.received).toBeGreaterThanOrEqual(2000)
    const [{ seconds, fraction }] = catcher.packets
    expect(Math.abs(seconds + fraction / 1e6 - Date.now() / 1000)).toBeLessThan(20)
    await source.close()
    expect(await source.statistics()).toBeNull()
  })

  it('loses nothing of what has come before it is told to stop', async () => {
    for (const count of [1, 160, 700]) {
      const source = await openOnPort(4702)
      const catcher = new Catcher()
      const running = source.run(catcher.take, 0)
      await sendDatagrams(count, 'last', 4702)
      source.stop()
      await running
      expect(catcher.packets).toHaveLength(count)
      await source.close()
    }
  })

  it('has packets before run() too, and ends when stopped before it', async () => {
    const source = await openOnPort(4703)
    await sendDatagrams(3, 'early', 4703)
    source.stop()
    const catcher = new Catcher()
    expect(await source.run(catcher.take, 0)).toEqual({ reason: 'asked' })
    expect(catcher.packets).toHaveLength(3)
    await source.close()
  })

  it('ends exactly at its limit, whatever else there is', async () => {
    for (const limit of [1, 7, 100]) {
      const source = await openOnPort(4704)
      await sendDatagrams(130, 'x', 4704)
      const catcher = new Catcher()
      expect(await source.run(catcher.take, limit)).toEqual({ reason: 'limit' })
      expect(catcher.packets).toHaveLength(limit)
      await source.close()
    }
  })

  it('is soon told of a packet', async () => {
    const source = await openOnPort(4705)
    const catcher = new Catcher()
    const running = source.run(catcher.take, 0)
    await pause(200)
    const waits: number[] = []
    for (let i = 0; i < 8; i++) {
      const sent = performance.now()
      await sendDatagrams(1, 'soon', 4705)
      await catcher.reach(i + 1)
      waits.push(performance.now() - sent)
    }
    source.stop()
    await running
    await source.close()
    expect(waits.sort((a, b) => a - b)[4]).toBeLessThan(150)
  })

  it('cuts packets at the snapshot length, and tells nanoseconds', async () => {
    const source = await openOnPort(4706, { snaplen: 50, nano: true })
    expect(source).toMatchObject({ snaplen: 50, ticksPerSecond: 1_000_000_000 })
    const catcher = new Catcher()
    const running = source.run(catcher.take, 40)
    await sendDatagrams(40, 'a long text after the headers', 4706)
    await running
    expect(catcher.packets.every(({ bytes, wireBytes }) => bytes.length === 50 && wireBytes > 60)).toBe(true)
    expect(catcher.packets.some(({ fraction }) => fraction % 1000 !== 0)).toBe(true)
    expect(catcher.packets.every(({ fraction }) => fraction < 1e9)).toBe(true)
    await source.close()
  })

  it('reads any with the second version of its header, or with the first', async () => {
    for (const [link, asked] of [
      [276, null],
      [113, 113],
    ] as const) {
      const source = await openOnPort(4707, { device: 'any', link: asked })
      expect(source).toMatchObject({ link, netmask: null })
      const catcher = new Catcher()
      const running = source.run(catcher.take, 2)
      await sendDatagrams(2, 'any', 4707)
      await running
      expect(catcher.packets).toHaveLength(2)
      await source.close()
    }
  })

  it('waits with the packets while they are not taken; the kernel drops what it has no room for, and counts', async () => {
    const source = await openOnPort(4708, { bufferBytes: 2 ** 20 })
    const catcher = new Catcher()
    let release = (): void => {}
    const running = source.run((bytes, at, end) => {
      catcher.take(bytes, at, end)
      return new Promise((resolve) => {
        release = resolve
      })
    }, 0)
    const before = process.memoryUsage()
    // Many times what slabs and the kernel hold together.
    const payload = 'x'.repeat(60_000)
    await sendDatagrams(2000, payload, 4708)
    const { external, arrayBuffers } = process.memoryUsage()
    expect(external + arrayBuffers - before.external - before.arrayBuffers).toBeLessThan(64e6)
    source.stop()
    const letGo = setInterval(() => release(), 1)
    expect(await running).toEqual({ reason: 'asked' })
    clearInterval(letGo)
    const { received, dropped } = (await source.statistics())!
    expect(dropped).toBeGreaterThan(0)
    expect(catcher.packets.length).toBeGreaterThan(10)
    // Loopback shows each packet twice, and libpcap hands on one of them.
    expect(received).toBeGreaterThanOrEqual(catcher.packets.length + dropped / 2)
    await source.close()
  })

  it('ends with the error of whoever takes the packets', async () => {
    const source = await openOnPort(4709)
    const failing = source.run(() => {
      throw new Error('disk full')
    }, 0)
    const refusing = expect(failing).rejects.toThrow('disk full')
    await sendDatagrams(5, 'x', 4709)
    await refusing
    await source.close()
    const other = await openOnPort(4709)
    const rejecting = expect(other.run(() => Promise.reject(new Error('later')), 0)).rejects.toThrow('later')
    await sendDatagrams(5, 'x', 4709)
    await rejecting
    await other.close()
  })

  it('ends when it is closed while it runs', async () => {
    const source = await openOnPort(4710)
    const running = source.run(() => {}, 0)
    await pause(100)
    await source.close()
    expect(await running).toEqual({ reason: 'asked' })
    source.stop()
    await source.close()
    await expect(source.run(() => {}, 0)).rejects.toThrow('closed')
  })

  it('stops under endless traffic', async () => {
    const source = await openOnPort(4711)
    let isOver = false
    const flood = (async () => {
      while (!isOver) await sendDatagrams(200, 'flood', 4711)
    })()
    const running = source.run(() => {}, 0)
    await pause(300)
    const asked = performance.now()
    source.stop()
    expect(await running).toEqual({ reason: 'asked' })
    expect(performance.now() - asked).toBeLessThan(1000)
    isOver = true
    await flood
    await source.close()
  })
})

describeNeeds(['root', 'ip'], 'libpcap on interfaces of its own', () => {
  const pair = new VethPair()
  afterAll(() => pair.close())

  it('stops within 300 ms where no packet ever comes', async () => {
    const source = await openLive(liveRequest({ device: pair.here }))
    expect(source.netmask).toBeNull()
    const running = source.run(() => {}, 0)
    await pause(700)
    const asked = performance.now()
    source.stop()
    expect(await running).toEqual({ reason: 'asked' })
    expect(performance.now() - asked).toBeLessThan(300)
    await source.close()
  })

  it('tells the direction of packets apart', async () => {
    for (const [direction, packets] of [
      ['in', 5],
      ['out', 0],
    ] as const) {
      const source = await openLive(liveRequest({ device: pair.here, direction }))
      const catcher = new Catcher()
      const running = source.run(catcher.take, 0)
      pair.send(5, 'direction')
      source.stop()
      await running
      expect(catcher.packets).toHaveLength(packets)
      await source.close()
    }
  })

  it('says that the interface has gone, after all that came before', async () => {
    const source = await openLive(liveRequest({ device: pair.here }))
    const catcher = new Catcher()
    const running = source.run(catcher.take, 0)
    pair.send(300, 'before')
    pair.removeLink()
    const end = await running
    expect(end).toEqual({ reason: 'failed', message: expect.stringMatching(/interface (disappeared|went down)/) })
    expect(catcher.packets).toHaveLength(300)
    await source.close()
  })
})

const tcpdumpSays = (...words: string[]): string => {
  try {
    return execFileSync('timeout', ['5', 'tcpdump', ...words], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
  } catch (error) {
    return (error as { stderr: string }).stderr.trimEnd()
  }
}

describeNeeds(['root', 'tcpdump', 'timeout'], "tcpdump's words", () => {
  const cases: readonly [words: string[], of: Parameters<typeof liveRequest>[0]][] = [
    [['-i', 'nosuch0'], { device: 'nosuch0' }],
    [['-i', 'lo', '-I'], { device: 'lo', monitorMode: true }],
    [['-i', 'lo', '-y', 'PPP'], { device: 'lo', link: 9 }],
  ]
  for (const [words, of] of cases)
    it(`are those of tcpdump ${words.join(' ')}`, async () => {
      const says = tcpdumpSays(...words, '-c', '1')
      const error = await openLive(liveRequest(of)).then(
        () => null,
        ({ message }) => message as string,
      )
      expect(`tcpdump: ${error}`).toBe(says)
    })

  it('warn of a time stamp type that is not there', async () => {
    const source = await openLive(liveRequest({ device: 'lo', timeStampType: 'adapter' }))
    expect(source.warnings).toEqual([
      "When trying to set timestamp type 'adapter' on lo: That type of time stamp is not supported by that device",
    ])
    await source.close()
  })
})
