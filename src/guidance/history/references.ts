import { type DocumentPath, nearestKey } from '../../yaml/index.ts'
import type { Complaint } from './complaint.ts'
import type { History } from './schema.ts'

/** Names that stand for nothing or for two things. Claims are not among it: the rules refuse those, with the rest going on. */
export function checkReferences(history: History): readonly Complaint[] {
  const checks = new ReferenceChecks(history)
  checks.run()
  return checks.complaints
}

class ReferenceChecks {
  readonly complaints: Complaint[] = []
  readonly #history: History
  readonly #sources: ReadonlySet<string>
  readonly #incidents: ReadonlySet<string>
  readonly #seen = new Map<string, string>()

  constructor(history: History) {
    this.#history = history
    this.#sources = new Set(history.sources.map(({ id }) => id))
    this.#incidents = new Set(history.incidents.map(({ id }) => id))
  }

  run(): void {
    const { sources, incidents, remediations, costs, period } = this.#history
    const seenSources = new Set<string>()
    for (const [index, { id }] of sources.entries()) {
      if (seenSources.has(id)) this.#report(['sources', index, 'id'], `there are two sources called "${id}"`)
      seenSources.add(id)
    }
    if (period !== undefined) this.#cited(period.sources, ['period'])
    for (const [index, incident] of incidents.entries()) {
      const path = ['incidents', index]
      this.#item(incident, path)
      if (incident.cause !== undefined) this.#cited(incident.cause.sources, [...path, 'cause'])
      for (const [number, event] of incident.events.entries()) {
        const at = [...path, 'events', number]
        this.#unique(event.id ?? `${incident.id}.${number + 1}`, event.id === undefined ? at : [...at, 'id'])
        this.#cited(event.sources, at)
        for (const [other, account] of (event.accounts ?? []).entries())
          this.#cited(account.sources, [...at, 'accounts', other])
      }
    }
    for (const name of ['practices', 'remediations', 'demand', 'limitChanges', 'costs', 'observations'] as const)
      for (const [index, item] of (this.#history[name] ?? []).entries()) this.#item(item, [name, index])
    for (const [index, observation] of (this.#history.observations ?? []).entries())
      for (const [other, account] of (observation.accounts ?? []).entries())
        this.#cited(account.sources, ['observations', index, 'accounts', other])
    for (const [index, claim] of (this.#history.claims ?? []).entries()) this.#unique(claim.id, ['claims', index, 'id'])
    for (const [index, remediation] of (remediations ?? []).entries())
      for (const [number, id] of remediation.incidents.entries())
        this.#known(id, this.#incidents, 'incident', ['remediations', index, 'incidents', number])
    for (const [index, { incident }] of (costs ?? []).entries())
      if (incident !== undefined) this.#known(incident, this.#incidents, 'incident', ['costs', index, 'incident'])
  }

  #item({ id, sources }: { readonly id: string; readonly sources: readonly string[] }, path: DocumentPath): void {
    this.#unique(id, [...path, 'id'])
    this.#cited(sources, path)
  }

  #cited(sources: readonly string[], owner: DocumentPath): void {
    for (const [index, id] of sources.entries()) this.#known(id, this.#sources, 'source', [...owner, 'sources', index])
  }

  #known(id: string, known: ReadonlySet<string>, kind: string, path: DocumentPath): void {
    if (known.has(id)) return
    const near = nearestKey(id, [...known])
    const hint =
      near === undefined ? `declared are ${[...known].slice(0, 10).join(', ') || 'none'}` : `did you mean "${near}"?`
    this.#report(path, `there is no ${kind} "${id}"; ${hint}`)
  }

  #unique(id: string, path: DocumentPath): void {
    const first = this.#seen.get(id)
    const here = String(path[0])
    if (first === undefined) this.#seen.set(id, here)
    else
      this.#report(
        path,
        `"${id}" is the id of something in ${first} already; ids are cited, so each stands for one thing`,
      )
  }

  #report(path: DocumentPath, message: string): void {
    this.complaints.push({ path, at: 'value', message })
  }
}
