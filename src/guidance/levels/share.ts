import type { KnownFacts } from './known-facts.ts'
import { contradicted, type Finding, met, missing } from './requirement.ts'

export interface ShareCheck {
  readonly of: 'incidents' | 'remediations' | 'changes'
  /** The smallest share that meets it, from 0 to 1. */
  readonly atLeast: number
  /** What counts, by id. */
  readonly good: readonly string[]
  /** What is known to be otherwise, by id. */
  readonly bad: readonly string[]
  /** "closed by their due date" */
  readonly what: string
}

/**
 * A share of the period's declared total. What is not described counts as not good: otherwise leaving out the worst
 * incident would make a better level.
 */
export function checkShare(known: KnownFacts, { of, atLeast, good, bad, what }: ShareCheck): Finding {
  const total = known.total(of)
  const named = of === 'remediations' ? 'promised repairs' : of
  if (total === undefined) {
    const seen =
      good.length + bad.length === 0
        ? ''
        : ` Of those described, ${good.length} are ${what}, ${bad.length} known not to be.`
    return missing(`How many ${named} there were in all is not stated, so no share can be proven.${seen}`, [
      ...good,
      ...bad,
    ])
  }
  if (total === 0) return missing(`There were no ${named}, so nothing shows how they go.`)
  const text = `${good.length} of ${total} ${named} are known to be ${what}; ${percent(atLeast)} are required.`
  if (good.length / total >= atLeast) return met(text, good)
  // What is known to be otherwise settles it where even all the rest could not make up for it.
  return bad.length / total > 1 - atLeast ? contradicted(text, bad) : missing(text, [...good, ...bad])
}

function percent(share: number): string {
  return share === 1 ? 'all' : `at least ${Math.round(share * 100)} %`
}
