import { convertInvalidFraction, type PacketRecord } from '../file/record.ts'
import { literal, writeFour, writeLiteral, writeTwo } from './digits.ts'
import type { Line } from './line.ts'
import type { PrintOptions } from './options.ts'

const Form = { TIME: 0, NONE: 1, UNIX: 2, SINCE_PREVIOUS: 3, DATE: 4, SINCE_FIRST: 5 } as const
const DAY = 86_400
/** More bytes than a time stamp has. */
const LONGEST = 64

/** Prints time stamps in the form that `-t` asks for. The text of a second is kept for the packets that share it. */
export class TimeStamp {
  private readonly form: number
  private readonly nanoseconds: boolean
  /** 3.9.8 prints a fraction as it is, and no sign nor blank in front of a difference. */
  private readonly classic: boolean
  private readonly zoneSeconds: (epochSeconds: number) => number
  private text = literal('')
  private textSecond = Number.NaN
  private hasReference = false
  private referenceSeconds = 0
  private referenceFraction = 0

  constructor(options: PrintOptions) {
    this.form = options.timeStamp
    this.nanoseconds = options.nanoseconds
    this.classic = options.format === 'classic'
    this.zoneSeconds = options.zoneSeconds
  }

  /** `ticks`: units a second of the file's time stamps, which tell what an invalid fraction means. */
  print(out: Line, record: PacketRecord, ticks: number): void {
    if (this.form === Form.NONE) return
    let seconds = record.seconds
    let fraction = this.nanoseconds ? record.nanos : Math.floor(record.nanos / 1000)
    if (record.invalidFraction >= 0) {
      // The reader carried the surplus over to the seconds; tcpdump does not.
      seconds -= Math.floor(record.invalidFraction / ticks)
      fraction = convertInvalidFraction(record.invalidFraction, ticks, this.nanoseconds ? 1e9 : 1e6)
    }
    switch (this.form) {
      case Form.UNIX:
        out.signed(seconds)
        this.printFraction(out, fraction)
        break
      case Form.SINCE_PREVIOUS:
      case Form.SINCE_FIRST:
        this.printDifference(out, seconds, fraction)
        break
      default:
        this.printSecond(out, seconds, fraction)
        return
    }
    out.byte(0x20)
  }

  private printSecond(out: Line, seconds: number, fraction: number): void {
    if (seconds !== this.textSecond) this.write(seconds)
    if (this.nanoseconds || fraction >= 1e6 || fraction < 0) {
      out.advance(writeLiteral(out.view, out.room(LONGEST), this.text) - 1)
      this.printFraction(out, fraction)
      out.byte(0x20)
      return
    }
    const view = out.view
    let next = writeLiteral(view, out.room(LONGEST), this.text)
    const high = (fraction / 10_000) | 0
    next = writeFour(view, writeTwo(view, next, high), fraction - high * 10_000)
    view.setUint8(next, 0x20)
    out.advance(next + 1)
  }

  private printFraction(out: Line, fraction: number): void {
    out.byte(0x2e)
    if (this.nanoseconds) {
      out.zeroPadded(fraction >>> 0, 9)
      if (fraction >= 1e9 && !this.classic) out.text(' (invalid ns)')
    } else if (fraction < 1e6) out.sixDigits(fraction)
    else {
      out.zeroPadded(fraction >>> 0, 6)
      if (!this.classic) out.text(' (invalid us)')
    }
  }

  private printDifference(out: Line, seconds: number, fraction: number): void {
    if (!this.hasReference) {
      this.hasReference = true
      this.referenceSeconds = seconds
      this.referenceFraction = fraction
    }
    let wholeSeconds = seconds - this.referenceSeconds
    let parts = fraction - this.referenceFraction
    const negative = wholeSeconds < 0 || (wholeSeconds === 0 && parts < 0)
    if (negative) {
      wholeSeconds = -wholeSeconds
      parts = -parts
    }
    if (parts < 0) {
      wholeSeconds--
      parts += this.nanoseconds ? 1e9 : 1e6
    }
    if (!this.classic) out.byte(negative ? 0x2d : 0x20)
    printClock(out, modulo(wholeSeconds, DAY))
    this.printFraction(out, parts)
    if (this.form === Form.SINCE_PREVIOUS) {
      this.referenceSeconds = seconds
      this.referenceFraction = fraction
    }
  }

  /** Keeps the text of a second in local time, with the point behind it. */
  private write(seconds: number): void {
    this.textSecond = seconds
    const local = seconds + this.zoneSeconds(seconds)
    const clock = modulo(local, DAY)
    let text = this.form === Form.DATE ? `${dateText(Math.floor(local / DAY))} ` : ''
    for (const part of [Math.floor(clock / 3600), Math.floor(clock / 60) % 60, clock % 60])
      text += `${String(part).padStart(2, '0')}:`
    this.text = literal(`${text.slice(0, -1)}.`)
  }
}

function printClock(out: Line, seconds: number): void {
  out.twoDigits(Math.floor(seconds / 3600))
  out.byte(0x3a)
  out.twoDigits(Math.floor(seconds / 60) % 60)
  out.byte(0x3a)
  out.twoDigits(seconds % 60)
}

/** Date of a day counted from 1970-01-01, in the Gregorian calendar without end. */
function dateText(day: number): string {
  // Counted in eras of 400 years that begin on the first of March, so that the leap day is the last of a year.
  const shifted = day + 719_468
  const era = Math.floor(shifted / 146_097)
  const dayOfEra = shifted - era * 146_097
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const march = Math.floor((5 * dayOfYear + 2) / 153)
  const dayOfMonth = dayOfYear - Math.floor((153 * march + 2) / 5) + 1
  const month = march < 10 ? march + 3 : march - 9
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  return `${year}-${String(month).padStart(2, '0')}-${String(dayOfMonth).padStart(2, '0')}`
}

function modulo(value: number, by: number): number {
  return ((value % by) + by) % by
}
