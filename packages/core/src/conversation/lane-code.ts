import { encodeModule } from '../bytes/wasm-code.ts'
import { takeSyn } from './lane-opening.ts'
import { writeSteps } from './lane-steps.ts'
import { type LaneOptions, LaneWriter, PARAMETERS } from './lane-writer.ts'

/** What usual.ts does, as a WebAssembly module with one function run(at, end) over a buffer of records of a little-endian
 *  pcap file of Ethernet frames: code that is fast from the first packet on and calls nothing for most of them. It
 *  returns a LaneStop. */
export function generateLane(options: LaneOptions): Uint8Array {
  const { code } = new LaneWriter(options).write(writeSteps, takeSyn)
  const { pages, maxPages } = options
  return encodeModule({ pages, maxPages, globals: [], name: 'run', parameters: PARAMETERS, code })
}
