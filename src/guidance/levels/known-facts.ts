import {
  FactCatalogue,
  type Facts,
  type IncidentEvent,
  type IncidentTiming,
  type Practice,
  type PracticeKind,
  type Remediation,
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

  /** The changes of which it is known on how many platforms they were tried before they served. */
  get changes(): readonly IncidentEvent[] {
    return this.facts.incidents.flatMap(({ events }) => events.filter(({ validated }) => validated !== undefined))
  }

  /** Repairs that are known to be closed by their due date. */
  get keptRepairs(): readonly Remediation[] {
    return this.facts.remediations.filter(
      ({ state, due, closed }) =>
        state === 'closed' && due !== undefined && closed !== undefined && closed.fromMs <= due.toMs,
    )
  }

  /** All platforms that a gate or an evaluation must cover; undefined where they are not known. */
  get platforms(): readonly string[] | undefined {
    const { platforms } = this.facts.subject
    return platforms === undefined || platforms.length === 0 ? undefined : platforms
  }

  /** A total for the whole period, as it was declared. */
  total(of: 'incidents' | 'remediations' | 'changes'): number | undefined {
    return this.facts.period?.[of]
  }
}

export function idsOf(items: readonly { readonly id: string }[]): readonly string[] {
  return items.map(({ id }) => id)
}
