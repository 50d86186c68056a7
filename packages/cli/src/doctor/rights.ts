import type { Koffi } from '../capture/koffi.ts'
import { effectiveCapabilities } from '../process/programs.ts'
import type { Fact } from './check.ts'
import { parseFileCapabilities } from './file-capabilities.ts'
import type { Machine } from './machine.ts'

/** CAP_NET_RAW (linux/capability.h). */
const NET_RAW = 1 << 13
/** Larger than any version of the attribute. */
const ATTRIBUTE_BYTES = 64

/** What this process may do, and what the file of its node gives. */
export function checkRights({ koffi }: Machine): readonly Fact[] {
  const user = process.geteuid?.() ?? null
  const isLinux = process.platform === 'linux'
  const mayCapture = isLinux ? (effectiveCapabilities() & NET_RAW) !== 0 : user === 0 || null
  const node = process.execPath
  const nodeFile = isLinux && koffi.it !== null ? readFileCapabilities(koffi.it, node) : null
  const status = mayCapture === null ? 'unknown' : mayCapture ? 'ok' : 'warning'
  return [{ check: 'rights', status, user, mayCapture, nodeFile, node }]
}

/** Null: not known. */
function readFileCapabilities(koffi: Koffi, path: string): string[] | null {
  try {
    const prototype = 'long getxattr(const char *, const char *, void *, size_t)'
    type Read = (path: string, name: string, value: Buffer, size: number) => number
    const getxattr = koffi.load(null).func(prototype) as unknown as Read
    const value = Buffer.alloc(ATTRIBUTE_BYTES)
    const length = getxattr(path, 'security.capability', value, ATTRIBUTE_BYTES)
    if (length >= 0) return parseFileCapabilities(value.subarray(0, length))
    const { ENODATA, EOPNOTSUPP } = koffi.os.errno
    return [ENODATA, EOPNOTSUPP].includes(koffi.errno()) ? [] : null
  } catch {
    return null
  }
}
