import { escapeText, maskSecrets, type Paint, padStart, type Style, textWidth, wrap } from '@wiretale/core'
import type { Moment } from './clock.ts'
import { formatEndpoint } from './endpoint.ts'
import type { ClientEvent } from './event.ts'
import { type Failure, sideOf } from './failure.ts'
import { fetchEn } from './messages/en.ts'
import type { FetchMessages } from './messages/types.ts'
import { fetchZh } from './messages/zh.ts'

export type Lang = 'en' | 'zh' | 'both'

export interface LogLook {
  readonly lang: Lang
  /** Cells of a line. */
  readonly width: number
  readonly paint: Paint
  readonly showSecrets: boolean
}

/** Cells of the column of milliseconds, and of the space after it. */
const TIME_CELLS = 8
const GAP = 2
const INDENT = TIME_CELLS + GAP

/** The languages to say a thing in. */
export function languages(lang: Lang): readonly FetchMessages[] {
  return lang === 'both' ? [fetchEn, fetchZh] : [lang === 'zh' ? fetchZh : fetchEn]
}

/** A text in all languages asked for; where they agree, once. */
export function say(lang: Lang, word: (messages: FetchMessages) => string): string[] {
  return [...new Set(languages(lang).map(word))]
}

type Headers = readonly (readonly [string, string])[]

/** Writes the client's log: a line an event, milliseconds from the start in front. Whatever came from the network is
 *  escaped here. */
export class LogWriter {
  private readonly look: LogLook
  private readonly start: Moment

  constructor(look: LogLook, start: Moment) {
    this.look = look
    this.start = start
  }

  heading(): string {
    const [{ milliseconds, client }] = languages(this.look.lang)
    return this.look.paint('heading', `${padStart(milliseconds, TIME_CELLS)}${' '.repeat(GAP)}${client}`)
  }

  *lines(event: ClientEvent): Generator<string> {
    const { lang } = this.look
    switch (event.kind) {
      case 'request':
        yield* this.line(event.at, 'client', escapeText(event.line))
        yield* this.headers(event.headers)
        return
      case 'response':
        yield* this.line(event.at, 'server', escapeText(`${event.protocol} ${event.status} ${event.reason}`.trim()))
        yield* this.headers(event.headers)
        return
      case 'tls': {
        yield* this.said(event.at, 'plain', (m) => m.tls(event))
        const { certificate, distrust } = event.facts
        if (certificate !== null) {
          const safe = {
            ...certificate,
            subject: escapeText(certificate.subject),
            issuer: escapeText(certificate.issuer),
            validFrom: escapeText(certificate.validFrom),
            validTo: escapeText(certificate.validTo),
          }
          for (const text of say(lang, (m) => m.certificate({ certificate: safe }))) yield* this.under('dim', text)
        }
        if (distrust !== null) {
          for (const text of say(lang, (m) => m.distrusted({ code: escapeText(distrust) })))
            yield* this.under('finding', text)
        }
        return
      }
      case 'failed':
        yield* this.failure(event.at, event.failure)
        return
      default:
        yield* this.said(event.at, 'plain', (m) => sentence(m, event))
    }
  }

  private *failure(at: Moment, failure: Failure): Generator<string> {
    const safe = escapeFailure(failure)
    const side = sideOf(failure)
    yield* this.said(at, 'finding', (m) => `! ${m.failure(safe)}`)
    for (const m of languages(this.look.lang)) {
      yield* this.under('plain', `${m.sideHead}: ${m.side({ side, failure: safe })}`)
      const hint = m.hint(safe)
      if (hint !== null) yield* this.under('plain', `${m.hintHead}: ${hint}`)
    }
  }

  private *said(at: Moment, style: Style, word: (m: FetchMessages) => string): Generator<string> {
    const [first, ...others] = say(this.look.lang, word)
    yield* this.line(at, style, first)
    for (const text of others) yield* this.under(style, text)
  }

  private *line(at: Moment, style: Style, text: string): Generator<string> {
    const time = padStart(formatMs(at - this.start), TIME_CELLS)
    const [first, ...rest] = wrap(text, this.look.width - INDENT)
    yield `${time}${' '.repeat(GAP)}${this.look.paint(style, first)}`
    for (const part of rest) yield `${' '.repeat(INDENT)}${this.look.paint(style, part)}`
  }

  private *under(style: Style, text: string): Generator<string> {
    for (const part of wrap(text, this.look.width - INDENT))
      yield `${' '.repeat(INDENT)}${this.look.paint(style, part)}`
  }

  private *headers(headers: Headers): Generator<string> {
    const pairs = headers.map(([name, value]): [string, string] => [name, value])
    for (const [name, value] of this.look.showSecrets ? pairs : maskSecrets(pairs)) {
      yield* this.under('plain', escapeText(`${name}: ${value}`))
    }
  }
}

/** `0.00`, `15.31`, `12345.67` */
export function formatMs(ms: number): string {
  return Math.max(0, ms).toFixed(2)
}

/** Cells of the widest of some texts. */
export function widest(texts: readonly string[]): number {
  return Math.max(0, ...texts.map(textWidth))
}

/** Texts in it that came from the network. */
export function escapeFailure(failure: Failure): Failure {
  const safe: Record<string, unknown> = { ...failure }
  for (const [key, value] of Object.entries(safe)) if (typeof value === 'string') safe[key] = escapeText(value)
  return safe as unknown as Failure
}

type Plain = Exclude<ClientEvent, { kind: 'request' | 'response' | 'tls' | 'failed' }>

function sentence(m: FetchMessages, event: Plain): string {
  switch (event.kind) {
    case 'lookup':
      return m.lookup(event)
    case 'found':
      return m.found(event)
    case 'connecting':
      return m.connecting({ remote: formatEndpoint(event.remote), proxy: event.proxy })
    case 'connect-failed':
      return m.connectFailed({ remote: formatEndpoint(event.remote), code: event.code })
    case 'connect-abandoned':
      return m.connectAbandoned({ remote: formatEndpoint(event.remote) })
    case 'connected':
      return m.connected({ port: event.local.port })
    case 'tunnel-request':
      return m.tunnelRequest(event)
    case 'tunnel':
      return m.tunnel({ ...event, reason: escapeText(event.reason) })
    case 'tls-start':
      return m.tlsStart(event)
    case 'reused':
      return m.reused({ port: event.local.port })
    case 'head-sent':
      return m.headSent(event)
    case 'continue-missing':
      return m.continueMissing
    case 'request-sent':
      return m.requestSent(event)
    case 'interim':
      return m.interim({ ...event, reason: escapeText(event.reason) })
    case 'data':
      return m.data(event)
    case 'complete':
      return m.complete(event)
    case 'redirect':
      return m.redirect({ ...event, url: escapeText(event.url) })
    case 'retry':
      return m.retry
    case 'server-closed':
      return m.serverClosed
    case 'closing':
      return m.closing
  }
}
