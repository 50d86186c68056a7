import { byteCount, duration } from '@wiretale/core'
import { formatEndpoint } from '../endpoint.ts'
import type { Failure, Phase, TlsProblem } from '../failure.ts'
import type { FetchMessages } from './types.ts'

const phases: Readonly<Record<Phase, string>> = {
  lookup: 'looking up the name',
  connect: 'connecting',
  proxy: 'asking the proxy for a tunnel',
  tls: 'setting up TLS',
  send: 'sending the request',
  wait: 'waiting for the response',
  receive: 'receiving the response',
}

const tlsProblems: Readonly<Record<TlsProblem, (host: string, detail: string) => string>> = {
  expired: (_host, detail) => `The server's certificate expired on ${detail}`,
  'not-yet-valid': (_host, detail) => `The server's certificate is valid only from ${detail} on`,
  'wrong-name': (host, detail) => `The server's certificate is not for ${host}, but for ${detail}`,
  'self-signed': (_host, detail) => `The server's certificate is signed by itself (${detail})`,
  'unknown-issuer': (_host, detail) => `The server's certificate was issued by ${detail}, which is not trusted here`,
  revoked: () => "The server's certificate was revoked",
  'not-tls': () => 'The server does not speak TLS on this port',
  version: () => 'Client and server have no TLS version in common',
  'client-certificate': () => 'The server wants a certificate from the client',
  other: (_host, detail) => `The TLS handshake failed: ${detail}`,
}

function failure(of: Failure): string {
  switch (of.kind) {
    case 'not-found':
      return of.family === 0 ? `No such name: ${of.host}` : `${of.host} has no IPv${of.family} address`
    case 'lookup':
      return `${of.host} could not be looked up (${of.code})`
    case 'refused':
      return `${formatEndpoint(of.remote)} refused the connection${of.tried > 1 ? `, the last of ${of.tried} addresses` : ''}`
    case 'unreachable':
      return `${formatEndpoint(of.remote)} cannot be reached (${of.code})`
    case 'timeout':
      return of.limit === 'system'
        ? `No answer while ${phases[of.phase]}; the system gave up`
        : `Still ${phases[of.phase]} after ${duration(of.afterMs)}: the limit of --${of.limit}`
    case 'reset':
      return `The connection was reset while ${phases[of.phase]}${of.received > 0 ? `, after ${of.received} bytes` : ''}`
    case 'closed':
      if (of.expected !== null) return `The server closed after ${of.received} of ${of.expected} bytes`
      return of.phase === 'receive'
        ? `The server closed in the middle of the response, after ${of.received} bytes`
        : `The connection was closed while ${phases[of.phase]}`
    case 'tls':
      return tlsProblems[of.problem](of.host, of.detail)
    case 'not-http':
      return `The answer is not HTTP; it begins with: ${of.beginning}`
    case 'framing':
      return `The response does not say properly where it ends (${of.code})`
    case 'redirect-loop':
      return `Redirects lead in a circle, again to ${of.url}`
    case 'too-many-redirects':
      return `More than ${of.count} redirects`
    case 'redirect-scheme':
      return `The redirect cannot be followed: ${of.url}`
    case 'proxy-status':
      return `The proxy refused the tunnel: ${of.status} ${of.reason}`
    case 'decoding':
      return `The body is not the ${of.coding} that it claims to be (${of.detail})`
    case 'output':
      return `${of.path} cannot be written (${of.detail})`
    case 'input':
      return `${of.path} cannot be read (${of.detail})`
    case 'http2':
      return `HTTP/2 broke off: ${of.code}`
    case 'interrupted':
      return `Interrupted while ${phases[of.phase]}`
    case 'other':
      return `Failed while ${phases[of.phase]}: ${of.detail}`
  }
}

function hint(of: Failure): string | null {
  switch (of.kind) {
    case 'not-found':
      return 'check the spelling; getent hosts NAME asks as this machine does; --resolve HOST:PORT:ADDRESS goes past the lookup'
    case 'lookup':
      return 'see whether the name servers in /etc/resolv.conf answer'
    case 'refused':
      return 'see whether the server runs and listens on this address and port: ss -ltn on the server'
    case 'unreachable':
      return 'see the routes (ip route get ADDRESS); -4 or -6 keeps to one address family'
    case 'timeout':
      if (of.phase === 'connect')
        return 'a SYN without any answer: the host is down, or a firewall drops it; compare with another port or network'
      return of.phase === 'wait' ? 'the request is out and the server thinks: look at its log' : null
    case 'reset':
      return 'a crash or restart of the server, or a device between that ends connections; a capture shows who sent the RST'
    case 'closed':
      return of.phase === 'tls'
        ? 'the server may want another TLS version or a server name'
        : "look at the server's error log"
    case 'tls':
      switch (of.problem) {
        case 'expired':
          return 'renew the certificate; -k goes on without checking'
        case 'not-yet-valid':
          return 'check the clocks of both machines'
        case 'wrong-name':
          return 'use a name that the certificate is for; --connect-to reaches this server by that name'
        case 'self-signed':
        case 'unknown-issuer':
          return '--cacert FILE trusts its issuer; -k goes on without checking; a server may also have left out an intermediate certificate'
        case 'not-tls':
          return 'try http:// on this port'
        default:
          return null
      }
    case 'not-http':
      return 'another protocol lives on this port; on a TLS port try https://'
    case 'framing':
      return 'wiretale -r CAPTURE --annotate shows the bytes'
    case 'redirect-loop':
    case 'too-many-redirects':
      return 'run without -L and look at each Location'
    case 'proxy-status':
      return of.status === 407 ? 'give the proxy a user: -x http://NAME:PASSWORD@HOST:PORT' : null
    case 'decoding':
      return 'without --compressed the body is taken as it comes'
    default:
      return null
  }
}

export const fetchEn: FetchMessages = {
  milliseconds: 'ms',
  client: 'client',
  lookup: ({ host }) => `Looking up ${host}`,
  found: ({ addresses }) => `Site found. ${addresses.join(', ')}`,
  connecting: ({ remote, proxy }) => `Connecting to ${proxy ? 'the proxy ' : ''}${remote}`,
  connectFailed: ({ remote, code }) => `${remote} did not connect: ${code}`,
  connectAbandoned: ({ remote }) => `${remote} given up: another address was faster`,
  connected: ({ port }) => `Connected, from port ${port}`,
  tunnelRequest: ({ target, bytes }) => `CONNECT ${target} sent. ${bytes} bytes`,
  tunnel: ({ status, reason, bytes }) => `Proxy: ${status} ${reason}. ${bytes} bytes`,
  tlsStart: ({ host }) => `TLS handshake with ${host}`,
  tls: ({ facts, sent, received }) =>
    `${facts.version}, ${facts.cipher}${facts.alpn === null ? '' : `, ${facts.alpn}`}` +
    `${facts.resumed ? ', session resumed' : ''}. ${sent} bytes sent, ${received} received`,
  certificate: ({ certificate }) =>
    `Certificate: ${certificate.subject}, by ${certificate.issuer}, valid ${certificate.validFrom} to ${certificate.validTo}`,
  distrusted: ({ code }) => `The certificate is not trusted: ${code}`,
  reused: ({ port }) => `Connection kept, from port ${port}`,
  headSent: ({ bytes }) => `Headers sent. ${bytes} bytes; the body waits for 100 Continue`,
  continueMissing: 'No 100 Continue within a second: sending the body',
  requestSent: ({ headBytes, bodyBytes }) =>
    `Request sent. ${headBytes + bodyBytes} bytes${bodyBytes > 0 ? ` (${headBytes} headers + ${bodyBytes} body)` : ''}`,
  interim: ({ status, reason, bytes }) => `${[status, reason].join(' ').trim()}. ${bytes} bytes`,
  data: ({ contentBytes, bodyBytes, total }) =>
    `Data available. ${contentBytes}${total === null ? '' : `/${total}`} bytes` +
    (bodyBytes > contentBytes ? ` (${bodyBytes} with framing)` : ''),
  complete: ({ status }) => `${status} Request complete`,
  redirect: ({ status, method, url }) => `${status}: on to ${method} ${url}`,
  retry: 'The kept connection had been closed: once more on a new one',
  serverClosed: 'The server closed the connection',
  closing: 'Closing the connection',

  sizes: ({ request, response, content, decoded }) =>
    `request ${request[0]} headers + ${request[1]} body, response ${response[0]} headers + ${response[1]} body bytes` +
    (content !== response[1] ? `, ${content} without framing` : '') +
    (decoded !== null && decoded !== content ? `, ${decoded} decoded` : ''),
  phase: {
    dns: 'lookup',
    connect: 'connect',
    tls: 'TLS',
    send: 'send',
    wait: 'WAIT',
    receive: 'receive',
    total: 'total',
  },
  longest: ({ phase, ms, total }) =>
    `${duration(ms)} of ${duration(total)} (${Math.round((100 * ms) / total)}%) went into ${
      {
        dns: 'looking up the name',
        connect: 'connecting',
        tls: 'the TLS handshake',
        send: 'sending the request',
        wait: 'waiting: server and network together, which only packets divide',
        receive: 'receiving the response',
        total: 'all',
      }[phase]
    }.`,
  withoutWire: 'The client alone: capturing its packets beside the log is not built yet.',
  saved: ({ path, bytes }) => `Body saved: ${path}, ${byteCount(bytes)}`,

  sideHead: 'Side',
  hintHead: 'Try',
  failure,
  side: ({ side, failure: of }) => {
    switch (side) {
      case 'here':
        return 'this machine'
      case 'name':
        return 'the name, or the servers that look it up: no packet went to the site'
      case 'network':
        return 'this machine or the network: no way to the address'
      case 'server':
        if (of.kind === 'refused')
          return 'the server: its host answers, but nothing listens there (or a firewall says so)'
        return of.kind === 'timeout' ? 'the server, or what is behind it: the connection stood' : 'the server'
      case 'proxy':
        return 'the proxy'
      case 'unknown':
        return 'cannot be told from here: the packets would show it'
    }
  },
  hint,

  repeatTitle: ({ runs, connections, failed }) =>
    `${runs} requests over ${connections} connection${connections === 1 ? '' : 's'}${failed > 0 ? `, ${failed} failed` : ''}, in ms`,
  runFailed: ({ n, failure: of }) => `run ${n}: ${failure(of)}`,
  run: ({ n, status, total }) => `run ${n}: ${status ?? 'failed'}, ${total} ms`,
  compareTitle: ({ runs }) => `${runs} requests to each in turn, medians in ms`,
  sloMissed: ({ phase, ms, limit, missed, runs }) =>
    `Objective missed: ${fetchEn.phase[phase]} took ${duration(ms)}, ${limit} ms were allowed` +
    (runs > 1 ? ` (${missed} of ${runs} requests; the slowest is shown)` : ''),
  sloKept: 'Objective kept.',
}
