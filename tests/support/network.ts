import { type ChildProcessByStdio, execFileSync, spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { rootFolder } from '../needs.ts'

/** What a test did to the machine, taken back in the opposite order. */
export class Undo {
  private readonly steps: (() => unknown)[] = []

  add(step: () => unknown): void {
    this.steps.push(step)
  }

  async run(): Promise<void> {
    for (const step of this.steps.splice(0).reverse()) await step()
  }
}

/** Two network namespaces of the test's own and a veth pair between them. */
export class NetworkPair {
  /** Where servers and captures run. */
  readonly server: string
  readonly client: string
  /** The server's end of the pair. */
  readonly device = 'wire'
  readonly address = '192.0.2.1'
  readonly address6 = '2001:db8::1'

  constructor(name: string, undo: Undo) {
    this.server = `wt-${name}-s-${process.pid}`
    this.client = `wt-${name}-c-${process.pid}`
    for (const namespace of [this.server, this.client]) {
      ip('netns', 'add', namespace)
      undo.add(() => ip('netns', 'del', namespace))
      ip('-n', namespace, 'link', 'set', 'lo', 'up')
    }
    ip('-n', this.server, 'link', 'add', this.device, 'type', 'veth', 'peer', 'name', 'wire', 'netns', this.client)
    for (const [namespace, host] of [[this.server, 1] as const, [this.client, 2] as const]) {
      const inside = (...words: string[]): void => ip('-n', namespace, ...words)
      inside('addr', 'add', `192.0.2.${host}/24`, 'dev', 'wire')
      inside('addr', 'add', `2001:db8::${host}/64`, 'dev', 'wire', 'nodad')
      inside('link', 'set', 'wire', 'up')
    }
  }

  /** Sends Ethernet frames from the client's end, again and again. */
  send(frames: readonly Buffer[], times = 1): void {
    const hex = frames.map((frame) => frame.toString('hex'))
    const words = [process.execPath, '-e', SEND_FRAMES, this.device, String(times), ...hex]
    execFileSync('ip', ['netns', 'exec', this.client, ...words], {
      cwd: rootFolder,
      stdio: ['ignore', 'ignore', 'inherit'],
    })
  }

  /** Runs a program in a namespace to its end; returns its output. */
  run(namespace: string, program: string, ...args: string[]): Buffer {
    return execFileSync('ip', ['netns', 'exec', namespace, program, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  }
}

/** Sends Ethernet frames through a packet socket (packet(7)): whole ones, as they are. */
const SEND_FRAMES = `
const [device, times, ...frames] = process.argv.slice(1)
const koffi = require('koffi')
const libc = koffi.load('libc.so.6')
const socket = libc.func('int socket(int, int, int)')
const sendto = libc.func('long sendto(int, const void *, size_t, int, const void *, uint)')
const index = libc.func('uint if_nametoindex(const char *)')(device)
const to = Buffer.alloc(20)
to.writeUInt16LE(17, 0)
to.writeInt32LE(index, 4)
const fd = socket(17, 3, 0)
const bytes = frames.map((hex) => Buffer.from(hex, 'hex'))
for (let round = 0; round < Number(times); round++)
  for (const frame of bytes)
    if (sendto(fd, frame, frame.length, 0, to, to.length) !== frame.length) process.exit(1)`

function ip(...words: string[]): void {
  execFileSync('ip', words, { stdio: ['ignore', 'ignore', 'pipe'] })
}

/** Words that run a program in a namespace; null: here. */
export function inNamespace(namespace: string | null, ...words: string[]): string[] {
  return namespace === null ? words : ['ip', 'netns', 'exec', namespace, ...words]
}

/** A program that was started and goes on, with what it has said so far. */
export class Running {
  readonly child: ChildProcessByStdio<null, Readable, Readable>
  readonly ended: Promise<number | null>
  out = ''
  err = ''

  constructor(words: readonly string[], undo: Undo, env: Record<string, string> = {}) {
    const [program, ...args] = words
    this.child = spawn(program, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: `${process.env.PATH}:/usr/sbin`, TZ: 'UTC0', LANG: 'C.UTF-8', ...env },
    })
    this.child.stdout.setEncoding('latin1').on('data', (text) => {
      this.out += text
    })
    this.child.stderr.setEncoding('utf8').on('data', (text) => {
      this.err += text
    })
    this.ended = new Promise((resolve) => this.child.on('close', resolve))
    undo.add(async () => {
      this.child.kill('SIGKILL')
      await this.ended
    })
  }

  /** Once it captures. */
  async listening(): Promise<this> {
    await until(() => /listening on/.test(this.err) || this.child.exitCode !== null, `a capture: ${this.err}`)
    return this
  }

  /** Its exit code after a signal. */
  stop(signal: NodeJS.Signals = 'SIGINT'): Promise<number | null> {
    this.child.kill(signal)
    return this.ended
  }
}

/** Looks again and again until it is so. */
export async function until(
  isSo: () => boolean | Promise<boolean>,
  what: string,
  milliseconds = 10_000,
): Promise<void> {
  for (const end = Date.now() + milliseconds; !(await isSo()); ) {
    if (Date.now() > end) throw new Error(`waited in vain for ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

export type ServerName = 'nginx' | 'apache2'

const TYPES = '/etc/mime.types'
const MODULES = '/usr/lib/apache2/modules'

const CONFIGURATIONS: Readonly<Record<ServerName, (folder: string, port: number) => string>> = {
  nginx: (folder, port) => `worker_processes 1; daemon off; user root; pid ${folder}/pid; error_log ${folder}/error.log;
events {}
http { access_log off; client_body_temp_path ${folder}; proxy_temp_path ${folder}; fastcgi_temp_path ${folder};
  uwsgi_temp_path ${folder}; scgi_temp_path ${folder};
  server { listen ${port}; listen [::]:${port}; root ${folder}; } }
`,
  apache2: (folder, port) => `ServerRoot ${folder}
PidFile ${folder}/pid
ErrorLog ${folder}/error.log
ServerName server.example
Listen ${port}
LoadModule mpm_event_module ${MODULES}/mod_mpm_event.so
LoadModule authz_core_module ${MODULES}/mod_authz_core.so
LoadModule mime_module ${MODULES}/mod_mime.so
TypesConfig ${TYPES}
User www-data
Group www-data
DocumentRoot ${folder}
<Directory ${folder}>
  Require all granted
</Directory>
`,
}

/** A web server of the test's own, with a page of `bytes` bytes at /page.html, in a namespace or here. */
export async function startServer(
  name: ServerName,
  { port, bytes, namespace }: { port: number; bytes: number; namespace: string | null },
  undo: Undo,
): Promise<Running> {
  const folder = mkdtempSync(join(tmpdir(), `wiretale-${name}-`))
  undo.add(() => rmSync(folder, { recursive: true }))
  // Workers have a user of their own.
  chmodSync(folder, 0o755)
  writeFileSync(join(folder, 'page.html'), 'x'.repeat(bytes))
  const file = join(folder, `${name}.conf`)
  writeFileSync(file, CONFIGURATIONS[name](folder, port))
  const words =
    name === 'nginx' ? ['nginx', '-c', file, '-e', join(folder, 'error.log')] : ['apache2', '-f', file, '-DFOREGROUND']
  const server = new Running(inNamespace(namespace, ...words), undo)
  undo.add(() => server.stop('SIGTERM'))
  await until(() => answers(port, namespace), `${name} on port ${port}: ${server.err}`)
  return server
}

async function answers(port: number, namespace: string | null): Promise<boolean> {
  if (namespace !== null) {
    try {
      execFileSync('ip', ['netns', 'exec', namespace, 'curl', '-s', '-o', '/dev/null', `http://127.0.0.1:${port}/`])
      return true
    } catch {
      return false
    }
  }
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.on('connect', () => resolve(true)).on('error', () => resolve(false))
    socket.on('connect', () => socket.destroy())
  })
}
