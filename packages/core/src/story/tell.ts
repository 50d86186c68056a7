import type { PacketMessageId, PacketMessageParams } from './messages/packet-types.ts'

/** Adds a sentence about the current packet. */
export type Tell = <I extends PacketMessageId>(id: I, params: PacketMessageParams<I>) => void
