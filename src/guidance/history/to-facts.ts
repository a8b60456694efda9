import type { Facts } from '../facts/index.ts'
import type { History } from './schema.ts'

/** A history as facts: events get their ids, lists that were left out are empty. */
export function toFacts(history: History): Facts {
  return {
    subject: history.subject,
    asOf: history.asOf,
    period: history.period,
    sources: history.sources,
    incidents: history.incidents.map((incident) => ({
      ...incident,
      events: incident.events.map((event, index) => ({ ...event, id: event.id ?? `${incident.id}.${index + 1}` })),
    })),
    practices: history.practices ?? [],
    remediations: history.remediations ?? [],
    demand: history.demand ?? [],
    limitChanges: history.limitChanges ?? [],
    costs: history.costs ?? [],
    observations: history.observations ?? [],
    claims: history.claims ?? [],
  }
}
