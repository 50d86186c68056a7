/** The only door of @wiretale/core. */
export type * from './report/model.ts'
