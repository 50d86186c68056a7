import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { type AddressInfo, connect, createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { afterEach, describe, expect, type TestContext } from 'vitest'
import { openProcessNames, type ProcessNames } from '../../packages/cli/src/process/process-names.ts'
import { itNeeds } from '../needs.ts'
import { Command, start } from '../support/command.ts'

const INSTANCES = '/sys/kernel/tracing/instances'
/** CAP_DAC_READ_SEARCH and CAP_SYS_PTRACE. */
const KEPT = (1n << 2n) | (1n << 19n)

const command = new Command()

/** A connection as the server met it. */
interface Met {
  readonly port: number
  readonly ms: number
}

const endings: (() => unknown)[] = []
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end()
})

async function open(context: TestContext, onEnd?: () => void): Promise<ProcessNames> {
  if (!existsSync(INSTANCES)) context.skip('needs tracefs at /sys/kernel/tracing')
  const names = await openProcessNames(onEnd, command.path)
  endings.push(() => names.close())
  expect(names.limits).toEqual([])
  return names
}

/** A server that closes each connection after a word. */
async function listen(host = '127.0.0.1'): Promise<{ port: number; met: Met[] }> {
  const met: Met[] = []
  const server: Server = createServer((socket) => {
    met.push({ port: socket.remotePort!, ms: Date.now() })
    socket.on('error', () => {}).end('HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nhi')
  })
  await new Promise<void>((resolve) => server.listen(0, host, resolve))
  endings.push(() => server.close())
  return { port: (server.address() as AddressInfo).port, met }
}

function launch(program: string, args: readonly string[]): ChildProcess {
  const child = spawn(program, args, { stdio: 'ignore' })
  endings.push(() => child.kill('SIGKILL'))
  return child
}

async function until<T>(find: () => T | null | undefined | false, ms = 8_000): Promise<T> {
  for (const end = Date.now() + ms; Date.now() < end; ) {
    const found = find()
    if (found !== null && found !== undefined && found !== false) return found
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  throw new Error('nothing came of it')
}

function isAlive(pid: number): boolean {
  return existsSync(`/proc/${pid}/status`) && !/^State:\s*Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
}

/** Helpers that were started with this test's command. */
function helpers(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        const words = readFileSync(`/proc/${pid}/cmdline`, 'latin1').split('\0')
        return words.includes(command.path) && words.includes('@process-helper') && isAlive(pid)
      } catch {
        return false
      }
    })
}

describe('programs of connections', () => {
  itNeeds(['root', 'curl'], 'names short clients, and never a wrong one', async (context) => {
    const names = await open(context)
    const { port, met } = await listen()
    const pids: number[] = []
    for (let i = 0; i < 100; i++) {
      const curl = spawn('curl', ['-s', '-o', '/dev/null', `http://127.0.0.1:${port}/`])
      pids.push(curl.pid!)
      await new Promise((resolve) => curl.on('close', resolve))
    }
    const client = `
      const net = require('node:net')
      const next = (left) => left > 0 &&
        net.connect(${port}, '127.0.0.1').on('error', () => {}).on('close', () => next(left - 1)).resume()
      next(100)`
    const node = spawn(process.execPath, ['-e', client])
    await new Promise((resolve) => node.on('close', resolve))
    expect(met).toHaveLength(200)
    const last = met[199]
    await until(() => names.find('127.0.0.1', last.port, '127.0.0.1', port, last.ms)?.client)
    let known = 0
    for (const [i, { port: from, ms }] of met.entries()) {
      const { client = null } = names.find('127.0.0.1', from, '127.0.0.1', port, ms) ?? {}
      if (client === null) continue
      known++
      expect(client.by).toBe('connect')
      expect(client.processes).toHaveLength(1)
      const [{ name, pid }] = client.processes
      expect({ name, pid }).toEqual(i < 100 ? { name: 'curl', pid: pids[i] } : { name: 'node', pid: node.pid })
    }
    // All 200 on a quiet machine.
    expect(known).toBeGreaterThanOrEqual(190)
  })

  itNeeds(['root', 'curl', 'nginx'], 'names the worker that serves, or the program alone', async (context) => {
    const folder = join(command.folder, 'nginx')
    mkdirSync(folder)
    const port = 20_000 + (process.pid % 20_000)
    writeFileSync(
      join(folder, 'nginx.conf'),
      `worker_processes 2; daemon off; user root; pid ${folder}/pid; error_log ${folder}/error.log;
       events {} http { access_log off; server { listen 127.0.0.1:${port}; location / { return 200 hello; } } }`,
    )
    const nginx = launch('nginx', ['-c', join(folder, 'nginx.conf')])
    // Waited for: a master that is killed leaves its workers behind.
    endings.push(() => nginx.kill('SIGTERM') && new Promise((resolve) => nginx.on('close', resolve)))
    const workers = await until(() => {
      const children = readFileSync(`/proc/${nginx.pid}/task/${nginx.pid}/children`, 'utf8').trim().split(' ')
      return children.length === 2 && existsSync(join(folder, 'pid')) && children.map(Number)
    })
    const names = await open(context)
    const starts: (Met & { readonly endMs: number })[] = []
    for (let i = 0; i < 10; i++) {
      const ms = Date.now()
      const { out } = await start('curl', ['-s', '-o', '/dev/null', '-w', '%{local_port}', `http://127.0.0.1:${port}/`])
      starts.push({ port: Number(out.toString()), ms, endMs: Date.now() })
    }
    const waiting = connect(port, '127.0.0.1')
    endings.push(() => waiting.destroy())
    await new Promise((resolve) => waiting.on('connect', resolve))
    starts.push({ port: waiting.localPort!, ms: Date.now(), endMs: Date.now() })
    // When in that time curl connected, only a capture would tell.
    const find = (one: (typeof starts)[number]) => {
      for (let { ms } = one; ms <= one.endMs; ms += 40) {
        const found = names.find('127.0.0.1', one.port, '127.0.0.1', port, ms)
        if (found?.server != null) return found
      }
      return null
    }
    const held = await until(() => find(starts[10])?.server)
    expect(held).toMatchObject({ by: 'socket', basis: 'observed' })
    await names.settle()
    for (const one of starts) {
      const server = find(one)?.server ?? null
      if (server === null) continue
      for (const { name, pid, program } of server.processes) {
        expect(name).toBe('nginx')
        expect(program).toMatch(/nginx$/)
        if (pid !== null) expect(workers).toContain(pid)
      }
    }
    expect(starts.filter((one) => (find(one)?.server ?? null) !== null).length).toBeGreaterThanOrEqual(10)
  })

  itNeeds(['root', 'bash', 'sleep'], 'lists all that share a socket older than the helper', async (context) => {
    const server = createServer(() => {})
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const met = new Promise<Met>((resolve) =>
      server.on('connection', (socket) => {
        endings.push(() => socket.destroy())
        resolve({ port: socket.remotePort!, ms: Date.now() })
      }),
    )
    endings.push(() => server.close())
    const shell = launch('bash', ['-c', `exec 3<>/dev/tcp/127.0.0.1/${port}; sleep 30 & sleep 30 & wait`])
    const { port: from, ms } = await met
    const children = await until(() => {
      const all = readFileSync(`/proc/${shell.pid}/task/${shell.pid}/children`, 'utf8').trim().split(' ').map(Number)
      return all.length === 2 && all.every((pid) => readFileSync(`/proc/${pid}/comm`, 'utf8') === 'sleep\n') && all
    })
    for (const pid of children) endings.push(() => process.kill(pid, 'SIGKILL'))
    const names = await open(context)
    const { client, server: accepted } = await until(() => {
      const sides = names.find('127.0.0.1', from, '127.0.0.1', port, ms)
      return sides?.client != null && sides.server !== null && sides
    })
    expect(client).toMatchObject({ basis: 'observed', by: 'socket' })
    expect(client!.processes.map(({ name, pid }) => `${name} ${pid}`).sort()).toEqual(
      [`bash ${shell.pid}`, ...children.map((pid) => `sleep ${pid}`)].sort(),
    )
    expect(accepted!.processes.map(({ pid }) => pid)).toEqual([process.pid])
  })

  itNeeds(['root', 'ip', 'curl'], 'leaves the other end of a virtual cable unknown', async (context) => {
    const there = `wiretale-${process.pid}`
    const [near, far] = [`wt${process.pid % 10_000}a`, `wt${process.pid % 10_000}b`]
    const ip = async (...words: string[]): Promise<void> => {
      const { code, err } = await start('ip', words)
      if (code !== 0) throw new Error(err)
    }
    const here = `${there}-here`
    for (const space of [here, there]) {
      await ip('netns', 'add', space)
      endings.push(() => ip('netns', 'del', space))
    }
    await ip('link', 'add', near, 'netns', here, 'type', 'veth', 'peer', 'name', far, 'netns', there)
    for (const [space, device, address] of [
      [here, near, '10.77.0.1/24'] as const,
      [there, far, '10.77.0.2/24'] as const,
    ]) {
      await ip('-n', space, 'addr', 'add', address, 'dev', device)
      await ip('-n', space, 'link', 'set', device, 'up')
    }
    if (!existsSync(INSTANCES)) context.skip('needs tracefs at /sys/kernel/tracing')
    // The server and the helper are here, the client is there.
    const script = `require('node:net').createServer((s) => { process.stdout.write(s.remotePort + ' '); s.end('x') })
      .listen(80, '10.77.0.1', () => process.stdout.write('ready '))`
    const server = spawn('ip', ['netns', 'exec', here, process.execPath, '-e', script])
    endings.push(() => server.kill('SIGKILL'))
    let said = ''
    server.stdout.on('data', (bytes) => {
      said += bytes
    })
    const helper = spawn('ip', ['netns', 'exec', here, process.execPath, command.path, '@process-helper'])
    let answers = ''
    helper.stdout.on('data', (bytes) => {
      answers += bytes
    })
    endings.push(() => helper.stdin.end())
    await until(() => said.includes('ready') && answers.includes('ready'))
    for (let i = 0; i < 5; i++)
      await start('ip', ['netns', 'exec', there, 'curl', '-s', '--http0.9', 'http://10.77.0.1/'])
    helper.stdin.write('{"settle":1}\n')
    await until(() => answers.includes('settled'))
    expect(said.trim().split(' ')).toHaveLength(6)
    expect(answers).not.toContain('curl')
    // The server's end is here, and was closed by it.
    expect(answers.match(/"name":"node"/g)?.length).toBeGreaterThanOrEqual(5)
  })
})

describe('the helper', () => {
  itNeeds(['root', 'setpriv', 'curl'], 'keeps two rights in every thread, and dies without harm', async (context) => {
    let isEnded = false
    const names = await open(context, () => {
      isEnded = true
    })
    const [pid] = helpers()
    expect(existsSync(join(INSTANCES, `wiretale-${pid}`))).toBe(true)
    for (const thread of readdirSync(`/proc/${pid}/task`)) {
      const status = readFileSync(`/proc/${pid}/task/${thread}/status`, 'latin1')
      for (const kind of ['CapPrm', 'CapEff', 'CapBnd']) {
        const digits = new RegExp(`^${kind}:\\s*([0-9a-f]+)`, 'm').exec(status)![1]
        expect(`${kind} ${BigInt(`0x${digits}`) & ~KEPT}`).toBe(`${kind} 0`)
      }
      expect(status).toMatch(/^NoNewPrivs:\s*1/m)
    }
    process.kill(pid, 'SIGKILL')
    await until(() => isEnded)
    const { port, met } = await listen()
    await start('curl', ['-s', `http://127.0.0.1:${port}/`])
    await names.settle()
    expect(names.find('127.0.0.1', met[0].port, '127.0.0.1', port, met[0].ms)).toBeNull()
    // What it had to leave behind, the next one removes.
    expect(existsSync(join(INSTANCES, `wiretale-${pid}`))).toBe(true)
    await open(context)
    expect(existsSync(join(INSTANCES, `wiretale-${pid}`))).toBe(false)
  })

  itNeeds(['root'], 'ends with whoever started it, however that ends', async (context) => {
    if (!existsSync(INSTANCES)) context.skip('needs tracefs at /sys/kernel/tracing')
    const parent = spawn(process.execPath, [
      '-e',
      `const { spawn } = require('node:child_process')
       const helper = spawn(process.execPath, [${JSON.stringify(command.path)}, '@process-helper'], { detached: true })
       helper.stdout.once('data', () => process.stdout.write(String(helper.pid)))`,
    ])
    endings.push(() => parent.kill('SIGKILL'))
    const helper = await new Promise<number>((resolve) => parent.stdout.once('data', (text) => resolve(Number(text))))
    const instance = join(INSTANCES, `wiretale-${helper}`)
    expect([isAlive(helper), existsSync(instance)]).toEqual([true, true])
    parent.kill('SIGKILL')
    await until(() => !isAlive(helper))
    expect(existsSync(instance)).toBe(false)
  })
})
