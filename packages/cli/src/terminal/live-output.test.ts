import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const folder = mkdtempSync(join(tmpdir(), 'wiretale-output-'))
const program = join(folder, 'write.cjs')

/** Writes `megabytes` of text in lines of 1000 bytes, says on standard error when all was handed over, and ends a
 *  quarter of a second later. SIGINT: stops. */
beforeAll(() =>
  build({
    stdin: {
      contents: `
        import { LiveOutput } from './live-output.ts'
        const output = new LiveOutput()
        let stopped = false
        process.on('SIGINT', () => { stopped = true; output.stop() })
        const line = Buffer.from('x'.repeat(999) + '\\n')
        const main = async () => {
          for (let i = 0; i < Number(process.argv[2]) * 1000 && !stopped; i++) {
            output.write(line, 0, line.length)
            if (i % 64 === 63) await output.drain()
          }
          await output.drain()
          console.error('done ' + Math.round(process.memoryUsage().rss / 1e6))
        }
        main().catch((error) => console.error(error.constructor.name))`,
      resolveDir: fileURLToPath(new URL('.', import.meta.url)),
      loader: 'ts',
    },
    bundle: true,
    platform: 'node',
    outfile: program,
  }),
)
afterAll(() => rmSync(folder, { recursive: true }))

/** `reader`: a shell's command behind a pipe; null: the test reads, from a socket. */
function start(megabytes: number, reader: string | null) {
  const words = [process.execPath, program, String(megabytes)]
  const child =
    reader === null
      ? spawn(words[0], words.slice(1), { stdio: ['ignore', 'pipe', 'pipe'] })
      : spawn('sh', ['-c', `"$@" | ${reader}`, 'sh', ...words], { stdio: ['ignore', 'pipe', 'pipe'] })
  let err = ''
  child.stderr.setEncoding('utf8').on('data', (text) => {
    err += text
  })
  return { child, said: () => err }
}

describe('LiveOutput', () => {
  it('brings everything to a reader that is slow, in order', async () => {
    const { child, said } = start(3, '(sleep 0.3; cksum)')
    let out = ''
    child.stdout.on('data', (text) => {
      out += text
    })
    await once(child, 'close')
    expect(out).toMatch(/^\d+ 3000000\n$/)
    expect(said()).toMatch(/^done/)
  })

  it('does the same through a socket', async () => {
    const { child, said } = start(3, null)
    await new Promise((resolve) => setTimeout(resolve, 300))
    let bytes = 0
    child.stdout.on('data', (chunk: Buffer) => {
      bytes += chunk.length
    })
    await once(child, 'close')
    expect([bytes, said().slice(0, 4)]).toEqual([3_000_000, 'done'])
  })

  it('tells that nobody reads any more', async () => {
    const { child, said } = start(3, 'head -c 10')
    await once(child, 'close')
    expect(said()).toBe('BrokenPipe\n')
  })

  it('serves signals while the reader has stopped, and gives it up half a second later', async () => {
    const { child, said } = start(100, null)
    await once(child.stdout, 'readable')
    await new Promise((resolve) => setTimeout(resolve, 300))
    const began = performance.now()
    child.kill('SIGINT')
    const [code] = await once(child, 'exit')
    expect(code).toBe(0)
    expect(performance.now() - began).toBeGreaterThan(400)
    expect(Number(said().split(' ')[1])).toBeLessThan(150)
    child.stdout.destroy()
  })
})
