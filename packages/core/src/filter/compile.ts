import { assemble } from './assemble.ts'
import { type Block, returnBlock } from './block.ts'
import type { BpfProgram } from './bpf.ts'
import { link } from './condition.ts'
import { FilterError } from './error.ts'
import { Context } from './generate/context.ts'
import { checkPart, generate } from './generate/generate.ts'
import { prepareVlan } from './generate/vlan.ts'
import type { FilterNames } from './names.ts'
import { optimize } from './optimise/optimise.ts'
import { parseFilter } from './syntax/parser.ts'
import type { FilterNode } from './syntax/tree.ts'

export interface FilterOptions {
  /** LINKTYPE_ number of the capture. */
  readonly link: number
  /** What the program returns for a packet that it accepts: bytes to keep. */
  readonly snaplen: number
  /** False for tcpdump's -O. */
  readonly optimize: boolean
  /** Of the network that is captured on, as a 32-bit number, for `ip broadcast`; null = unknown. tcpdump has 0 for files. */
  readonly netmask: number | null
  readonly names: FilterNames
  /** Whether packets come from a file, where no kernel tells their direction and interface. Default: no. */
  readonly isSavefile?: boolean
  /** Whether the program is for Linux's kernel: it tells a VLAN tag that the interface has taken out of the packet.
   *  Default: no. */
  readonly isLinuxCapture?: boolean
  /** Whether the file is one of a big-endian machine (it decides how the address family of LINKTYPE_NULL is read). */
  readonly isBigEndian?: boolean
}

export interface CompiledFilter {
  readonly program: BpfProgram
}

/** Text of a pcap-filter(7) expression → classic BPF program. An empty one accepts all. Throws FilterError. */
export function compileFilter(expression: string, options: FilterOptions): CompiledFilter {
  const { root, error, completed } = parseFilter(expression)
  const context = newContext(options)
  if (error !== null) {
    for (const node of completed) checkPart(context, node)
    throw error
  }
  const accept = returnBlock(options.snaplen)
  if (root === null) return { program: assemble(accept) }
  const entry = prepareVlan(context, link(generate(context, root), accept, returnBlock(0)), options.optimize)
  return { program: assemble(options.optimize && context.mayOptimize ? optimized(entry, root) : entry) }
}

function optimized(entry: Block, { at, end }: FilterNode): Block {
  try {
    const { root, rejectsAll } = optimize(entry)
    if (!rejectsAll) return root
    throw new FilterError('rejects-all', 'expression rejects all packets')
  } catch (error) {
    if (error instanceof FilterError) {
      error.at = at
      error.end = end
    }
    throw error
  }
}

function newContext(options: FilterOptions): Context {
  return new Context({
    link: options.link,
    netmask: options.netmask,
    names: options.names,
    isSavefile: options.isSavefile ?? false,
    isLinuxCapture: options.isLinuxCapture ?? false,
    isBigEndian: options.isBigEndian ?? false,
  })
}
