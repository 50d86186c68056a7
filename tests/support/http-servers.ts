import { execFileSync, spawn } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A port of 127.0.0.1 that nobody listens on just now. */
export async function freePort(): Promise<number> {
  const server = createServer()
  const port = await listen(server)
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** The port that the system chose. */
export function listen(server: Server, host = '127.0.0.1'): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, host, () => {
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : 0)
    })
  })
}

/** What a scripted server does on each connection. */
export type Play = (socket: Socket, request: string) => void | Promise<void>

/** A server whose every byte a test decides: `play` runs once a whole request head has come. */
export class Stage {
  port = 0
  connections = 0
  /** All that clients said. */
  heard = ''
  private readonly server: Server
  private readonly sockets = new Set<Socket>()

  constructor(play: Play) {
    this.server = createServer((socket) => {
      this.connections++
      this.sockets.add(socket)
      let request = ''
      socket.on('error', () => {})
      socket.on('data', (bytes) => {
        this.heard += bytes.toString('latin1')
        request += bytes.toString('latin1')
        const end = request.indexOf('\r\n\r\n')
        if (end < 0) return
        const whole = request
        request = ''
        void play(socket, whole)
      })
    })
  }

  async open(host = '127.0.0.1'): Promise<this> {
    this.port = await listen(this.server, host)
    return this
  }

  close(): void {
    for (const socket of this.sockets) socket.destroy()
    this.server.close()
  }
}

/** Paths of PEM files. */
export interface Certificate {
  readonly cert: string
  readonly key: string
}

function openssl(...args: readonly string[]): void {
  execFileSync('openssl', args, { stdio: 'ignore' })
}

/** A real server with its own configuration, files and process in a folder of its own. */
export class RealServer {
  readonly folder = mkdtempSync(join(tmpdir(), 'wiretale-server-'))
  readonly pages = join(this.folder, 'pages')
  private stop: () => void = () => {}

  constructor() {
    // Workers of a server that was started by root are somebody else.
    chmodSync(this.folder, 0o755)
    mkdirSync(this.pages)
  }

  page(name: string, content: string | Buffer): void {
    writeFileSync(join(this.pages, name), content)
  }

  /** A certificate for `names`, as openssl writes subjectAltName; signed by itself unless by another one. */
  certificate(name: string, names: string, days = 2, issuer: Certificate | null = null): Certificate {
    const [cert, key, request, extensions] = ['pem', 'key', 'csr', 'ext'].map((kind) =>
      join(this.folder, `${name}.${kind}`),
    )
    const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
    openssl('req', ...curve, '-keyout', key, '-out', request, '-subj', `/CN=${name}`)
    writeFileSync(extensions, `subjectAltName=${names}\n`)
    const signer = issuer === null ? ['-signkey', key] : ['-CA', issuer.cert, '-CAkey', issuer.key, '-CAcreateserial']
    openssl('x509', '-req', '-in', request, ...signer, '-days', String(days), '-extfile', extensions, '-out', cert)
    return { cert, key }
  }

  /** nginx with these `server { … }` blocks. Resolves when it answers on `port`. */
  async nginx(blocks: string, port: number): Promise<void> {
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
      .map((what) => `${what}_temp_path ${join(this.folder, what)};`)
      .join('\n')
    const config = join(this.folder, 'nginx.conf')
    writeFileSync(
      config,
      `pid ${join(this.folder, 'nginx.pid')};\nerror_log ${join(this.folder, 'error.log')};\ndaemon off;\n` +
        `worker_processes 1;\nevents {}\nhttp {\naccess_log off;\n${temporary}\n${blocks}\n}\n`,
    )
    await this.run('nginx', ['-c', config], port)
  }

  /** apache2 in the foreground with these directives. */
  async apache(directives: string, port: number): Promise<void> {
    const config = join(this.folder, 'apache2.conf')
    const modules = ['mpm_event', 'authz_core', 'dir', 'mime', 'cgid', 'alias']
    const load = modules.map((name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`).join('\n')
    writeFileSync(
      config,
      `ServerRoot ${this.folder}\nServerName localhost\nPidFile ${join(this.folder, 'apache2.pid')}\n` +
        `ErrorLog ${join(this.folder, 'error.log')}\nDefaultRuntimeDir ${this.folder}\nMutex pthread\n${load}\n` +
        `User www-data\nGroup www-data\nListen 127.0.0.1:${port}\nDocumentRoot ${this.pages}\nTypesConfig /etc/mime.types\n${directives}\n`,
    )
    await this.run('apache2', ['-f', config, '-D', 'FOREGROUND'], port)
  }

  close(): void {
    this.stop()
    rmSync(this.folder, { recursive: true, force: true })
  }

  private async run(program: string, args: readonly string[], port: number): Promise<void> {
    const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` }
    const child = spawn(program, args, { env, stdio: ['ignore', 'ignore', 'pipe'] })
    let said = ''
    child.stderr.on('data', (bytes) => {
      said += String(bytes)
    })
    this.stop = () => child.kill('SIGTERM')
    for (let tries = 0; tries < 100; tries++) {
      if (child.exitCode !== null) break
      if (await answers(port)) return
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    throw new Error(`${program} does not start: ${said}`)
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port })
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}
