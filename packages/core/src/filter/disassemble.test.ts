import { expect, it } from 'vitest'
import type { BpfProgram } from './bpf.ts'
import { disassemble } from './disassemble.ts'

function programOf(...rows: readonly (readonly [code: number, jt: number, jf: number, k: number])[]): BpfProgram {
  return {
    length: rows.length,
    code: Uint16Array.from(rows, ([code]) => code),
    jt: Uint8Array.from(rows, ([, jt]) => jt),
    jf: Uint8Array.from(rows, ([, , jf]) => jf),
    k: Uint32Array.from(rows, ([, , , k]) => k),
  }
}

const program = programOf([0x28, 0, 0, 12], [0x15, 0, 1, 0x800], [0x06, 0, 0, 262144], [0x06, 0, 0, 0])

it('lists a program in the three forms of tcpdump', () => {
  expect(disassemble(program, 'human')).toBe(
    '(000) ldh      [12]\n(001) jeq      #0x800           jt 2\tjf 3\n(002) ret      #262144\n(003) ret      #0\n',
  )
  expect(disassemble(program, 'c')).toBe(
    '{ 0x28, 0, 0, 0x0000000c },\n{ 0x15, 0, 1, 0x00000800 },\n{ 0x6, 0, 0, 0x00040000 },\n{ 0x6, 0, 0, 0x00000000 },\n',
  )
  expect(disassemble(program, 'decimal')).toBe('4\n40 0 0 12\n21 0 1 2048\n6 0 0 262144\n6 0 0 0\n')
})

it.each([
  [0x00, 5, 'ld       #0x5'],
  [0x01, 40, 'ldx      #0x28'],
  [0x20, 26, 'ld       [26]'],
  [0x30, 23, 'ldb      [23]'],
  [0x28, 0xfffff004, 'ldh      [type]'],
  [0x20, 0xfffff008, 'ld       [ifidx]'],
  [0x40, 14, 'ld       [x + 14]'],
  [0x50, 0xffffffff, 'ldb      [x + -1]'],
  [0x60, 3, 'ld       M[3]'],
  [0x61, 3, 'ldx      M[3]'],
  [0x80, 0, 'ld       #pktlen'],
  [0xb1, 14, 'ldxb     4*([14]&0xf)'],
  [0x02, 1, 'st       M[1]'],
  [0x03, 2, 'stx      M[2]'],
  [0x04, 9, 'add      #9'],
  [0x54, 255, 'and      #0xff'],
  [0xa4, 7, 'xor      #0x7'],
  [0x94, 7, 'mod      #7'],
  [0x1c, 0, 'sub      x'],
  [0x84, 0, 'neg      '],
  [0x05, 0xfffffff0, 'ja       -15'],
  [0x07, 0, 'tax      '],
  [0x87, 0, 'txa      '],
  [0x16, 0, 'ret      '],
  [0xff, 0, 'unimp    0xff'],
])('lists instruction 0x%s', (code, k, text) => {
  expect(disassemble(programOf([code, 0, 0, k]), 'human')).toBe(`(000) ${text}\n`)
})
