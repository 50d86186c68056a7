/** The only door of @wiretale/core. */
export type * from './model/lines.ts'
