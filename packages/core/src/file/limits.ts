/** Bounds that keep a hostile file from taking memory. libpcap refuses packets beyond 262,144 bytes for most link types
 *  and 128 MiB for USB and D-Bus; one generous bound serves all here. */

/** Longest packet or block that a reader accepts, in bytes. */
export const MAX_RECORD_BYTES = 16 * 1024 * 1024

/** Most interfaces that one input may describe. */
export const MAX_INTERFACES = 65_536
