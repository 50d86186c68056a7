/** The only door of @wiretale/core. */

export { ChunkFeeder } from './file/feeder.ts'
export { linkTypeDescription, linkTypeName, linkTypeNumber } from './file/link-types.ts'
export { PcapWriter } from './file/pcap-writer.ts'
export { PcapngWriter } from './file/pcapng-writer.ts'
export { type AnyReader, openCapture, type Rejection, type RejectionCode } from './file/reader.ts'
export * from './file/record.ts'
export { CaptureSession } from './file/session.ts'
export { SNIFF_BYTES, type Sniffed, sniff } from './file/sniff.ts'
export type * from './model/lines.ts'
