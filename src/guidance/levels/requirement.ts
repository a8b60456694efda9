import { idsOf, type KnownFacts } from './known-facts.ts'

export const loops = ['signal', 'cadence', 'guidance'] as const
/** In the order of dependence: evidence first, then rhythm, then what is aimed at. */
export type Loop = (typeof loops)[number]
export type Level = 1 | 2 | 3 | 4 | 5

/** What the facts say on a requirement. Both `contradicted` and `missing` cap a level; only `met` lets one pass. */
export interface Finding {
  readonly status: 'met' | 'contradicted' | 'missing'
  /** One sentence: what is there, or what is not. */
  readonly text: string
  /** The facts it rests on, by id. */
  readonly facts: readonly string[]
}

export interface Requirement {
  readonly id: string
  /** The level that cannot be had without it. */
  readonly level: Exclude<Level, 1>
  readonly text: string
  /** What meets it. */
  readonly action: string
  readonly check: (known: KnownFacts) => Finding
}

export function met(text: string, facts: readonly string[]): Finding {
  return { status: 'met', text, facts }
}

export function contradicted(text: string, facts: readonly string[]): Finding {
  return { status: 'contradicted', text, facts }
}

export function missing(text: string, facts: readonly string[] = []): Finding {
  return { status: 'missing', text, facts }
}

export interface Showing {
  /** What meets it. */
  readonly good: readonly { readonly id: string }[]
  /** What is known of the subject without meeting it; looked at only where nothing does. */
  readonly others: readonly { readonly id: string }[]
  readonly yes: string
  readonly no: string
  readonly unknown: string
}

/** One that is good is enough; else whatever is known of the subject contradicts. */
export function shownBy({ good, others, yes, no, unknown }: Showing): Finding {
  if (good.length > 0) return met(yes, idsOf(good))
  return others.length > 0 ? contradicted(no, idsOf(others)) : missing(unknown)
}
