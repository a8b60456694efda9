import type { Facts } from './facts.ts'
import type { EventKind, IncidentEvent } from './incident.ts'
import { showMoment, type Moment } from './moment.ts'
import type { Source, SourceType } from './source.ts'

/** One citable fact. */
export interface FactEntry {
  readonly id: string
  readonly text: string
  readonly sources: readonly string[]
  readonly at?: Moment | undefined
  readonly kind:
    | EventKind
    | 'record'
    | 'incident'
    | 'cause'
    | 'practice'
    | 'remediation'
    | 'demand'
    | 'limit-change'
    | 'cost'
    | 'observation'
  readonly incident?: string | undefined
}

/** The description as a whole: what an absence is seen in. */
export const RECORD_ID = 'the-record'

/** Everything that can be cited, by id, and the sources behind it. */
export class FactCatalogue {
  readonly entries: ReadonlyMap<string, FactEntry>
  readonly #sources: ReadonlyMap<string, Source>

  constructor(facts: Facts) {
    this.#sources = new Map(facts.sources.map((source) => [source.id, source]))
    this.entries = new Map(entriesOf(facts).map((entry) => [entry.id, entry]))
  }

  get(id: string): FactEntry | undefined {
    return this.entries.get(id)
  }

  sourceType(id: string): SourceType | undefined {
    return this.#sources.get(id)?.type
  }

  hasPrimary(sources: readonly string[]): boolean {
    return sources.some((id) => this.sourceType(id) === 'primary')
  }

  /** The sources of several facts together, each once. */
  sourcesOf(ids: readonly string[]): readonly string[] {
    return [...new Set(ids.flatMap((id) => this.get(id)?.sources ?? []))]
  }
}

function entriesOf(facts: Facts): readonly FactEntry[] {
  const { incidents, practices, remediations } = facts
  const record = `${incidents.length} incidents, ${practices.length} practices and ${remediations.length} promised repairs are described, up to ${showMoment(facts.asOf)}.`
  const entries: FactEntry[] = [
    { id: RECORD_ID, text: record, sources: facts.sources.map(({ id }) => id), kind: 'record' },
  ]
  for (const { id, title, sources, events, cause } of facts.incidents) {
    entries.push({ id, text: title, sources, kind: 'incident', incident: id })
    if (cause !== undefined)
      entries.push({ id: causeId(id), text: cause.text, sources: cause.sources, kind: 'cause', incident: id })
    for (const event of events) entries.push(eventEntry(event, id))
  }
  for (const { id, text, sources } of facts.practices) entries.push({ id, text, sources, kind: 'practice' })
  for (const { id, text, sources } of facts.remediations) entries.push({ id, text, sources, kind: 'remediation' })
  for (const { id, text, sources, since } of facts.demand)
    entries.push({ id, text, sources, at: since, kind: 'demand' })
  for (const { id, text, sources, at } of facts.limitChanges)
    entries.push({ id, text, sources, at, kind: 'limit-change' })
  for (const { id, text, sources } of facts.costs) entries.push({ id, text, sources, kind: 'cost' })
  for (const { id, text, sources, at } of facts.observations)
    entries.push({ id, text, sources, at, kind: 'observation' })
  return entries
}

/** What the cause of an incident is cited by. */
export function causeId(incident: string): string {
  return `${incident}.cause`
}

function eventEntry({ id, text, sources, at, kind }: IncidentEvent, incident: string): FactEntry {
  return { id, text: `${showMoment(at)}: ${text}`, sources, at, kind, incident }
}
