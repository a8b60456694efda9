import { describe, expect, test } from 'bun:test'
import { readdirSync, readFileSync } from 'node:fs'
import { diagnose, type Diagnosis, parseHistory, starterHistory, toJson } from './index.ts'
import type { Facts, IncidentEvent } from './facts/index.ts'

const examples = new URL('../../examples/incidents/', import.meta.url)

function load(name: string): Facts {
  const result = parseHistory(readFileSync(new URL(name, examples), 'utf8'), { source: name })
  if (!result.ok) throw new Error(JSON.stringify(result.problems))
  return result.facts
}

const seed = load('anthropic-2025-2026.yaml')

function levels({ assessments }: Diagnosis): readonly number[] {
  return [assessments.signal.level, assessments.cadence.level, assessments.guidance.level]
}

function debtRow(facts: Facts, category: string): Diagnosis['debt'][number] {
  const row = diagnose(facts).debt.find((candidate) => candidate.category === category)
  if (row === undefined) throw new Error(category)
  return row
}

function withEvents(facts: Facts, change: (events: readonly IncidentEvent[]) => readonly IncidentEvent[]): Facts {
  return { ...facts, incidents: facts.incidents.map((incident) => ({ ...incident, events: change(incident.events) })) }
}

describe('the history of August 2025 to March 2026', () => {
  const diagnosis = diagnose(seed)

  test('levels, state, binding constraint, order and targets', () => {
    expect(levels(diagnosis)).toEqual([1, 2, 3])
    expect(diagnosis.systemState.name).toBe('ungovernable')
    expect(diagnosis.bindingConstraint).toBe('signal')
    expect(diagnosis.order).toEqual(['signal', 'cadence', 'guidance'])
    expect(diagnosis.steps.map(({ loop, from, to }) => [loop, from, to])).toEqual([
      ['signal', 1, 4],
      ['cadence', 2, 4],
      ['guidance', 3, 5],
    ])
  })

  test('six rows of debt with their figures, class and sources', () => {
    const { catalogue } = diagnosis.known
    expect(diagnosis.debt.map(({ category, value, unit, class: name }) => [category, value, unit, name])).toEqual([
      ['detection latency', 30, 'days', 'Fact'],
      ['remediation recurrence', 3, 'incidents', 'Correlation'],
      ['customer-led detection', 19, 'minutes', 'Fact'],
      ['capacity surprise', 60, 'percent growth', 'Fact'],
      ['fix-revert cycling', 11, 'minutes', 'Fact'],
      ['communication debt', 1, 'changes', 'Fact'],
    ])
    for (const { facts } of diagnosis.debt) expect(catalogue.sourcesOf(facts).length).toBeGreaterThan(0)
    expect(debtRow(seed, 'detection latency').evidence).toContain(
      '3 faults were in production at the same time from 2025-08-25 to 2025-09-02',
    )
  })

  test('the cascade has its three arrows, each with facts', () => {
    expect(diagnosis.cascade.map(({ from, to }) => `${from} → ${to}`)).toEqual([
      'signal → cadence',
      'cadence → guidance',
      'signal → guidance',
    ])
    for (const { facts } of diagnosis.cascade) expect(facts.length).toBeGreaterThan(0)
    expect(diagnosis.cascade[0]?.mechanism).toContain('24 days')
  })

  test('the signature is found, with every stage in the routing fault', () => {
    expect(diagnosis.signature.isRecurring).toBe(true)
    expect(diagnosis.signature.matches.find(({ incident }) => incident === 'routing')?.shown).toBe(7)
  })

  test('no go/no-go metric is met', () => {
    expect(diagnosis.steps.flatMap(({ goNoGo }) => goNoGo.map(({ met }) => met))).toEqual([false, false, false, false])
  })

  test('the four excluded kinds are refused, and nothing that the diagnosis itself claims is', () => {
    expect(diagnosis.refused.map(({ id, rule }) => [id, rule])).toEqual([
      ['excluded-sun', 'fabricated-correlation'],
      ['excluded-quantum', 'invented-mechanism'],
      ['excluded-culture', 'unsubstantiated-root-cause'],
      ['excluded-simulation', 'speculative-financial-model'],
    ])
  })

  test('each claim has a class and a source that is declared', () => {
    const declared = new Set(seed.sources.map(({ id }) => id))
    for (const { sources, class: name } of diagnosis.claims) {
      expect(['Fact', 'Correlation', 'Inference', 'Opinion']).toContain(name)
      expect(sources.length).toBeGreaterThan(0)
      expect(sources.every((id) => declared.has(id))).toBe(true)
    }
    expect(diagnosis.claims.length).toBeGreaterThan(40)
  })

  test('where sources differ both stand', () => {
    const shown = JSON.stringify(diagnosis.disputes)
    for (const words of ['16 %', '16%', 'nearly two weeks', 'concurrent from 5 August', 'a day later', 'prevented'])
      expect(shown).toContain(words)
  })

  test('the JSON has the names that scripts rely on', () => {
    const json = toJson(diagnosis)
    for (const name of [
      'levels',
      'bindingConstraint',
      'order',
      'systemState',
      'cascade',
      'steps',
      'debt',
      'timeline',
      'claims',
      'refused',
      'sources',
    ])
      expect(json[name]).toBeDefined()
    expect(json['levels']).toEqual({ guidance: 3, cadence: 2, signal: 1 })
  })
})

describe('changed facts change the diagnosis', () => {
  test('without user reports nothing is better, and the rows that rested on them are empty', () => {
    const silent = withEvents(seed, (events) =>
      events.filter(({ kind, by }) => kind !== 'user-report' && by !== 'users' && by !== 'third-party'),
    )
    expect(levels(diagnose(silent))).toEqual([1, 2, 3])
    expect(debtRow(silent, 'customer-led detection').value).toBeNull()
    expect(diagnose(silent).signature.isRecurring).toBe(false)
    expect(diagnose(silent).cascade.map(({ to, from }) => `${from} → ${to}`)).not.toContain('signal → guidance')
  })

  const evaluation = {
    id: 'new',
    kind: 'evaluation',
    text: 'Evaluations run on production traffic.',
    state: 'in-place',
    runsOn: 'production-traffic',
    when: 'continuous',
    platforms: ['trainium', 'gpu', 'tpu'],
    sources: ['s1'],
  } as const
  const evaluated: Facts = { ...seed, practices: [...seed.practices, evaluation] }

  test('continuous evaluation in production lifts Signal, and the system is no longer ungovernable', () => {
    expect(levels(diagnose(evaluated))).toEqual([2, 2, 3])
    expect(diagnose(evaluated).systemState.name).toBe('reactive')
  })

  test('closed repairs lift Cadence and fill its metric', () => {
    const repaired: Facts = {
      ...seed,
      remediations: seed.remediations.map((repair) => ({
        ...repair,
        state: 'closed' as const,
        owner: 'x',
        due: seed.asOf,
        closed: seed.asOf,
      })),
    }
    expect(levels(diagnose(repaired))).toEqual([1, 3, 3])
    expect(diagnose(repaired).steps[1]?.goNoGo[1]).toMatchObject({ met: true, target: '100 %' })
  })

  test('a loop that is lower comes first', () => {
    const unstated: Facts = { ...evaluated, practices: evaluated.practices.filter(({ kind }) => kind !== 'standard') }
    expect(diagnose(unstated).order).toEqual(['guidance', 'signal', 'cadence'])
    expect(diagnose(unstated).bindingConstraint).toBe('guidance')
  })

  test('a later status post makes the users’ lead longer', () => {
    const later = withEvents(seed, (events) =>
      events.map((event) =>
        event.at.text === '2026-03-02T11:49:00Z'
          ? { ...event, at: { ...event.at, fromMs: event.at.fromMs + 600_000, toMs: event.at.toMs + 600_000 } }
          : event,
      ),
    )
    expect(debtRow(later, 'customer-led detection').value).toBe(29)
  })

  test('growth that was not visible is no capacity surprise', () => {
    expect(debtRow({ ...seed, demand: [] }, 'capacity surprise').value).toBeNull()
  })

  test('a cost that was declared is shown, and its amount may be said', () => {
    const costs = [{ id: 'c1', text: 'Credits', amount: 5_000_000, currency: 'USD', sources: ['s1'] }]
    const claim = {
      id: 'mine',
      class: 'Inference',
      text: 'Credits were 5 million USD.',
      basedOn: ['c1'],
      reasoning: 'Declared.',
    } as const
    const diagnosis = diagnose({ ...seed, costs, claims: [claim] })
    expect(diagnosis.refused).toEqual([])
    expect(diagnosis.costs).toEqual(costs)
  })
})

/** Everything that level 4 asks of Signal, over one incident. */
function governed(runsOn: 'production-traffic' | 'beside-production'): Facts {
  const text = `
subject: { name: x, platforms: [a, b] }
asOf: 2026-12-31
period: { from: 2026-01-01, to: 2026-12-31, incidents: 1, sources: [own] }
sources: [{ id: own, type: primary, title: t, usedFor: u }]
incidents:
  - id: i
    title: One
    class: c
    sources: [own]
    events:
      - { at: 2026-02-01T10:00:00Z, kind: introduced, text: in, sources: [own] }
      - { at: 2026-02-01T10:05:00Z, kind: detected, by: evaluation, text: seen, sources: [own] }
      - { at: 2026-02-01T10:30:00Z, kind: user-report, first: true, text: said, sources: [own] }
practices:
  - { id: e, kind: evaluation, text: t, state: in-place, runsOn: ${runsOn}, when: continuous, platforms: [a, b], sources: [own] }
  - { id: o, kind: observability, text: t, state: in-place, access: content-free, sources: [own] }
`
  const result = parseHistory(text, { source: 'h' })
  if (!result.ok) throw new Error(JSON.stringify(result.problems))
  return result.facts
}

describe('levels', () => {
  test('Signal is governed with evaluation on production traffic', () => {
    expect(diagnose(governed('production-traffic')).assessments.signal.level).toBe(4)
  })

  test('synthetic benchmarks beside production cap Signal at 3', () => {
    const diagnosis = diagnose(governed('beside-production'))
    expect(diagnosis.assessments.signal.level).toBe(3)
    expect(diagnosis.assessments.signal.caps.map(({ requirement }) => requirement.id)).toContain('quality-on-traffic')
  })

  test('leaving out the incident that users noticed first gains nothing', () => {
    const facts = governed('production-traffic')
    const [good] = facts.incidents
    if (good === undefined || facts.period === undefined) throw new Error('no incident')
    const bad = {
      ...good,
      id: 'bad',
      events: good.events
        .filter(({ kind }) => kind !== 'detected')
        .map((event) => ({ ...event, id: `bad-${event.id}` })),
    }
    const both: Facts = { ...facts, incidents: [good, bad], period: { ...facts.period, incidents: 2 } }
    expect(diagnose(both).assessments.signal.level).toBe(3)
    expect(diagnose({ ...both, incidents: [good] }).assessments.signal.level).toBe(3)
  })

  test('an opinion feeds no level', () => {
    const claim = { id: 'o', class: 'Opinion', text: 'All is well.', assessedBy: 'me' } as const
    expect(levels(diagnose({ ...seed, claims: [claim] }))).toEqual(levels(diagnose({ ...seed, claims: [] })))
  })

  test('what would lift each loop is listed', () => {
    for (const { caps, level } of Object.values(diagnose(seed).assessments)) {
      expect(caps.length).toBeGreaterThan(0)
      for (const { requirement } of caps) expect(requirement.level).toBe((level + 1) as 2)
    }
  })
})

describe('other histories', () => {
  test('give other results', () => {
    expect(levels(diagnose(load('openai-2024-2025.yaml')))).toEqual([2, 2, 3])
    expect(levels(diagnose(load('google-2025-2026.yaml')))).toEqual([2, 2, 2])
    const starter = parseHistory(starterHistory, { source: 'starter' })
    expect(starter.ok && levels(diagnose(starter.facts))).toEqual([2, 3, 3])
  })

  test('every example is one that is taken, and refuses nothing the diagnosis says', () => {
    const names = readdirSync(examples).filter((name) => name.endsWith('.yaml'))
    expect(names.length).toBeGreaterThan(2)
    for (const name of names)
      expect(diagnose(load(name)).refused.filter(({ id }) => !id.startsWith('excluded-'))).toEqual([])
  })
})

describe('what the operator itself has said', () => {
  test('may be repeated by the diagnosis, sums and storms included', () => {
    const storm = 'A solar storm and 5 million dollars'
    const told: Facts = {
      ...seed,
      claims: [],
      incidents: seed.incidents.map((incident) => ({
        ...incident,
        title: storm,
        sources: ['s1'],
        cause: { kind: 'demand' as const, text: storm, status: 'confirmed' as const, sources: ['s1'] },
        events: incident.events.map((event) => ({ ...event, text: `${storm} $`, sources: ['s1'] })),
      })),
      demand: seed.demand.map((demand) => ({ ...demand, text: `${storm} $`, sources: ['s1'] })),
      limitChanges: seed.limitChanges.map((change) => ({ ...change, text: `${storm} $`, sources: ['s1'] })),
    }
    expect(diagnose(told).refused).toEqual([])
  })
})

describe('facts from others', () => {
  test('a cause inside the operator that it has not disclosed is withheld, and the event stands', () => {
    const incidents = seed.incidents.map((incident) => ({
      ...incident,
      cause: { kind: 'change' as const, text: 'Careless engineers.', status: 'reported' as const, sources: ['s3'] },
    }))
    const diagnosis = diagnose({ ...seed, incidents })
    expect(diagnosis.refused.filter(({ rule }) => rule === 'unsubstantiated-root-cause').length).toBeGreaterThan(
      incidents.length - 1,
    )
    expect(levels(diagnosis)).toEqual([1, 2, 3])
  })

  test('what no known source says does not count', () => {
    const unsourced = diagnose({ ...seed, sources: [] })
    expect(levels(unsourced)).toEqual([1, 1, 1])
    expect(unsourced.timeline).toEqual([])
  })
})
