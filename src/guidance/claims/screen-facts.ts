import { causeId, type Facts, type Incident, type Source, type Sourced } from '../facts/index.ts'
import type { Refusal } from './claim.ts'
import { findExcludedKind } from './excluded-kinds.ts'

/**
 * Holds the facts themselves to the rules on excluded kinds. What the operator says is a fact whatever it says; what others
 * say of causes and coincidences is withheld where it is of such a kind. The event itself stands: that something was
 * reported is known, even where what was reported is not repeated.
 */
export function screenFacts(facts: Facts): { readonly facts: Facts; readonly refused: readonly Refusal[] } {
  const screen = new Screen(facts.sources)
  return {
    facts: {
      ...facts,
      incidents: facts.incidents.map((incident) => screen.incident(incident)),
      practices: facts.practices.map((item) => screen.item(item)),
      remediations: facts.remediations.map((item) => screen.item(item)),
      demand: facts.demand.map((item) => screen.item(item)),
      limitChanges: facts.limitChanges.map((item) => screen.item(item)),
      observations: facts.observations.map((item) => screen.item(item)),
    },
    refused: screen.refused,
  }
}

class Screen {
  readonly refused: Refusal[] = []
  readonly #primary: ReadonlySet<string>

  constructor(sources: readonly Source[]) {
    this.#primary = new Set(sources.filter(({ type }) => type === 'primary').map(({ id }) => id))
  }

  incident(incident: Incident): Incident {
    return {
      ...incident,
      title: this.item({ id: incident.id, text: incident.title, sources: incident.sources }).text,
      cause: this.#cause(incident),
      events: incident.events.map((event) => this.item(event)),
    }
  }

  item<T extends Sourced & { readonly id: string; readonly text: string }>(item: T): T {
    if (item.sources.some((id) => this.#primary.has(id))) return item
    const found = findExcludedKind({ said: item.text, disclosed: '', declaredAmounts: [] })
    if (found === undefined) return item
    this.refused.push({ id: item.id, text: item.text, ...found })
    return { ...item, text: `(withheld: ${found.rule})` }
  }

  #cause({ id, cause }: Incident): Incident['cause'] {
    if (cause === undefined) return undefined
    const isDisclosed = cause.sources.some((source) => this.#primary.has(source))
    if (cause.status === 'confirmed' && !isDisclosed) {
      const why = 'only the operator can confirm a cause, and none of its own sources is cited'
      this.refused.push({ id: causeId(id), text: cause.text, rule: 'unsubstantiated-root-cause', why })
      return undefined
    }
    const before = this.refused.length
    this.item({ id: causeId(id), text: cause.text, sources: cause.sources })
    return this.refused.length > before ? undefined : cause
  }
}
