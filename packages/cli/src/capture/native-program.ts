import type { BpfProgram } from '@wiretale/core'
import type { Libpcap } from './libpcap.ts'

const INSTRUCTION_BYTES = 8
const SOL_SOCKET = 1
const SO_ATTACH_FILTER = 26
const BPF_RET_K = 0x06
const NO_PACKET: BpfProgram = {
  length: 1,
  code: Uint16Array.of(BPF_RET_K),
  jt: Uint8Array.of(0),
  jf: Uint8Array.of(0),
  k: Uint32Array.of(0),
}
const EVERY_PACKET: BpfProgram = { ...NO_PACKET, k: Uint32Array.of(0x7fffffff) }

/** Gives libpcap the filter for `handle`; null: every packet. False if it does not take it: pcap_geterr has the words.
 *  Where only the kernel does not take it, libpcap says so on standard error and filters itself. */
export function installFilter(pcap: Libpcap, handle: bigint, program: BpfProgram | null): boolean {
  return pcap.setFilter(handle, layOut(pcap, program ?? EVERY_PACKET, false)) === 0
}

/** Has the kernel let no further packet come, so that what it holds has an end. Linux; false elsewhere. */
export function turnAwayPackets(pcap: Libpcap, socket: number): boolean {
  if (process.platform !== 'linux' || socket < 0) return false
  const program = layOut(pcap, NO_PACKET, true)
  return pcap.setSocketOption(socket, SOL_SOCKET, SO_ATTACH_FILTER, program, headerBytes(pcap)) === 0
}

/** struct bpf_program (`isSocket`: struct sock_fprog, whose length is shorter), then the instructions it points to. */
function layOut(pcap: Libpcap, program: BpfProgram, isSocket: boolean): Uint8Array {
  const header = headerBytes(pcap)
  const bytes = new Uint8Array(header + program.length * INSTRUCTION_BYTES)
  const address = pcap.koffi.address(bytes) + BigInt(header)
  if (isSocket) new Uint16Array(bytes.buffer, 0, 1)[0] = program.length
  else new Uint32Array(bytes.buffer, 0, 1)[0] = program.length
  if (header === 16) new BigUint64Array(bytes.buffer, 8, 1)[0] = address
  else new Uint32Array(bytes.buffer, 4, 1)[0] = Number(address)
  const halves = new Uint16Array(bytes.buffer, header)
  const words = new Uint32Array(bytes.buffer, header)
  for (let i = 0; i < program.length; i++) {
    const at = header + i * INSTRUCTION_BYTES
    halves[i * 4] = program.code[i]
    bytes[at + 2] = program.jt[i]
    bytes[at + 3] = program.jf[i]
    words[i * 2 + 1] = program.k[i]
  }
  return bytes
}

/** A number, and an address after it where addresses of this machine begin. */
function headerBytes(pcap: Libpcap): number {
  return 2 * pcap.koffi.sizeof('void *')
}
