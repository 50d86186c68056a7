import { readFileSync, statSync } from 'node:fs'
import { linkTypeDescription, linkTypeName } from '@wiretale/core'
import type { InputKind } from '../sources/feed.ts'
import { Failure, systemWords } from './failure.ts'
import type { Settings } from './settings.ts'

/** libpcap's own numbers of link types (DLT_) that a file may hold in place of those for files (LINKTYPE_). */
const OLD_NUMBERS: ReadonlyMap<number, number> = new Map([
  [11, 100],
  [12, 101],
  [15, 102],
  [16, 103],
  [19, 106],
])

/** The number for files. */
export function fileLinkType(link: number): number {
  return OLD_NUMBERS.get(link) ?? link
}

/** The files of -r or -V. Throws Failure. */
export function inputPaths({ readFile, listFile }: Settings): readonly string[] {
  if (listFile === null) return readFile === null ? [] : [readFile]
  let text: string
  try {
    text = readFileSync(listFile === '-' ? 0 : listFile, 'utf8')
  } catch (error) {
    throw new Failure(`Unable to open file: ${systemWords(error)}`)
  }
  if (text === '') throw new Failure(`Nothing in ${listFile}`)
  return (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n')
}

/** What kind of input a path is. Throws Failure in libpcap's words. */
export function inputKind(path: string): InputKind {
  if (path === '-') return 'stdin'
  try {
    const stat = statSync(path)
    if (stat.isDirectory()) throw new Failure('error reading dump file: Is a directory')
    return stat.isFIFO() ? 'fifo' : 'file'
  } catch (error) {
    throw error instanceof Failure ? error : new Failure(`${path}: ${systemWords(error)}`)
  }
}

/** `reading from file a.pcap, link-type EN10MB (Ethernet), snapshot length 262144` */
export function banner(path: string, link: number, snaplen: number): string {
  // Elsewhere 14 is raw IP; Linux's libpcap does not know it.
  const description = link === 14 ? null : linkTypeDescription(link)
  const type = description === null ? String(link) : `${linkTypeName(link)} (${description})`
  return `reading from file ${path}, link-type ${type}, snapshot length ${snaplen}\n`
}
