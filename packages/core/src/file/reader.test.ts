import { describe, expect, test } from 'vitest'
import { readInChunks } from '../../../../tests/support/record-calls.ts'
import { CaptureSession } from './session.ts'
import { sniff } from './sniff.ts'

const latin1 = (text: string) => Buffer.from(text, 'latin1')

const line = '10:13:01.617505 IP 10.1.9.11.58384 > 192.168.64.71.80: Flags [S], seq 1, win 65535, length 0\n'

function readText(text: string, session = new CaptureSession()) {
  return readInChunks(latin1(text), [], session)
}

describe('what is no capture is named', () => {
  test.each([
    ['', 'empty', '0 bytes'],
    ['\x89PNG\r\n\x1a\n\0\0\0\rIHDR', 'not-a-capture', 'a PNG image'],
    ['\x7fELF\x02\x01\x01\0\0', 'not-a-capture', 'an ELF program'],
    ['%PDF-1.7\n%\xe2\xe3', 'not-a-capture', 'a PDF document'],
    ['PK\x03\x04\x14\0\0\0', 'unsupported-compression', 'a ZIP archive'],
    ['\xfd7zXZ\0\0\x04', 'unsupported-compression', 'xz-compressed'],
    ['BZh91AY&SY\0\x01', 'unsupported-compression', 'bzip2-compressed'],
    ['snoop\0\0\0\0\0\0\x02\0\0\0\x04', 'unsupported-capture', 'a snoop capture'],
    ['GMBU\0\x02\x01\0', 'unsupported-capture', 'Network Monitor'],
    ['\x1f\x8b\x08\0\0\0\0\0\0\x03', 'compressed', 'gzip'],
    ['\x28\xb5\x2f\xfd\x04\x58\0\0', 'compressed', 'zstd'],
    ['\x50\x2a\x4d\x18\x04\0\0\0', 'compressed', 'zstd'],
    ['\0\x01\x02\x03\x04\xff\xfe\xfd', 'not-a-capture', 'binary data'],
    ['\r\n\r\r\r\n\x1c\0\0\0', 'unsupported-capture', 'text-mode transfer'],
    [`${'\0'.repeat(257)}ustar`, 'unsupported-compression', 'a tar archive'],
  ])('%j', (text, code, says) => {
    const { reader, calls, feeder } = readText(text)
    expect(calls).toEqual([])
    expect(reader.rejection).toMatchObject({ code, message: expect.stringContaining(says) })
    expect(reader.rejection?.hint).not.toBe('')
    expect(feeder.damage?.message).toBe(reader.rejection?.message)
  })

  test.each([
    ['<!DOCTYPE html><html>', 'an HTML page'],
    ['{"log": {"version": "1.2"}}', 'an HTTP archive (HAR)'],
    ['{"a": 1}\n', 'JSON'],
    ['CLIENT_RANDOM 00ff 1234\n', 'a TLS key log'],
    ['# comment\nCLIENT_RANDOM 00ff 1234\n', 'a TLS key log'],
    ['Dear all,\nthe server is slow.\n', 'plain text'],
    ['BM is short for something\n', 'plain text'],
    ['-----BEGIN CERTIFICATE-----\n', 'a PEM key'],
  ])('text without a trace: %j', (text, says) => {
    const { reader, calls } = readText(text)
    expect(calls).toEqual([])
    expect(reader.rejection).toMatchObject({ code: 'no-trace', message: expect.stringContaining(says) })
  })

  test('an ERF capture, by two records in a row', () => {
    const record = Buffer.alloc(32)
    record.writeUInt32LE(1_218_334_381, 4)
    record[8] = 2
    record.writeUInt16BE(32, 10)
    const { reader } = readInChunks(Buffer.concat([record, record]))
    expect(reader.rejection).toMatchObject({ code: 'unsupported-capture', message: expect.stringContaining('ERF') })
  })
})

describe('text', () => {
  test('with packets goes to the text reader; prose around them does not matter', () => {
    const { reader, calls } = readText(`Hello\n${line}and\n${line}`)
    expect(reader.format).toBe('tcpdump-text')
    expect(reader.rejection).toBeNull()
    expect(calls.map((call) => call[0]).filter((method) => method !== 'comment')).toEqual([
      'capture',
      'interface',
      'packet',
      'packet',
    ])
  })

  test('goes on counting in a session', () => {
    const session = new CaptureSession()
    readText(line, session)
    session.nextFile()
    const { calls } = readText(line, session)
    expect(calls.map((call) => call.slice(0, 2))).toEqual([['packet', 2]])
  })

  test.each([
    ['UTF-8', Buffer.from('十点十三分 10:13:01 IP a > b\n')],
    ['UTF-16LE with a mark', Buffer.from('\ufeff10:13:01 IP a > b\n', 'utf16le')],
    ['UTF-16LE without one', Buffer.from('10:13:01 IP a > b\n', 'utf16le')],
    ['UTF-16BE without one', Buffer.from('10:13:01 IP a > b\n', 'utf16le').swap16()],
    ['GBK', Buffer.concat([Buffer.from('cabdd0c4c8cb', 'hex'), Buffer.from(' 10:13:01 IP a > b\r\n')])],
    ['a terminal’s colours', Buffer.from('\x1b[1m10:13:01\x1b[0m IP a > b\n')],
  ])('in %s is text', (_, bytes) => {
    expect(sniff(bytes, 0, bytes.length, true)).toEqual({ kind: 'text' })
  })
})

test('sniff decides at the same place whatever is there beyond', () => {
  const png = Buffer.concat([latin1('\x89PNG\r\n\x1a\n'), Buffer.alloc(8000, 5)])
  for (let end = 0; end <= png.length; end += 100) {
    const sniffed = sniff(png, 0, end, false)
    expect(sniffed.kind).toBe(end < 4096 ? 'undecided' : 'other')
  }
})
