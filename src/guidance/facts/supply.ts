import type { Facts } from './facts.ts'

/** The port: anything that can say what is known. */
export interface FactSupply {
  collect(): Promise<Facts>
}

/** One body of facts from several; the first that names a subject, a day or a period decides on it. */
export function joinFacts(first: Facts, ...others: readonly Facts[]): Facts {
  const all = [first, ...others]
  return {
    subject: first.subject,
    asOf: all.map(({ asOf }) => asOf).reduce((latest, asOf) => (asOf.toMs > latest.toMs ? asOf : latest)),
    period: all.find(({ period }) => period !== undefined)?.period,
    sources: all.flatMap(({ sources }) => sources),
    incidents: all.flatMap(({ incidents }) => incidents),
    practices: all.flatMap(({ practices }) => practices),
    remediations: all.flatMap(({ remediations }) => remediations),
    demand: all.flatMap(({ demand }) => demand),
    limitChanges: all.flatMap(({ limitChanges }) => limitChanges),
    costs: all.flatMap(({ costs }) => costs),
    observations: all.flatMap(({ observations }) => observations),
    claims: all.flatMap(({ claims }) => claims),
  }
}
