/** Time zones that TZ spells out (POSIX.1-2017 §8.3): `CET-1CEST,M3.5.0,M10.5.0/3`, `<+0530>-5:30`. */

const DAY = 86_400
/** Where a summer time has no rule: that of the United States, as the C library without its file posixrules. */
const DEFAULT_RULES = ['M3.2.0', 'M11.1.0']
const NAME = '(?:[A-Za-z]{3,}|<[A-Za-z0-9+-]{3,}>)'
const TIME = '[+-]?\\d{1,3}(?::\\d{1,2}(?::\\d{1,2})?)?'
const ZONE = new RegExp(`^:?${NAME}(${TIME})(?:${NAME}(${TIME})?(?:,([^,]+),([^,]+))?)?$`)
const HAS_SUMMER = new RegExp(`^:?${NAME}${TIME}${NAME}`)

/** Seconds from the beginning of a year (local time) to a change. */
type Change = (year: number) => number

/** Seconds that local time is ahead of UTC at a Unix time; null if the text spells out no zone. */
export function posixZone(text: string): ((epochSeconds: number) => number) | null {
  const match = ZONE.exec(text)
  if (match === null) return null
  const [, standardText, summerText, ...rules] = match
  // West is positive there.
  const standard = 0 - secondsOf(standardText)
  if (!HAS_SUMMER.test(text)) return () => standard
  const summer = summerText === undefined ? standard + 3600 : 0 - secondsOf(summerText)
  const [begin, end] = (rules[0] === undefined ? DEFAULT_RULES : rules).map(readRule)
  if (begin === null || end === null) return null
  return (epochSeconds) => {
    const year = new Date((epochSeconds + standard) * 1000).getUTCFullYear()
    const newYear = Date.UTC(year, 0, 1) / 1000
    const from = newYear + begin(year) - standard
    const to = newYear + end(year) - summer
    const isSummer = from < to ? epochSeconds >= from && epochSeconds < to : epochSeconds >= from || epochSeconds < to
    return isSummer ? summer : standard
  }
}

/** `[+-]h[:m[:s]]` */
function secondsOf(time: string): number {
  const [hours, minutes = 0, seconds = 0] = time.replace(/^[+-]/, '').split(':').map(Number)
  return (time.startsWith('-') ? -1 : 1) * (hours * 3600 + minutes * 60 + seconds)
}

/** Month, week (5: the last) and weekday; or the day of the year, from 1 without February 29th (J) or from 0 with it. */
function readRule(rule: string): Change | null {
  const match = new RegExp(`^(?:M(\\d{1,2})\\.([1-5])\\.([0-6])|(J?)(\\d{1,3}))(?:/(${TIME}))?$`).exec(rule)
  if (match === null) return null
  const [, month, week, weekday, julian, day, timeText = '2'] = match
  const time = secondsOf(timeText)
  if (month !== undefined) return (year) => monthDay(year, Number(month), Number(week), Number(weekday)) * DAY + time
  const number = Number(day)
  if (julian !== 'J') return () => number * DAY + time
  return (year) => (number - 1 + (number >= 60 && daysBefore(year, 3) === 60 ? 1 : 0)) * DAY + time
}

/** Days from the first of January to the first of a month, 1 to 12. */
function daysBefore(year: number, month: number): number {
  return (Date.UTC(year, month - 1, 1) - Date.UTC(year, 0, 1)) / (DAY * 1000)
}

function monthDay(year: number, month: number, week: number, weekday: number): number {
  const first = daysBefore(year, month)
  const firstWeekday = new Date(Date.UTC(year, month - 1, 1)).getUTCDay()
  const day = first + ((weekday - firstWeekday + 7) % 7) + (week - 1) * 7
  const next = month === 12 ? daysBefore(year, 12) + 31 : daysBefore(year, month + 1)
  return day < next ? day : day - 7
}
