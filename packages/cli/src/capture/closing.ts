import { linkTypeDescription, linkTypeName } from '@wiretale/core'
import type { LiveSource, LiveStatistics } from './live-source.ts'

/** `listening on eth0, link-type EN10MB (Ethernet), snapshot length 262144 bytes`, as tcpdump says it. */
export function listeningText({ device, link, snaplen }: Pick<LiveSource, 'device' | 'link' | 'snaplen'>): string {
  const description = linkTypeDescription(link)
  const type = description === null ? String(link) : `${linkTypeName(link)} (${description})`
  return `listening on ${device}, link-type ${type}, snapshot length ${snaplen} bytes\n`
}

/** tcpdump's closing lines. */
export function closingText(captured: number, statistics: LiveStatistics | null): string {
  return `${countsOf(captured, statistics).join('\n')}\n`
}

/** `3 packets captured`, … `statistics` null: the engine knows none. */
export function countsOf(captured: number, statistics: LiveStatistics | null): readonly string[] {
  const lines = [`${count(captured)} captured`]
  if (statistics !== null) {
    const { received, dropped, droppedByInterface } = statistics
    lines.push(`${count(received)} received by filter`, `${count(dropped)} dropped by kernel`)
    if (droppedByInterface > 0) lines.push(`${count(droppedByInterface)} dropped by interface`)
  }
  return lines
}

function count(packets: number): string {
  return `${packets} packet${packets === 1 ? '' : 's'}`
}
