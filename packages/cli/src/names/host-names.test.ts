import { createSocket, type Socket } from 'node:dgram'
import { afterEach, describe, expect, it } from 'vitest'
import { canonical, HostNames } from './host-names.ts'
import { SystemNames } from './print-names.ts'

let server: Socket | null = null

afterEach(() => {
  server?.close()
  server = null
})

/** A name server on the loopback interface: PTR questions about 192.0.2.N are answered with hostN.example. */
async function serve(answers: boolean): Promise<{ address: string; asked: () => number }> {
  const socket = createSocket('udp4')
  server = socket
  let asked = 0
  socket.on('message', (question, from) => {
    asked++
    if (!answers) return
    const last = question.subarray(13, 13 + question[12]).toString()
    const known = Number(last) < 100
    const name = Buffer.concat([label(`host${last}`), label('example'), Buffer.alloc(1)])
    // The question again; then, as an answer, a pointer to its name, PTR, IN, a day, and the name.
    const head = Buffer.from(question)
    head.writeUInt16BE(known ? 0x8180 : 0x8183, 2)
    head.writeUInt16BE(known ? 1 : 0, 6)
    head.writeUInt16BE(0, 10)
    const end = question.indexOf(0, 12) + 5
    const answer = Buffer.concat([Buffer.from('c00c000c000100015180', 'hex'), Buffer.from([0, name.length]), name])
    socket.send(
      Buffer.concat(known ? [head.subarray(0, end), answer] : [head.subarray(0, end)]),
      from.port,
      from.address,
    )
  })
  await new Promise<void>((done) => socket.bind(0, '127.0.0.1', done))
  return { address: `127.0.0.1:${socket.address().port}`, asked: () => asked }
}

function label(text: string): Buffer {
  return Buffer.concat([Buffer.from([text.length]), Buffer.from(text)])
}

describe('HostNames', () => {
  it('asks once for each address, and knows what has no name', async () => {
    const { address, asked } = await serve(true)
    const names = new HostNames([address])
    expect([names.find('192.0.2.7'), names.find('192.0.2.200'), names.hasPending]).toEqual([undefined, undefined, true])
    await names.resolve()
    expect([names.find('192.0.2.7'), names.find('192.0.2.200'), names.hasPending]).toEqual([
      'host7.example',
      null,
      false,
    ])
    expect(asked()).toBe(2)
  })

  it('does not wait for a server that does not answer, neither once nor for ever', async () => {
    const { address } = await serve(false)
    const names = new HostNames([address])
    const began = performance.now()
    let waits = 0
    for (let i = 0; names.asks && i < 50; i++) {
      for (let host = 0; host < 40; host++) names.find(`198.51.${i}.${host}`)
      await names.resolve()
      waits++
    }
    expect(waits).toBeGreaterThan(0)
    expect(performance.now() - began).toBeLessThan(7000)
    expect(names.asks).toBe(false)
    // Numbers from now on, at once.
    expect([names.find('198.51.100.99'), names.hasPending]).toEqual([null, false])
  })

  it('takes hosts from /etc/hosts without asking', () => {
    expect(new HostNames().find('127.0.0.1')).toBe('localhost')
  })
})

it('writes IPv6 addresses in one form', () => {
  expect(canonical('2001:DB8:0:0::1')).toBe('2001:db8::1')
  expect(canonical('fe80::1%eth0')).toBe('fe80::1')
  expect(canonical('localhost')).toBeNull()
})

describe('SystemNames', () => {
  it('names services by port and protocol, protocols by number', () => {
    const names = new SystemNames(new HostNames())
    expect([names.service(80, 'tcp'), names.service(53, 'udp'), names.service(64_999, 'tcp')]).toEqual([
      'http',
      'domain',
      null,
    ])
    expect([names.protocol(6), names.protocol(61), names.protocol(255), names.protocol(200)]).toEqual([
      'tcp',
      null,
      'reserved',
      null,
    ])
    expect(names.ether(Uint8Array.of(2, 0, 0, 0, 0, 1), 0)).toBeNull()
    expect(names.ether(new Uint8Array(7).fill(0xff), 1)).toBe('Broadcast')
  })

  it('asks for the host at an address', async () => {
    const { address } = await serve(true)
    const hosts = new HostNames([address])
    const names = new SystemNames(hosts)
    const bytes = Uint8Array.of(0, 192, 0, 2, 9)
    expect(names.host(bytes, 1, 4)).toBeNull()
    await hosts.resolve()
    expect(names.host(bytes, 1, 4)).toBe('host9.example')
  })
})
