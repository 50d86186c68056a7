/** What a header check says instead of an offset. Both are values: packet bytes never throw. */

/** The capture ends inside the header. */
export const TRUNCATED = -1
/** The header contradicts itself. */
export const MALFORMED = -2
