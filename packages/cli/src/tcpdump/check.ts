import { Failure } from './failure.ts'
import { Question } from './options/options.ts'
import type { Settings } from './settings.ts'

/** Holds options against one another once all have been read. Throws Failure. */
export function checkSettings(settings: Settings): void {
  const { ascii, hex, hexAscii, readFile, listFile } = settings
  if (ascii > 0 && hex > 0) throw new Failure('-A and -x[x] are mutually exclusive.')
  if (ascii > 0 && hexAscii > 0) throw new Failure('-A and -X[X] are mutually exclusive.')
  if (hex > 0 && hexAscii > 0) throw new Failure('-x[x] and -X[X] are mutually exclusive.')
  if (settings.liveOnly.includes('-D')) throw new Question('interfaces')
  if (settings.timeForm > 5) throw new Failure('only -t, -tt, -ttt, -tttt and -ttttt are supported')
  if (settings.foreignNumeric && (listFile !== null || readFile !== null)) {
    throw new Failure('-f can not be used with -V or -r')
  }
  if (listFile !== null && readFile !== null) throw new Failure('-V and -r are mutually exclusive.')
  if (settings.rotateBytes > 0 && settings.writeFile === null) throw new Failure('-C cannot be used without -w.')
  if (settings.rotateSeconds && settings.writeFile === null) throw new Failure('-G cannot be used without -w.')
  if (settings.afterRotation !== null && settings.rotateBytes === 0 && !settings.rotateSeconds) {
    throw new Failure('-z cannot be used without -C or -G.')
  }
  checkOwn(settings)
}

function checkOwn({ annotate, summary, process: names, format, readFile, listFile, writeFile }: Settings): void {
  if (names && (readFile !== null || listFile !== null)) {
    throw new Failure('--process goes with a live capture', "a file does not tell the capturing machine's programs")
  }
  if (format === 'json' && annotate) {
    throw new Failure('--annotate does not go with --format=json', 'its packet lines hold the sentences')
  }
  if (format === 'json' && summary) {
    throw new Failure(
      '--summary does not go with --format=json',
      'its conversation, exchange and finding lines hold it',
    )
  }
  if (summary && writeFile === '-') {
    throw new Failure('--summary does not go with -w -', 'standard output holds the packets')
  }
}
