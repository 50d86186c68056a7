import type { Bytes, Milliseconds } from '../../units.ts'

/** Numbers as both languages write them; the unit of a duration is chosen once, so that columns compare. */

/** Three significant digits at most: `0.26`, `13.3`, `450`. */
function significant(value: number): string {
  const size = Math.abs(value)
  if (size >= 99.95) return value.toFixed(0)
  if (size >= 9.995) return value.toFixed(1)
  return value.toFixed(2)
}

/** A number of milliseconds without its unit: `0`, `0.26`, `13.3`, `9955`. */
export function milliseconds(ms: Milliseconds): string {
  return ms === 0 ? '0' : significant(ms)
}

/** A duration with the unit that suits it: `0.26 ms`, `9.96 s`, `2 min 5 s`, `3 h 12 min`. */
export function duration(ms: Milliseconds): string {
  if (Math.abs(ms) < 1000) return `${milliseconds(ms)} ms`
  if (ms < 59_950) return `${significant(ms / 1000)} s`
  const seconds = Math.round(ms / 1000)
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`
  const minutes = Math.round(seconds / 60)
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}

/** Decimal units from 10,000 on: `1302 B`, `58.1 kB`, `1.20 MB`. Below that every byte counts. */
export function byteCount(bytes: Bytes): string {
  if (bytes < 10_000) return `${bytes} B`
  if (bytes < 999_500) return `${significant(bytes / 1e3)} kB`
  if (bytes < 999_500_000) return `${significant(bytes / 1e6)} MB`
  return `${significant(bytes / 1e9)} GB`
}

/** Part of a whole: `974/974 B`, and in the whole's unit from 10,000 on: `12.3 kB/45.6 kB`. */
export function byteShare(part: Bytes, whole: Bytes): string {
  return whole < 10_000 ? `${part}/${whole} B` : `${byteCount(part)}/${byteCount(whole)}`
}

/** As byteShare(), `字节` in place of B. */
export function byteShareZh(part: Bytes, whole: Bytes): string {
  return byteShare(part, whole).replace(/ B(?=\/|$)/g, ' 字节')
}

/** As byteCount(), `字节` in place of B. */
export function byteCountZh(bytes: Bytes): string {
  return byteCount(bytes).replace(/ B$/, ' 字节')
}

/** 1,234,567 */
export function grouped(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',')
}
