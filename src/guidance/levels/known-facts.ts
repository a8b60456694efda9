import {
  FactCatalogue,
  type Facts,
  type IncidentTiming,
  type Practice,
  type PracticeKind,
  timingOf,
} from '../facts/index.ts'

type PracticeOf<K extends PracticeKind> = Extract<Practice, { readonly kind: K }>

/**
 * The facts as the checks ask for them. A check is met by something that is there, never by something that is not: so
 * taking a fact away can cap a level, and cannot raise one.
 */
export class KnownFacts {
  readonly facts: Facts
  readonly catalogue: FactCatalogue
  readonly timings: readonly IncidentTiming[]

  constructor(facts: Facts) {
    this.facts = facts
    this.catalogue = new FactCatalogue(facts)
    this.timings = facts.incidents.map(timingOf)
  }

  practices<K extends PracticeKind>(kind: K): readonly PracticeOf<K>[] {
    return this.facts.practices.filter((practice): practice is PracticeOf<K> => practice.kind === kind)
  }

  inPlace<K extends PracticeKind>(kind: K): readonly PracticeOf<K>[] {
    return this.practices(kind).filter(({ state }) => state === 'in-place')
  }

  /** All platforms that a gate or an evaluation must cover; undefined where they are not known. */
  get platforms(): readonly string[] | undefined {
    const { platforms } = this.facts.subject
    return platforms === undefined || platforms.length === 0 ? undefined : platforms
  }

  /** A total for the whole period, never less than what is described. */
  total(of: 'incidents' | 'remediations' | 'changes'): number | undefined {
    return this.facts.period?.[of]
  }
}

export function idsOf(items: readonly { readonly id: string }[]): readonly string[] {
  return items.map(({ id }) => id)
}
