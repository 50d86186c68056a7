import type { CheckName, Fact, Status } from '../check.ts'

/** What a check found, and what to do about it; null: nothing. */
export interface Sentence {
  readonly text: string
  readonly advice: string | null
}

/** The words of the report. Each language implements all of it. */
export interface DoctorMessages {
  readonly status: Readonly<Record<Status, string>>
  readonly name: Readonly<Record<CheckName, string>>
  readonly sentence: { readonly [K in CheckName]: (fact: Fact<K>) => Sentence }
}

export function says(text: string, advice: string | null = null): Sentence {
  return { text, advice }
}
