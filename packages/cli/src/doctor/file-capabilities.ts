/** struct vfs_cap_data (linux/capability.h): its version and flags, then bits 0 to 31 of what the program may do, and of
 *  what it may inherit. */
const PERMITTED = 4
const SHORTEST_BYTES = 12

/** Those that a capture needs, by their bits. */
const NAMES = [
  [1 << 12, 'cap_net_admin'],
  [1 << 13, 'cap_net_raw'],
] as const

/** The rights to capture in the attribute security.capability of a program's file, as getcap(8) names them; null: the
 *  attribute is cut off. */
export function parseFileCapabilities(attribute: Buffer): string[] | null {
  if (attribute.length < SHORTEST_BYTES) return null
  const permitted = attribute.readUInt32LE(PERMITTED)
  return NAMES.filter(([bit]) => (permitted & bit) !== 0).map(([, name]) => name)
}
