import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { diagnose, type Diagnosis, type Facts, toHtml, toJson, toMarkdown, toText } from '../src/guidance/index.ts'
import { randomFacts } from './support/random-facts.ts'

const RUNS = 150
/** Each of these is diagnosed some hundred times. */
const LOSS_RUNS = 40

function levels({ assessments }: Diagnosis): readonly number[] {
  return [assessments.signal.level, assessments.cadence.level, assessments.guidance.level]
}

/** Every way of losing one thing that is known. */
function losses(facts: Facts): readonly (readonly [string, Facts])[] {
  const without = <T>(items: readonly T[], index: number): readonly T[] => items.filter((_, other) => other !== index)
  const lists = ['incidents', 'practices', 'remediations', 'sources', 'demand', 'limitChanges', 'claims'] as const
  return [
    ...lists.flatMap((name) =>
      facts[name].map(
        (_, index) =>
          [`${name}[${index}]`, { ...facts, [name]: without<unknown>(facts[name], index) } as Facts] as const,
      ),
    ),
    ...facts.incidents.flatMap((incident, at) =>
      incident.events.flatMap((event, index) => [
        [
          `incidents[${at}].events[${index}]`,
          replace(facts, at, { ...incident, events: without(incident.events, index) }),
        ] as const,
        ...(['by', 'first', 'validated'] as const).map(
          (field) =>
            [
              `incidents[${at}].events[${index}].${field}`,
              replace(facts, at, {
                ...incident,
                events: incident.events.with(index, { ...event, [field]: undefined }),
              }),
            ] as const,
        ),
      ]),
    ),
    ...facts.remediations.flatMap((repair, index) =>
      (['owner', 'due', 'closed'] as const).map(
        (field) =>
          [
            `remediations[${index}].${field}`,
            { ...facts, remediations: facts.remediations.with(index, { ...repair, [field]: undefined }) },
          ] as const,
      ),
    ),
    ...facts.practices.flatMap((practice, index) =>
      Object.keys(practice)
        .filter(
          (field) =>
            ![
              'id',
              'kind',
              'text',
              'state',
              'sources',
              'covers',
              'watches',
              'runsOn',
              'when',
              'access',
              'applies',
              'adjustedBy',
            ].includes(field),
        )
        .map(
          (field) =>
            [
              `practices[${index}].${field}`,
              { ...facts, practices: facts.practices.with(index, { ...practice, [field]: undefined }) },
            ] as const,
        ),
    ),
    ['period', { ...facts, period: undefined }],
    ['platforms', { ...facts, subject: { name: 'Random' } }],
  ]
}

function replace(facts: Facts, index: number, incident: Facts['incidents'][number]): Facts {
  return { ...facts, incidents: facts.incidents.with(index, incident) }
}

describe('any history', () => {
  test('is diagnosed and reported', () => {
    fc.assert(
      fc.property(randomFacts, (facts) => {
        const diagnosis = diagnose(facts)
        expect(diagnosis.order.toSorted()).toEqual(['cadence', 'guidance', 'signal'])
        expect(diagnosis.debt.length).toBe(6)
        for (const level of levels(diagnosis)) expect(level >= 1 && level <= 5).toBe(true)
        for (const text of [
          toHtml(diagnosis),
          toMarkdown(diagnosis),
          toText(diagnosis),
          JSON.stringify(toJson(diagnosis)),
        ])
          expect(text.length).toBeGreaterThan(100)
      }),
      { numRuns: RUNS },
    )
  })

  test('gains no level by losing anything', () => {
    let reached = 0
    fc.assert(
      fc.property(randomFacts, (facts) => {
        const before = levels(diagnose(facts))
        reached = Math.max(reached, ...before)
        for (const [what, less] of losses(facts)) {
          const after = levels(diagnose(less))
          const gained = after.some((level, index) => level > (before[index] ?? 0))
          expect([what, gained]).toEqual([what, false])
        }
      }),
      { numRuns: LOSS_RUNS },
    )
    // A property over histories that all stay at level 1 would show nothing.
    expect(reached).toBeGreaterThan(2)
  })

  test('nothing that the diagnosis claims itself is refused for its form', () => {
    fc.assert(
      fc.property(randomFacts, (facts) => {
        const own = diagnose({ ...facts, claims: [] }).refused.filter(({ id }) =>
          /^(level|state|binding|cascade|signature|debt)/.test(id),
        )
        expect(own).toEqual([])
      }),
      { numRuns: RUNS },
    )
  })
})
