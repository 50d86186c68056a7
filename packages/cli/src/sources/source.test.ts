import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { pcapBytes, richPcapng } from '../../../../tests/support/capture-bytes.ts'
import { packetsOf, readInChunks, recordingSink, type SinkCall } from '../../../../tests/support/record-calls.ts'
import { readCapture } from './source.ts'
import { SourceError } from './source-error.ts'

const root = fileURLToPath(new URL('../../../../', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'wiretale-sources-'))
const program = join(folder, 'read.mjs')

/** Packets that say where they stand: their data is their number. */
function numbered(from: number, count: number, bytes = 4): Buffer {
  const records = Array.from({ length: count }, (_, i) => {
    const data = Buffer.alloc(bytes)
    data.writeUInt32LE(from + i)
    return { seconds: 1_700_000_000 + from + i, data }
  })
  return pcapBytes({}, records)
}

function file(name: string, bytes: Uint8Array): string {
  const path = join(folder, name)
  writeFileSync(path, bytes)
  return path
}

async function read(...paths: string[]) {
  const calls: SinkCall[] = []
  return { ...(await readCapture(paths, recordingSink(calls))), calls }
}

async function failure(...paths: string[]): Promise<SourceError> {
  const error = await read(...paths).then(
    () => null,
    (error: unknown) => error,
  )
  if (error instanceof SourceError) return error
  throw new Error(`expected a SourceError, got ${error}`)
}

/** zstd frames (RFC 8878 §3.1) of raw blocks, without checksum: no Node of the floor's age can compress to zstd. */
function zstdRaw(bytes: Buffer): Buffer {
  const size = Buffer.alloc(4)
  size.writeUInt32LE(bytes.length)
  const parts: Uint8Array[] = [Buffer.from('28b52ffda0', 'hex'), size]
  for (let at = 0; at < bytes.length || at === 0; at += 100_000) {
    const data = bytes.subarray(at, at + 100_000)
    const header = Buffer.alloc(3)
    header.writeUIntLE((data.length << 3) | (at + 100_000 >= bytes.length ? 1 : 0), 0, 3)
    parts.push(header, data)
  }
  return Buffer.concat(parts)
}

beforeAll(async () => {
  chmodSync(folder, 0o755)
  // Standard input can only be tested from outside: a program that prints what it read.
  await build({
    stdin: {
      contents: `
        import { readCapture } from './packages/cli/src/sources/source.ts'
        let packets = 0, bytes = 0
        const sink = { capture() {}, interface() {}, packet(p) { packets++; bytes += p.end - p.at } }
        const signal = { stopped: false }
        process.on('SIGINT', () => { signal.stopped = true })
        try {
          const { damage, format, file } = await readCapture(process.argv.slice(2), sink, { signal })
          console.log(JSON.stringify({ packets, bytes, damage, format, file }))
        } catch (error) {
          console.log(JSON.stringify({ code: error.code, message: error.message }))
        }`,
      resolveDir: root,
      loader: 'ts',
    },
    alias: { '@wiretale/core': join(root, 'packages/core/src/index.ts') },
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile: program,
    logLevel: 'error',
  })
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

interface Run {
  readonly child: ChildProcess
  readonly result: Promise<Record<string, unknown>>
}

function start(args: readonly string[], options: { uid?: number } = {}): Run {
  const child = spawn(process.execPath, [program, ...args], { stdio: ['pipe', 'pipe', 'inherit'], ...options })
  let output = ''
  child.stdout?.on('data', (text) => {
    output += text
  })
  // A reader that has had enough closes the pipe.
  child.stdin?.on('error', () => {})
  const result = new Promise<Record<string, unknown>>((resolve) => child.on('close', () => resolve(JSON.parse(output))))
  return { child, result }
}

async function readStdin(chunks: readonly Uint8Array[], pauseMs = 0): Promise<Record<string, unknown>> {
  const { child, result } = start(['-'])
  for (const chunk of chunks) {
    child.stdin?.write(chunk)
    if (pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs))
  }
  child.stdin?.end()
  return result
}

describe('files', () => {
  test('a file gives the calls of its bytes, the format and its name', async () => {
    const path = file('rich.pcapng', richPcapng())
    const { calls, damage, format, file: name } = await read(path)
    expect(calls).toEqual(readInChunks(richPcapng()).calls)
    expect({ damage, format, name }).toEqual({ damage: null, format: 'pcapng', name: path })
  })

  test('records that span buffers, one larger than what is carried over', async () => {
    const sizes = [1_000_000, 90_000, 3_000_000, 60_000, 200_000, 1_100_000]
    const bytes = pcapBytes(
      { snaplen: 0 },
      sizes.map((size, i) => ({ data: Buffer.alloc(size, i + 1) })),
    )
    const { calls, damage } = await read(file('large.pcap', bytes))
    expect(damage).toBeNull()
    expect(calls).toEqual(readInChunks(bytes).calls)
  })

  test('a cut file: the whole packets, then the damage with its offset', async () => {
    const bytes = numbered(0, 2000, 1400)
    const { calls, damage } = await read(file('cut.pcap', bytes.subarray(0, bytes.length - 7)))
    expect(packetsOf(calls)).toHaveLength(1999)
    expect(damage).toMatchObject({ code: 'cut', offset: bytes.length - 1416 })
  })

  test('progress ends at the total', async () => {
    const path = file('progress.pcap', numbered(0, 4000, 1400))
    const seen: [number, number | null][] = []
    await readCapture([path], recordingSink([]), { onProgress: (bytes, total) => seen.push([bytes, total]) })
    const size = readFileSync(path).length
    expect(seen.length).toBeGreaterThan(3)
    expect(seen.at(-1)).toEqual([size, size])
  })

  test('stopping is no damage', async () => {
    const path = file('stop.pcap', numbered(0, 4000, 1400))
    const signal = { stopped: false }
    let packets = 0
    const sink = { capture() {}, interface() {}, packet: () => void packets++ }
    const { damage } = await readCapture([path], sink, {
      signal,
      onProgress: () => {
        signal.stopped = true
      },
    })
    expect(damage).toBeNull()
    expect(packets).toBeGreaterThan(0)
    expect(packets).toBeLessThan(4000)
  })
})

describe('compressed files', () => {
  const plain = numbered(0, 2000, 600)
  const whole = readInChunks(plain).calls

  test.each([
    ['gzip', gzipSync(plain)],
    ['gzip in two members', Buffer.concat([gzipSync(plain.subarray(0, 1000)), gzipSync(plain.subarray(1000))])],
    ['zstd', zstdRaw(plain)],
    ['zstd in two frames', Buffer.concat([zstdRaw(plain.subarray(0, 1000)), zstdRaw(plain.subarray(1000))])],
    ['zstd after a skippable frame', Buffer.concat([Buffer.from('502a4d1803000000aabbcc', 'hex'), zstdRaw(plain)])],
  ])('%s is opened by content', async (name, bytes) => {
    const { calls, damage, format } = await read(file(`${name}.pcap`, bytes))
    expect({ damage, format }).toEqual({ damage: null, format: 'pcap' })
    expect(calls).toEqual(whole)
  })

  test.each([
    ['gzip', gzipSync(plain, { level: 1 })],
    ['zstd', zstdRaw(plain)],
  ])('%s that is cut gives the packets that are there', async (name, bytes) => {
    const { calls, damage } = await read(file(`cut.${name}`, bytes.subarray(0, Math.floor(bytes.length * 0.6))))
    expect(calls.length).toBeGreaterThan(900)
    expect(calls).toEqual(whole.slice(0, calls.length))
    expect(damage).toMatchObject({ code: 'cut', message: expect.stringContaining(name) })
  })

  test.each([
    ['gzip', gzipSync(plain, { level: 1 })],
    ['zstd', zstdRaw(plain)],
  ])('%s that is damaged ends, and says so', async (name, bytes) => {
    const bad = Buffer.from(bytes)
    const middle = name === 'zstd' ? 9 + 3 + 100_000 : bytes.length >> 1
    bad.fill(0xff, middle, middle + 50)
    const { damage } = await read(file(`bad.${name}`, bad))
    expect(damage).toMatchObject({ code: 'malformed' })
  })

  test('a bomb is streamed: what it holds is looked at, never kept', async () => {
    const bomb = gzipSync(Buffer.alloc(100 * 1024 * 1024))
    const before = process.memoryUsage().rss
    expect((await failure(file('bomb.gz', bomb))).code).toBe('not-a-capture')
    expect(process.memoryUsage().rss - before).toBeLessThan(60 * 1024 * 1024)
  })

  test('compressed twice is refused', async () => {
    expect(await failure(file('twice.gz', gzipSync(gzipSync(plain))))).toMatchObject({ code: 'compressed' })
  })
})

describe('several files are one stream', () => {
  const parts = () => [
    file('ring.pcap10', numbered(20, 5)),
    file('ring.pcap', numbered(0, 10)),
    file('ring.pcap2', numbered(10, 10)),
  ]
  const numbers = (calls: readonly SinkCall[]) =>
    packetsOf(calls).map((call) => [call[1], Buffer.from(call[8] as string, 'hex').readUInt32LE()])

  test('a rotation is read by time, whatever order it is given in; numbers and interfaces go on', async () => {
    const { calls, damage, file: name } = await read(...parts())
    expect(damage).toBeNull()
    expect(name).toBe(join(folder, 'ring.pcap'))
    expect(numbers(calls)).toEqual(Array.from({ length: 25 }, (_, i) => [i + 1, i]))
    expect(calls.slice(0, 2).map((call) => call[0])).toEqual(['capture', 'interface'])
    expect(calls.filter((call) => call[0] !== 'packet')).toHaveLength(2)
  })

  test('a compressed part is no obstacle', async () => {
    const [last, , middle] = parts()
    const { calls } = await read(last, middle, file('ring.pcap1', gzipSync(numbered(0, 10))))
    expect(numbers(calls).map(([, n]) => n)).toEqual(Array.from({ length: 25 }, (_, i) => i))
  })

  test('files of other names stay as they are given', async () => {
    const [late] = parts()
    const { calls } = await read(late, file('elsewhere.pcap', numbered(0, 2)))
    expect(numbers(calls).map(([, n]) => n)).toEqual([20, 21, 22, 23, 24, 0, 1])
  })

  test('damage names its file and does not keep the others from being read', async () => {
    const cut = numbered(30, 3)
    const { calls, damage } = await read(
      ...parts(),
      file('ring.pcap11', cut.subarray(0, cut.length - 1)),
      file('ring.pcap12', numbered(40, 1)),
    )
    expect(
      numbers(calls)
        .map(([, n]) => n)
        .slice(-3),
    ).toEqual([30, 31, 40])
    expect(damage).toMatchObject({ code: 'cut', message: expect.stringContaining('ring.pcap11: ') })
  })

  test('one that is missing is told before anything is read', async () => {
    const calls: SinkCall[] = []
    const reading = readCapture([...parts(), join(folder, 'none')], recordingSink(calls))
    await expect(reading).rejects.toMatchObject({ code: 'no-such-file' })
    expect(calls).toEqual([])
  })
})

describe('what cannot be read says why and what to do, one line each', () => {
  test.each([
    ['none.pcap', 'no-such-file', 'no such file', () => join(folder, 'none.pcap')],
    ['a folder', 'is-directory', 'is a directory', () => folder],
    ['a file as a folder', 'no-such-file', 'no such file', () => join(file('plain', numbered(0, 1)), 'below')],
    ['empty', 'empty', '0 bytes', () => file('empty.pcap', Buffer.alloc(0))],
    ['a PNG', 'not-a-capture', 'a PNG image', () => file('x.pcap', Buffer.from('\x89PNG\r\n\x1a\n\0\0', 'latin1'))],
    ['half a header', 'damaged-header', '10 of 24 bytes', () => file('half', numbered(0, 1).subarray(0, 10))],
    ['an old version', 'damaged-header', 'version 2.9', () => file('old', pcapBytes({ minor: 9 }, []))],
    ['a device', 'special-file', 'is a device', () => '/dev/null'],
  ])('%s', async (_, code, says, path) => {
    const error = await failure(path())
    expect(error.code).toBe(code)
    expect(error.message).toContain(says)
    expect(error.message).not.toContain('\n')
    expect(error.hint).toMatch(/^[^\n]+$/)
  })

  test('a socket', async () => {
    const server = createServer()
    const path = join(folder, 'socket')
    await new Promise<void>((resolve) => server.listen(path, resolve))
    expect(await failure(path)).toMatchObject({ code: 'special-file' })
    server.close()
  })

  test('no permission', async () => {
    const path = file('secret.pcap', numbered(0, 1))
    chmodSync(path, 0)
    // Root may read everything: nobody tries in its place.
    const { result } = start([path], process.getuid?.() === 0 ? { uid: 65534 } : {})
    expect(await result).toMatchObject({ code: 'no-permission' })
  })

  test('a file name cannot reach the terminal raw', async () => {
    expect((await failure('/no\x1b[31m')).message).toBe('/no?[31m: no such file')
  })
})

describe('standard input', () => {
  const plain = numbered(0, 5000, 30)
  const all = { packets: 5000, bytes: 150_000, damage: null, format: 'pcap', file: null }

  test('in one piece, and in a few slow ones', async () => {
    expect(await readStdin([plain])).toEqual(all)
    expect(await readStdin([plain.subarray(0, 3), plain.subarray(3, 1000), plain.subarray(1000)], 50)).toEqual(all)
  })

  test('compressed', async () => {
    const zstd = zstdRaw(plain)
    expect(await readStdin([gzipSync(plain)])).toEqual(all)
    expect(await readStdin([zstd.subarray(0, 2), zstd.subarray(2, 70_000), zstd.subarray(70_000)], 60)).toEqual(all)
  })

  test('a file as standard input', async () => {
    const path = file('redirected.pcap', plain)
    for (const command of [
      `${process.execPath} ${program} - < ${path}`,
      `cat ${path} | ${process.execPath} ${program} -`,
    ]) {
      expect(JSON.parse(execFileSync('sh', ['-c', command], { encoding: 'utf8' }))).toEqual(all)
    }
  })

  test('empty, cut, and no capture', async () => {
    expect(await readStdin([])).toMatchObject({ code: 'empty', message: expect.stringContaining('standard input') })
    expect(await readStdin([plain.subarray(0, 100)])).toMatchObject({ packets: 1, damage: { code: 'cut', offset: 70 } })
    // It does not wait for the end of what it will not read.
    const { child, result } = start(['-'])
    child.stdin?.write(Buffer.alloc(100_000, 1))
    expect(await result).toMatchObject({ code: 'not-a-capture' })
  })

  test('an interrupt ends a read that waits', async () => {
    const { child, result } = start(['-'])
    child.stdin?.write(plain)
    await new Promise((resolve) => setTimeout(resolve, 600))
    child.kill('SIGINT')
    expect(await result).toMatchObject({ damage: null, packets: 5000 })
  })

  test('a named pipe', async () => {
    const path = join(folder, 'pipe')
    execFileSync('mkfifo', [path])
    const { result } = start([path])
    execFileSync('sh', ['-c', `cat ${file('piped.pcap', plain)} > ${path}`])
    expect(await result).toEqual({ ...all, file: path })
  })
})
