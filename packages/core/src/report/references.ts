import type { PacketNumber } from '../units.ts'
import type { Glyphs } from './paint.ts'

/** Packet numbers as sentences carry them: `#4 #6 #7`, `#10–#54`; sorted, each once. Where they would take more than
 *  `cells`, the middle is left out: `#1 .. #99`. */
export function referTo(packets: readonly PacketNumber[], glyphs: Glyphs, cells: number): string {
  const sorted = [...new Set(packets)].sort((a, b) => a - b)
  const parts: string[] = []
  for (let i = 0; i < sorted.length; ) {
    let last = i
    while (last + 1 < sorted.length && sorted[last + 1] === sorted[last] + 1) last++
    if (last - i >= 2) parts.push(`#${sorted[i]}${glyphs.to}#${sorted[last]}`)
    else for (let k = i; k <= last; k++) parts.push(`#${sorted[k]}`)
    i = last + 1
  }
  const whole = parts.join(' ')
  if (whole.length <= cells) return whole
  const end = `.. #${sorted[sorted.length - 1]}`
  let short = ''
  for (const part of parts) {
    if (short.length + part.length + 1 + end.length > cells) break
    short += `${part} `
  }
  return (short === '' ? `#${sorted[0]} ` : short) + end
}
