import type { LiveStatistics } from '../capture/live-source.ts'

/** The counts of a live capture as tcpdump words them: `3 packets captured`, … `counted` null: nobody knows more. */
export function statisticsLines(captured: number, counted: LiveStatistics | null): readonly string[] {
  const lines = [`${packets(captured)} captured`]
  if (counted === null) return lines
  lines.push(`${packets(counted.received)} received by filter`, `${packets(counted.dropped)} dropped by kernel`)
  if (counted.droppedByInterface !== 0) lines.push(`${packets(counted.droppedByInterface)} dropped by interface`)
  return lines
}

function packets(count: number): string {
  return `${count} packet${count === 1 ? '' : 's'}`
}
