/** strftime(3) of local time in the C locale, for the names of -G's files. */

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
]
const DAY_MS = 86_400_000

type Conversion = (time: Date) => string

const conversions: Readonly<Record<string, Conversion>> = {
  a: (time) => DAYS[time.getDay()].slice(0, 3),
  A: (time) => DAYS[time.getDay()],
  b: (time) => MONTHS[time.getMonth()].slice(0, 3),
  B: (time) => MONTHS[time.getMonth()],
  c: (time) => expand('%a %b %e %H:%M:%S %Y', time),
  C: (time) => two(Math.floor(time.getFullYear() / 100)),
  d: (time) => two(time.getDate()),
  D: (time) => expand('%m/%d/%y', time),
  e: (time) => two(time.getDate(), ' '),
  F: (time) => expand('%Y-%m-%d', time),
  g: (time) => two(isoWeek(time).year % 100),
  G: (time) => String(isoWeek(time).year),
  h: (time) => expand('%b', time),
  H: (time) => two(time.getHours()),
  I: (time) => two(time.getHours() % 12 || 12),
  j: (time) => String(dayOfYear(time) + 1).padStart(3, '0'),
  k: (time) => two(time.getHours(), ' '),
  l: (time) => two(time.getHours() % 12 || 12, ' '),
  m: (time) => two(time.getMonth() + 1),
  M: (time) => two(time.getMinutes()),
  n: () => '\n',
  p: (time) => (time.getHours() < 12 ? 'AM' : 'PM'),
  P: (time) => (time.getHours() < 12 ? 'am' : 'pm'),
  r: (time) => expand('%I:%M:%S %p', time),
  R: (time) => expand('%H:%M', time),
  s: (time) => String(Math.floor(time.getTime() / 1000)),
  S: (time) => two(time.getSeconds()),
  t: () => '\t',
  T: (time) => expand('%H:%M:%S', time),
  u: (time) => String(time.getDay() || 7),
  U: (time) => two(Math.floor((dayOfYear(time) + 7 - time.getDay()) / 7)),
  V: (time) => two(isoWeek(time).week),
  w: (time) => String(time.getDay()),
  W: (time) => two(Math.floor((dayOfYear(time) + 7 - ((time.getDay() + 6) % 7)) / 7)),
  x: (time) => expand('%m/%d/%y', time),
  X: (time) => expand('%H:%M:%S', time),
  y: (time) => two(time.getFullYear() % 100),
  Y: (time) => String(time.getFullYear()),
  z: (time) => {
    const minutes = -time.getTimezoneOffset()
    return (minutes < 0 ? '-' : '+') + two(Math.floor(Math.abs(minutes) / 60)) + two(Math.abs(minutes) % 60)
  },
  Z: (time) => /\(([A-Z]{2,5})\)$/.exec(time.toString())?.[1] ?? expand('%z', time),
  '%': () => '%',
}

/** `pattern` at a Unix time in whole seconds. What is no conversion stays as it is. */
export function formatTime(pattern: string, seconds: number): string {
  return expand(pattern, new Date(seconds * 1000))
}

function expand(pattern: string, time: Date): string {
  return pattern.replace(/%[EO]?([a-zA-Z%])/g, (text, letter: string) => conversions[letter]?.(time) ?? text)
}

function two(number: number, pad = '0'): string {
  return String(number).padStart(2, pad)
}

/** Days since the first of January. */
function dayOfYear(time: Date): number {
  const day = Date.UTC(time.getFullYear(), time.getMonth(), time.getDate())
  return (day - Date.UTC(time.getFullYear(), 0, 1)) / DAY_MS
}

/** ISO 8601: the week belongs to the year that has its Thursday. */
function isoWeek(time: Date): { year: number; week: number } {
  const daysToThursday = 3 - ((time.getDay() + 6) % 7)
  const thursday = new Date(time.getFullYear(), time.getMonth(), time.getDate() + daysToThursday)
  return { year: thursday.getFullYear(), week: Math.floor(dayOfYear(thursday) / 7) + 1 }
}
