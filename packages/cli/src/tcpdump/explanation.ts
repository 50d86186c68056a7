import {
  type AnalyseOptions,
  Analysis,
  type Annotation,
  type CaptureDamage,
  DigestBuilder,
  type InterfaceInfo,
  type PacketRecord,
  type ReportLine,
  renderAnnotation,
  renderJson,
  renderMargin,
  type TextOptions,
  textOptions,
} from '@wiretale/core'
import { ALL_TYPES } from '../commands/reading.ts'
import type { ProcessNames } from '../process/process-names.ts'
import { drawSeed } from '../sources/seed.ts'
import { paintAnsi, wantsColor } from '../terminal/color.ts'
import { messageLanguage } from '../terminal/locale.ts'
import { lineWidth, prefersAscii } from '../terminal/look.ts'
import { Output } from '../terminal/output.ts'
import type { PacketSink } from './loop.ts'
import type { Settings } from './settings.ts'
import type { WriteBytes } from './tell.ts'
import type { TextPrinter } from './text-printer.ts'

/** Explains the packets that the filter lets through: it knows of no others, and numbers them as `-#` does. */
export interface Explanation {
  /** Is told what the input says beside its packets. */
  readonly analysis: Analysis
  /** Where packets go from now on; null: nowhere. `openText` null: they are not to be printed. */
  open(openText: (() => TextPrinter) | null): PacketSink | null
  /** All has been read: writes conclusions. */
  finish(damage: CaptureDamage | null): void
}

/** What --annotate, --summary and --format=json ask for. `file`: as the report names it; null: it has no name.
 *  `write`: to standard output. */
export async function openExplanation(
  settings: Settings,
  file: string | null,
  write: WriteBytes,
  processes: ProcessNames | null,
): Promise<Explanation> {
  const source = { file: file === '-' ? null : file, lang: settings.lang ?? messageLanguage(), processes }
  if (settings.format === 'json') return new JsonLines(source, write)
  // Into a file or a pipe the margin is the same in every locale: what reads it looks for that.
  const ascii = settings.asciiOnly ?? (process.stdout.isTTY === true && (await prefersAscii()))
  const look = textOptions({
    lang: source.lang,
    ascii,
    width: settings.width ?? lineWidth(),
    ...(wantsColor(settings.color) ? { paint: paintAnsi } : {}),
  })
  return new Margin(source, settings, look, write)
}

interface Source {
  readonly file: string | null
  readonly lang: NonNullable<Settings['lang']>
  /** --process */
  readonly processes: ProcessNames | null
}

function openAnalysis(
  source: Source,
  asked: Pick<AnalyseOptions, 'types' | 'annotate' | 'narrate'>,
  emit: (line: ReportLine) => void,
): Analysis {
  const { file, lang, processes } = source
  const findProcess = processes === null ? {} : { findProcess: processes.find.bind(processes) }
  return new Analysis({ file, lang, ...findProcess, ...asked, showSecrets: false, seed: drawSeed() }, emit)
}

/** The report as JSON Lines in place of tcpdump's text. */
class JsonLines implements Explanation, PacketSink {
  readonly analysis: Analysis
  private isOpen = false
  private readonly output: Output

  constructor(source: Source, write: WriteBytes) {
    this.output = new Output(write)
    this.analysis = openAnalysis(source, { types: new Set(ALL_TYPES) }, (line) => this.output.write(renderJson(line)))
  }

  open(openText: unknown): PacketSink | null {
    this.isOpen = openText !== null
    return this.isOpen ? this : null
  }

  packet(record: PacketRecord): void {
    this.analysis.packet(record)
  }

  flush(): void {
    this.output.flush()
  }

  finish(damage: CaptureDamage | null): void {
    if (!this.isOpen) return
    this.analysis.finish(damage)
    this.output.flush()
  }
}

/** Lines beside tcpdump's text, behind a margin: under each packet what it means, at the end the conclusions. */
class Margin implements Explanation, PacketSink {
  readonly analysis: Analysis
  private printer: TextPrinter | null = null
  private isOpen = false
  private readonly digest: DigestBuilder | null
  private readonly look: TextOptions
  private readonly write: WriteBytes

  constructor(
    source: Source,
    asked: Pick<Settings, 'annotate' | 'summary' | 'process'>,
    look: TextOptions,
    write: WriteBytes,
  ) {
    const digest = asked.summary ? new DigestBuilder({ conversation: null }) : null
    this.look = look
    this.write = write
    this.digest = digest
    const annotate = (annotation: Annotation): void => {
      const told = asked.annotate ? annotation : onlyProcesses(annotation)
      if (told !== null) this.append(renderAnnotation(told, look))
    }
    this.analysis = openAnalysis(
      source,
      {
        types: new Set(digest === null ? [] : ALL_TYPES),
        // The conclusions do without the sentences.
        ...(asked.annotate || asked.process ? { annotate } : { narrate: false }),
      },
      (line) => digest?.add(line),
    )
  }

  /** Packets that are not printed are not explained one by one. */
  open(openText: (() => TextPrinter) | null): PacketSink | null {
    this.printer = openText?.() ?? null
    this.isOpen = this.printer !== null || this.digest !== null
    return this.isOpen ? this : null
  }

  packet(record: PacketRecord, source: InterfaceInfo): void {
    this.printer?.packet(record, source)
    this.analysis.packet(record)
  }

  flush(): void {
    this.printer?.flush()
  }

  settle(): Promise<void> | null {
    return this.printer?.settle() ?? null
  }

  finish(damage: CaptureDamage | null): void {
    if (!this.isOpen) return
    this.analysis.finish(damage)
    if (this.digest === null) return
    const output = new Output(this.write)
    for (const line of renderMargin(this.digest.finish(), this.look)) output.line(line)
    output.flush()
  }

  private append(lines: readonly string[]): void {
    this.printer?.append(`${lines.join('\n')}\n`)
  }
}

/** What --process alone shows of a packet; null: nothing. */
function onlyProcesses(annotation: Annotation): Annotation | null {
  const notes = annotation.notes.filter(({ id }) => id === 'process.known')
  return notes.length === 0 ? null : { ...annotation, states: { client: null, server: null }, notes, labels: [] }
}
