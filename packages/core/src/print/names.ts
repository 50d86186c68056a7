import type { Offset } from '../units.ts'
import { ipv6Text } from './ipv6-text.ts'
import type { Line } from './line.ts'
import type { PrintNames, PrintOptions, ServiceProtocol } from './options.ts'
import { ouiName } from './oui.ts'
import { printName } from './safe-text.ts'

/** Writes addresses and numbers, by name where names are asked for and known. The caller of the methods that read an
 *  address has checked that its bytes are there. */
export class NameWriter {
  private readonly names: PrintNames
  private readonly numeric: boolean
  private readonly unqualified: boolean

  constructor(names: PrintNames, options: PrintOptions) {
    this.names = names
    this.numeric = options.numeric
    this.unqualified = options.unqualified
  }

  ipv4(out: Line, b: Uint8Array, at: Offset): void {
    if (this.numeric || !this.host(out, b, at, 4)) out.ipv4(b, at)
  }

  ipv6(out: Line, b: Uint8Array, at: Offset): void {
    if (this.numeric || !this.host(out, b, at, 16)) out.text(ipv6Text(b, at))
  }

  port(out: Line, port: number, protocol: ServiceProtocol): void {
    const name = this.numeric ? null : this.names.service(port, protocol)
    if (name === null) out.decimal(port)
    else printName(out, name)
  }

  /** Without `-n` the vendor's name follows the address, of the few vendors that tcpdump knows. */
  ether(out: Line, b: Uint8Array, at: Offset): void {
    const name = this.names.ether(b, at)
    if (name !== null) {
      printName(out, name)
      return
    }
    out.ether(b, at)
    if (this.numeric) return
    out.text(' (oui ')
    out.text(ouiName((b[at] << 16) | (b[at + 1] << 8) | b[at + 2]))
    out.byte(0x29)
  }

  /** Name of this machine's interface of that index, or null. */
  interface(index: number): string | null {
    return this.names.interface?.(index) ?? null
  }

  /** Name of an IP protocol, or null under `-n` and where there is none. */
  protocol(number: number): string | null {
    return this.numeric ? null : this.names.protocol(number)
  }

  private host(out: Line, b: Uint8Array, at: Offset, bytes: 4 | 16): boolean {
    const name = this.names.host(b, at, bytes)
    if (name === null) return false
    const dot = this.unqualified ? name.indexOf('.') : -1
    printName(out, dot > 0 ? name.slice(0, dot) : name)
    return true
  }
}
