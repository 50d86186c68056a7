import { type HttpEvents, HttpExchanges, type HttpMessage } from '@wiretale/core'
import { FetchError, socketFailure } from './failure.ts'
import type { Halt } from './halt.ts'
import type { Journal } from './journal.ts'
import type { Channel, Wire } from './wire.ts'

/** Asks an HTTP proxy for a tunnel to `target` (RFC 9110 §9.3.6); the channel is the tunnel afterwards. Throws FetchError. */
export function openTunnel(
  channel: Channel,
  wire: Wire,
  target: string,
  credentials: string | null,
  journal: Journal,
  halt: Halt,
): Promise<void> {
  halt.phase = 'proxy'
  const authorization = credentials === null ? '' : `Proxy-Authorization: ${credentials}\r\n`
  const request = Buffer.from(`CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n${authorization}\r\n`)
  return halt.wait<void>(
    (done, failed) => {
      let head: HttpMessage | null = null
      let received = 0
      const events: HttpEvents = {
        onHead: (_slot, side, message) => {
          if (side === 1) head = message
        },
      }
      const parser = new HttpExchanges({ detail: true, onExchange: () => {}, events })
      const fail = (error: unknown): void => {
        channel.handTo(null)
        channel.destroy()
        failed(new FetchError(socketFailure(error, 'proxy', received)))
      }
      parser.open(0, wire.remote.port, false, true)
      parser.data(0, 0, 0, request, 0, request.length, 1, 0)
      channel.handTo({
        data: (bytes, at) => {
          parser.data(0, 1, received, bytes, 0, bytes.length, 2, at)
          received += bytes.length
          if (head === null) {
            if (received > MAX_ANSWER) fail(new FetchError({ kind: 'framing', code: 'head-too-long', received }))
            return true
          }
          const { status, reason, headBytes } = head as HttpMessage
          journal.note(
            { kind: 'tunnel', status: status as number, reason: reason ?? '', bytes: headBytes ?? 0 },
            wire,
            at,
          )
          if ((status as number) >= 200 && (status as number) < 300) {
            channel.handTo(null)
            done()
          } else fail(new FetchError({ kind: 'proxy-status', status: status as number, reason: reason ?? '' }))
          return true
        },
        end: () => fail(new FetchError({ kind: 'closed', phase: 'proxy', received, expected: null })),
        fail,
      })
      channel.write(request, (at) => journal.note({ kind: 'tunnel-request', target, bytes: request.length }, wire, at))
    },
    () => channel.destroy(),
  )
}

const MAX_ANSWER = 64 * 1024
