import type { Facts } from './facts.ts'
import type { Sourced } from './source.ts'

/** Only what a known source says. Without one there is no fact, whoever supplied it. */
export function sourcedOnly(facts: Facts): Facts {
  const known = new Set(facts.sources.map(({ id }) => id))
  const isSourced = ({ sources }: Sourced): boolean => sources.some((id) => known.has(id))
  return {
    ...facts,
    period: facts.period !== undefined && isSourced(facts.period) ? facts.period : undefined,
    incidents: facts.incidents.filter(isSourced).map((incident) => ({
      ...incident,
      cause: incident.cause !== undefined && isSourced(incident.cause) ? incident.cause : undefined,
      events: incident.events.filter(isSourced),
    })),
    practices: facts.practices.filter(isSourced),
    remediations: facts.remediations.filter(isSourced),
    demand: facts.demand.filter(isSourced),
    limitChanges: facts.limitChanges.filter(isSourced),
    costs: facts.costs.filter(isSourced),
    observations: facts.observations.filter(isSourced),
  }
}
