import { connect, type Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { type Moment, now } from './clock.ts'
import type { Endpoint } from './endpoint.ts'
import type { SocketBytes } from './journal.ts'

/** Who takes what a channel reads. */
export interface Taker {
  /** bytes are valid during the call only; `at`: when the socket was read. False: no more until resume(). */
  data(bytes: Uint8Array, at: Moment): boolean
  /** The other side will send no more. */
  end(at: Moment): void
  fail(error: unknown): void
}

/** A connection to speak HTTP over: TCP itself, or TLS on top of it. */
export interface Channel {
  /** Null: nobody; what is read then is kept, at most what one read brings, for the next taker. */
  handTo(taker: Taker | null): void
  /** `done` is told when the last of the bytes was given to the TCP socket. */
  write(bytes: Uint8Array, done: (at: Moment) => void): void
  resume(): void
  /** Sends FIN after all that was written. */
  end(): void
  destroy(): void
}

const READ_BYTES = 64 * 1024

/** A TCP socket whose every read and write is counted and timed. One buffer is read into over and over. */
export class Wire implements Channel, SocketBytes {
  readonly index: number
  readonly remote: Endpoint
  sent = 0
  received = 0
  /** When the last read, or write, of the socket was done. */
  readAt: Moment = 0
  writtenAt: Moment = 0
  /** When the other side's FIN was read, and the error that ended the connection. */
  endedAt: Moment | null = null
  error: unknown = null
  private readonly socket: Socket
  private taker: Taker | null = null
  private early: Uint8Array | null = null

  constructor(index: number, remote: Endpoint) {
    this.index = index
    this.remote = remote
    this.socket = connect({
      host: remote.address,
      port: remote.port,
      // FIN is sent when this side wants to, not when the other does.
      allowHalfOpen: true,
      noDelay: true,
      onread: { buffer: new Uint8Array(READ_BYTES), callback: (count, buffer) => this.take(buffer.subarray(0, count)) },
    })
    this.socket.on('end', () => {
      this.endedAt = now()
      this.taker?.end(this.endedAt)
    })
    this.socket.on('error', (error) => {
      this.error = error
      this.taker?.fail(error)
    })
  }

  /** Null before connect(2). */
  get local(): Endpoint | null {
    const { localAddress, localPort } = this.socket
    return localAddress === undefined || localPort === undefined ? null : { address: localAddress, port: localPort }
  }

  get isDestroyed(): boolean {
    return this.socket.destroyed
  }

  /** Nothing has ended it. */
  get isOpen(): boolean {
    return this.endedAt === null && this.error === null && !this.socket.destroyed
  }

  /** `done` once, with null or the error. */
  whenConnected(done: (error: unknown) => void): void {
    const failed = (error: unknown): void => done(error)
    this.socket.once('error', failed)
    this.socket.once('connect', () => {
      this.socket.removeListener('error', failed)
      done(null)
    })
  }

  /** The other side has sent FIN, or nothing can come any more. */
  whenEnded(done: () => void): void {
    if (this.endedAt !== null || this.socket.closed) done()
    else {
      this.socket.once('end', done)
      this.socket.once('close', done)
    }
  }

  write(bytes: Uint8Array, done: (at: Moment) => void): void {
    let at: Moment | null = null
    this.socket.write(bytes, (error) => {
      if (error) return
      this.sent += bytes.length
      this.writtenAt = at ?? now()
      done(this.writtenAt)
    })
    // Taken by the kernel already, as is usual: Node calls back only after this turn.
    if (this.socket.writableLength === 0) at = now()
  }

  handTo(taker: Taker | null): void {
    this.taker = taker
    if (taker === null) return
    const early = this.early
    this.early = null
    if (early !== null && taker.data(early, this.readAt)) this.socket.resume()
    if (this.error !== null) taker.fail(this.error)
    else if (this.endedAt !== null) taker.end(this.endedAt)
  }

  resume(): void {
    this.socket.resume()
  }

  end(): void {
    this.socket.end()
  }

  destroy(): void {
    this.socket.destroy()
  }

  private take(bytes: Uint8Array): boolean {
    this.readAt = now()
    this.received += bytes.length
    if (this.taker !== null) return this.taker.data(bytes, this.readAt)
    this.early = Uint8Array.from(bytes)
    return false
  }
}

/** A channel as the stream that node:tls and node:http2 run over. `read` is shown the bytes as they come. */
export class ChannelStream extends Duplex {
  /** Bytes that were handed to the channel, and how many of them it has given to the socket. */
  passedBytes = 0
  writtenBytes = 0
  /** Told of each write's end. */
  onWritten: (at: Moment, bytes: Uint8Array) => void = () => {}

  constructor(channel: Channel, read: (bytes: Uint8Array, at: Moment) => void = () => {}) {
    super({
      allowHalfOpen: true,
      read: () => channel.resume(),
      write: (bytes: Buffer, _encoding, done) => {
        this.passedBytes += bytes.length
        channel.write(bytes, (at) => {
          this.writtenBytes += bytes.length
          this.onWritten(at, bytes)
          done()
        })
      },
      final: (done) => {
        channel.end()
        done()
      },
      destroy: (error, done) => {
        channel.destroy()
        done(error)
      },
    })
    channel.handTo({
      data: (bytes, at) => {
        read(bytes, at)
        // The buffer is read into again: what may wait has to be a copy.
        return this.push(Buffer.from(bytes))
      },
      end: () => this.push(null),
      fail: (error) => this.destroy(error instanceof Error ? error : new Error(String(error))),
    })
  }

  /** node:http2 asks as it would a socket. */
  setNoDelay(): this {
    return this
  }
}
