import { vi } from 'vitest'

const written = vi.hoisted(() => ({ 1: [] as Uint8Array[], 2: [] as Uint8Array[] }))
vi.mock('../../packages/cli/src/terminal/write.ts', async (original) => {
  const real = await original<typeof import('../../packages/cli/src/terminal/write.ts')>()
  const writeFully: typeof real.writeFully = (fd, bytes, at = 0, end = bytes.length) => {
    if (fd === 1 || fd === 2) written[fd].push(bytes.slice(at, end))
    else real.writeFully(fd, bytes, at, end)
  }
  return { ...real, writeFully }
})

export interface TcpdumpRun {
  code: number
  stdout: Buffer
  stderr: string
}

/** `wiretale ...words` in tcpdump mode, in this process. */
export async function runTcpdumpMode(...words: string[]): Promise<TcpdumpRun> {
  const { runTcpdump } = await import('../../packages/cli/src/tcpdump/run.ts')
  written[1].length = written[2].length = 0
  // This process goes on as it is: -w gives root's rights up.
  const keeping = process.getuid?.() === 0 ? ['-Z', 'root'] : []
  const code = await runTcpdump([...keeping, ...words], { program: 'wiretale', isTcpdump: false })
  return { code, stdout: Buffer.concat(written[1]), stderr: Buffer.concat(written[2]).toString() }
}

const MARGIN = Buffer.from('│ ')

/** What `LC_ALL=C grep -av '^│ '` leaves. */
export function withoutMargin(bytes: Buffer, margin: Buffer = MARGIN): Buffer {
  const kept: Buffer[] = []
  for (let at = 0; at < bytes.length; ) {
    const newline = bytes.indexOf(10, at)
    const end = newline < 0 ? bytes.length : newline + 1
    if (!bytes.subarray(at, end).subarray(0, margin.length).equals(margin)) kept.push(bytes.subarray(at, end))
    at = end
  }
  return Buffer.concat(kept)
}
