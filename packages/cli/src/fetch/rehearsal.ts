import { lookup } from 'node:dns'
import { createServer, type Server, type Socket } from 'node:net'
import { Client } from './client.ts'
import { Halt } from './halt.ts'
import { Journal } from './journal.ts'
import type { FetchOptions } from './options.ts'

const ANSWER = Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: keep-alive\r\n\r\nok')
const ROUNDS = 3
const PATIENCE_MS = 250

/** Requests on connections of this process with itself, before the clock starts. What runs for the first time is compiled
 *  meanwhile: without it a first request on loopback was measured at 7 to 15 ms, of which the server and the kernel took
 *  0.5; with it at 1 to 2. `withHttp2`: that, too. Whatever goes wrong here does not matter. */
export async function rehearse(options: FetchOptions, withHttp2: boolean): Promise<void> {
  // The first lookup would otherwise wait for the threads that it runs in. This spelling of an address asks no server.
  const threads = new Promise<void>((resolve) => lookup('127.1', () => resolve()))
  const sockets = new Set<Socket>()
  await play(createServer(), sockets, options, '1.1')
  if (withHttp2) {
    const { createServer: createHttp2Server } = await import('node:http2')
    const server = createHttp2Server()
    server.on('stream', (stream) => {
      stream.on('error', () => {})
      stream.respond({ ':status': 200 })
      stream.end('ok')
    })
    await play(server, sockets, options, '2')
  }
  await threads
  // What was closed here is cleared away now, not in the time that is measured.
  await new Promise((resolve) => setImmediate(() => setImmediate(resolve)))
}

async function play(server: Server, sockets: Set<Socket>, options: FetchOptions, version: '1.1' | '2'): Promise<void> {
  const journal = new Journal()
  const plain: FetchOptions = { ...options, proxy: '', output: null, body: null, version, connectTo: [], follow: true }
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    if (version === '1.1') socket.on('data', () => socket.write(ANSWER))
  })
  const halt = new Halt()
  const release = halt.limit('max-time', PATIENCE_MS)
  try {
    const port = await new Promise<number>((resolve) => {
      server.once('error', () => resolve(0))
      server.listen(0, '127.0.0.1', () => {
        const address = server.address()
        resolve(typeof address === 'object' && address !== null ? address.port : 0)
      })
    })
    for (let round = 0; port !== 0 && round < ROUNDS; round++) {
      const client = new Client(plain, journal, {})
      const { failure } = await client.fetch(new URL(`http://127.0.0.1:${port}/`), halt)
      await client.close()
      journal.take()
      if (failure !== null) break
    }
  } finally {
    release()
    for (const socket of sockets) socket.destroy()
    server.close()
  }
}
