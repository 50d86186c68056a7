import { testRule } from '../../../../tests/support/rule-test.ts'
import { CLIENT_CLOSES, HANDSHAKE, type Script, SERVER_CLOSES } from '../../../../tests/support/script.ts'

const REQUEST = 'c>s "GET / HTTP/1.1\r\nHost: a\r\n\r\n"'
const RESPONSE = 's>c "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"'
const EXCHANGE: Script = [REQUEST, RESPONSE, 'c>s ACK']
const after = (delay: string, [first, ...rest]: Script): Script => [`${delay} ${first}`, ...rest]
const offer = (timeout: string): Script => [
  REQUEST,
  `s>c "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nKeep-Alive: ${timeout}\r\n\r\nhello"`,
  'c>s ACK',
]

testRule('http/idle-close', {
  fires: [
    {
      name: 'the client, earlier than the server offered',
      script: [...HANDSHAKE, ...offer('timeout=15, max=100'), ...after('+9.96s', CLIENT_CLOSES)],
      severity: 'info',
      confidence: 'certain',
      packets: [5, 7],
      params: { closer: 'client', idleMs: 9961, offeredSeconds: 15 },
    },
    {
      name: 'the server, at its own timeout',
      script: [...HANDSHAKE, ...offer('timeout=5'), ...after('+5s', SERVER_CLOSES)],
      severity: 'info',
      confidence: 'certain',
      packets: [5, 7],
      params: { closer: 'server', idleMs: 5001, offeredSeconds: 5 },
    },
    {
      name: 'nothing was offered',
      script: [...HANDSHAKE, ...EXCHANGE, ...after('+65s', SERVER_CLOSES)],
      severity: 'info',
      confidence: 'certain',
      packets: [5, 7],
      params: { closer: 'server', idleMs: 65_001, offeredSeconds: null },
    },
    {
      name: 'since the last of two exchanges',
      script: [...HANDSHAKE, ...EXCHANGE, `+30s ${REQUEST}`, RESPONSE, ...after('+2s', CLIENT_CLOSES)],
      severity: 'info',
      confidence: 'certain',
      packets: [8, 9],
      params: { closer: 'client', idleMs: 2000, offeredSeconds: null },
    },
    {
      name: 'by a reset',
      script: [...HANDSHAKE, ...EXCHANGE, '+3s s>c RST ACK'],
      severity: 'info',
      confidence: 'certain',
      packets: [5, 7],
      params: { closer: 'server', idleMs: 3001, offeredSeconds: null },
    },
    {
      name: 'keep-alive probes are no use of the connection',
      script: [...HANDSHAKE, ...EXCHANGE, '+10s c>s ACK seq=28', 's>c ACK', ...after('+10s', CLIENT_CLOSES)],
      severity: 'info',
      confidence: 'certain',
      packets: [5, 9],
      params: { closer: 'client', idleMs: 20_002, offeredSeconds: null },
    },
  ],
  silent: [
    { name: 'less than a second', script: [...HANDSHAKE, ...EXCHANGE, ...after('+900ms', CLIENT_CLOSES)] },
    { name: 'still open', script: [...HANDSHAKE, ...EXCHANGE, '+45s c>s ACK seq=28', 's>c ACK'] },
    {
      name: 'the client asked to close',
      script: [
        ...HANDSHAKE,
        'c>s "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"',
        RESPONSE,
        'c>s ACK',
        ...after('+5s', SERVER_CLOSES),
      ],
    },
    {
      name: 'the server announced that it closes',
      script: [
        ...HANDSHAKE,
        REQUEST,
        's>c "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello"',
        ...after('+5s', SERVER_CLOSES),
      ],
    },
    {
      name: 'HTTP/1.0 without keep-alive',
      script: [
        ...HANDSHAKE,
        'c>s "GET / HTTP/1.0\r\n\r\n"',
        's>c "HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello"',
        ...after('+5s', SERVER_CLOSES),
      ],
    },
    {
      name: 'the end of the response is the end of the connection',
      script: [...HANDSHAKE, REQUEST, 's>c "HTTP/1.1 200 OK\r\n\r\nhello"', ...after('+5s', SERVER_CLOSES)],
    },
    {
      name: 'the response is not complete',
      script: [
        ...HANDSHAKE,
        REQUEST,
        's>c "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello"',
        'c>s ACK',
        ...after('+5s', CLIENT_CLOSES),
      ],
    },
    {
      name: 'a request waits for its response',
      script: [...HANDSHAKE, ...EXCHANGE, REQUEST, 's>c ACK', ...after('+5s', CLIENT_CLOSES)],
    },
    {
      name: 'pipelined: one of two responses is missing',
      script: [...HANDSHAKE, REQUEST, REQUEST, RESPONSE, 'c>s ACK', ...after('+5s', SERVER_CLOSES)],
    },
    {
      name: 'the beginning of a request came, and no more',
      script: [...HANDSHAKE, ...EXCHANGE, 'c>s "GET /slow HTTP/1.1\r\n"', 's>c ACK', ...after('+60s', SERVER_CLOSES)],
    },
    {
      name: 'both at the same time',
      script: [...HANDSHAKE, ...EXCHANGE, '+5s c>s FIN', 's>c FIN ack=28', 'c>s ACK', 's>c ACK'],
    },
    {
      name: 'the response is cut: whether the connection stays open is unknown',
      script: [...HANDSHAKE, REQUEST, `${RESPONSE} cut=10`, 'c>s ACK', ...after('+5s', CLIENT_CLOSES)],
    },
    {
      name: 'one direction captured: the response was not',
      script: [
        'c>s SYN',
        's>c SYN ACK unseen',
        'c>s ACK',
        REQUEST,
        `${RESPONSE} unseen`,
        'c>s ACK',
        '+5s c>s FIN',
        's>c FIN unseen',
        'c>s ACK',
      ],
    },
    {
      name: 'the connection was upgraded',
      script: [
        ...HANDSHAKE,
        'c>s "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n"',
        's>c "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n"',
        'c>s 10B',
        's>c 10B',
        ...after('+5s', CLIENT_CLOSES),
      ],
    },
    { name: 'no HTTP', script: [...HANDSHAKE, 'c>s 40B', 's>c 40B', ...after('+5s', CLIENT_CLOSES)] },
  ],
})
