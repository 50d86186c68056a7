import { Analysis, ChunkFeeder, openCapture, type PacketLine, type ReportLine } from '@wiretale/core'

/** The report on a capture in both languages. */
export function storyLines(bytes: Uint8Array): ReportLine[] {
  const lines: ReportLine[] = []
  const types = new Set(['packet', 'summary'] as const)
  const analysis = new Analysis({ file: null, types, lang: 'both', showSecrets: false }, (line) => lines.push(line))
  const feeder = new ChunkFeeder(openCapture(analysis))
  feeder.push(bytes)
  feeder.end()
  analysis.finish(feeder.damage)
  return lines
}

/** `n  arrow flags bytes`, then one line a sentence and language: a file that people compare by reading. */
export function storyOf(packets: readonly PacketLine[]): string {
  const several = packets.some(({ conversation }) => conversation !== 0)
  return packets.map((packet) => `${head(packet, several)}\n${packet.notes.map(says).join('')}`).join('')
}

function head({ n, from, tcp, labels, conversation }: PacketLine, several: boolean): string {
  if (tcp === null) return `${n}`
  const { flags, seq, ack, bytes } = tcp
  return [
    n,
    ...(several ? [`[${conversation}]`] : []),
    from === 'client' ? 'c>s' : 's>c',
    ...flags,
    `${seq[0]}${bytes > 0 ? `-${seq[1]}` : ''}`,
    ...(ack === null ? [] : [`ack ${ack}`]),
    ...labels,
  ].join(' ')
}

function says({ text, textZh }: PacketLine['notes'][number]): string {
  return `    ${text}\n    ${textZh}\n`
}
