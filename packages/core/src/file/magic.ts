import type { Offset } from '../units.ts'

/** What a file that is no capture looks like, told from its first bytes. Names are noun phrases with their article. */
export interface KnownFile {
  /** Offset of the magic, from the start of the file. */
  readonly at: Offset
  /** The magic: printable ASCII as is, other bytes as \xHH. */
  readonly magic: string
  readonly name: string
  readonly family: 'capture' | 'compressed' | 'other'
  /** What to do, where that is more than "give a capture". */
  readonly hint?: string
}

const WITH_TSHARK = 'convert it with: editcap IN OUT.pcapng'

/** Longest and most telling first: the first match wins. */
const KNOWN_FILES: readonly KnownFile[] = [
  // Captures of other programs (Wireshark's wiretap library reads them all).
  { at: 0, magic: 'snoop\0\0\0', name: 'a snoop capture (Solaris)', family: 'capture', hint: WITH_TSHARK },
  { at: 0, magic: 'btsnoop\0', name: 'a Bluetooth capture (btsnoop)', family: 'capture' },
  { at: 0, magic: 'GMBU', name: 'a Microsoft Network Monitor 2 capture', family: 'capture', hint: WITH_TSHARK },
  { at: 0, magic: 'RTSS', name: 'a Microsoft Network Monitor 1 capture', family: 'capture', hint: WITH_TSHARK },
  { at: 0, magic: 'TRSNIFF data    \x1a', name: 'a Sniffer capture (DOS)', family: 'capture', hint: WITH_TSHARK },
  { at: 0, magic: 'XCP\0', name: 'a Sniffer capture (Windows)', family: 'capture', hint: WITH_TSHARK },
  { at: 0, magic: '\x7fver', name: 'an OmniPeek capture', family: 'capture', hint: WITH_TSHARK },
  { at: 0, magic: 'iptrace ', name: 'an iptrace capture (AIX)', family: 'capture', hint: WITH_TSHARK },
  { at: 0, magic: '\xa1\xb2\x34\xcd', name: 'a pcap variant that libpcap reserves', family: 'capture' },
  { at: 0, magic: '\xcd\x34\xb2\xa1', name: 'a pcap variant that libpcap reserves', family: 'capture' },
  { at: 0, magic: '\xa1\x2b\x3c\x4d', name: "Navtel's variant of pcap", family: 'capture', hint: WITH_TSHARK },
  { at: 0, magic: '\x4d\x3c\x2b\xa1', name: "Navtel's variant of pcap", family: 'capture', hint: WITH_TSHARK },
  {
    at: 0,
    magic: '\r\n\r\r\r\n',
    name: 'a pcapng file that a text-mode transfer has damaged',
    family: 'capture',
    hint: 'transfer it again in binary mode',
  },
  // Compressed files that are not read.
  { at: 0, magic: 'BZh', name: 'bzip2-compressed data', family: 'compressed', hint: 'use: bzip2 -dc FILE | … -' },
  { at: 0, magic: '\xfd7zXZ\0', name: 'xz-compressed data', family: 'compressed', hint: 'use: xz -dc FILE | … -' },
  { at: 0, magic: 'LZIP', name: 'lzip-compressed data', family: 'compressed', hint: 'use: lzip -dc FILE | … -' },
  {
    at: 0,
    magic: '\x04\x22\x4d\x18',
    name: 'lz4-compressed data',
    family: 'compressed',
    hint: 'use: lz4 -dc FILE | … -',
  },
  { at: 0, magic: '\x1f\x9d', name: 'compress(1) data', family: 'compressed', hint: 'use: zcat FILE | … -' },
  { at: 0, magic: 'PK\x03\x04', name: 'a ZIP archive', family: 'compressed', hint: 'unpack it first' },
  { at: 0, magic: 'PK\x05\x06', name: 'an empty ZIP archive', family: 'compressed' },
  { at: 0, magic: '7z\xbc\xaf\x27\x1c', name: 'a 7-Zip archive', family: 'compressed', hint: 'unpack it first' },
  { at: 0, magic: 'Rar!\x1a\x07', name: 'a RAR archive', family: 'compressed', hint: 'unpack it first' },
  { at: 257, magic: 'ustar', name: 'a tar archive', family: 'compressed', hint: 'unpack it first' },
  // Anything else that people give by mistake.
  { at: 0, magic: '\x89PNG\r\n\x1a\n', name: 'a PNG image', family: 'other' },
  { at: 0, magic: '\xff\xd8\xff', name: 'a JPEG image', family: 'other' },
  { at: 0, magic: 'GIF8', name: 'a GIF image', family: 'other' },
  { at: 8, magic: 'WEBP', name: 'a WebP image', family: 'other' },
  { at: 0, magic: 'BM', name: 'a BMP image', family: 'other' },
  { at: 0, magic: '%PDF-', name: 'a PDF document', family: 'other' },
  { at: 0, magic: '{\\rtf', name: 'an RTF document', family: 'other' },
  { at: 0, magic: '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1', name: 'an old Microsoft Office document', family: 'other' },
  { at: 0, magic: '\x7fELF', name: 'an ELF program or library', family: 'other' },
  { at: 0, magic: '\xcf\xfa\xed\xfe', name: 'a Mach-O program or library', family: 'other' },
  { at: 0, magic: '\xca\xfe\xba\xbe', name: 'a Java class or a Mach-O program', family: 'other' },
  { at: 0, magic: 'MZ', name: 'a Windows program', family: 'other' },
  { at: 0, magic: '\0asm', name: 'a WebAssembly module', family: 'other' },
  { at: 0, magic: 'SQLite format 3\0', name: 'an SQLite database', family: 'other' },
  { at: 0, magic: 'PAR1', name: 'a Parquet table', family: 'other' },
  { at: 0, magic: 'ElfFile\0', name: 'a Windows event log', family: 'other' },
  { at: 0, magic: 'LPKSHHRH', name: 'a systemd journal', family: 'other' },
  { at: 4, magic: 'ftyp', name: 'an MP4 file', family: 'other' },
  { at: 0, magic: 'OggS', name: 'an Ogg file', family: 'other' },
  { at: 0, magic: 'ID3', name: 'an MP3 file', family: 'other' },
  { at: 0, magic: 'RIFF', name: 'a RIFF file (WAV or AVI)', family: 'other' },
]

/** The entry whose magic lies in b[at, end), or null. */
export function findKnownFile(b: Uint8Array, at: Offset, end: Offset): KnownFile | null {
  return KNOWN_FILES.find((file) => hasMagic(b, at + file.at, end, file.magic)) ?? null
}

function hasMagic(b: Uint8Array, at: Offset, end: Offset, magic: string): boolean {
  if (at + magic.length > end) return false
  for (let i = 0; i < magic.length; i++) if (b[at + i] !== magic.charCodeAt(i)) return false
  return true
}

/** Text that is no trace, by how it begins. */
const KNOWN_TEXTS: readonly { readonly begins: RegExp; readonly name: string }[] = [
  { begins: /^\s*(<!doctype html|<html)/i, name: 'an HTML page' },
  { begins: /^\s*<\?xml/i, name: 'an XML document' },
  { begins: /^\s*<svg/i, name: 'an SVG image' },
  { begins: /^\s*\{\s*"log"\s*:/, name: 'an HTTP archive (HAR)' },
  { begins: /^\s*[[{]/, name: 'JSON' },
  {
    begins: /^(#.*\r?\n)*(CLIENT_RANDOM|SERVER_HANDSHAKE_TRAFFIC_SECRET|CLIENT_HANDSHAKE_TRAFFIC_SECRET|RSA) [0-9a-f]/i,
    name: 'a TLS key log (it goes with a capture, it is none)',
  },
  { begins: /^-----BEGIN /, name: 'a PEM key or certificate' },
  { begins: /^#!/, name: 'a script' },
  { begins: /^version https:\/\/git-lfs/, name: 'a Git LFS pointer, not the file itself' },
]

/** What text looks like that had no packet in it. */
export function nameText(beginning: string): string {
  return KNOWN_TEXTS.find((text) => text.begins.test(beginning))?.name ?? 'plain text'
}
