import fc from 'fast-check'
import {
  causeKinds,
  changeKinds,
  detectors,
  eventKinds,
  practiceStates,
  validations,
} from '../../src/guidance/facts/index.ts'
import type { Facts, Incident, IncidentEvent, Moment, Practice } from '../../src/guidance/facts/index.ts'

const START_MS = Date.UTC(2026, 0, 1)
const MINUTE_MS = 60_000

const moment: fc.Arbitrary<Moment> = fc
  .record({
    minutes: fc.integer({ min: 0, max: 200_000 }),
    precision: fc.constantFrom('instant', 'instant', 'day', 'month'),
  })
  .map(({ minutes, precision }) => {
    const fromMs = START_MS + minutes * MINUTE_MS
    const spanMs = precision === 'instant' ? 0 : precision === 'day' ? 86_399_999 : 30 * 86_400_000
    return { text: 'random', precision: precision as Moment['precision'], fromMs, toMs: fromMs + spanMs }
  })
// Some are close together, so that levels above the lowest are reached too.
const near: fc.Arbitrary<Moment> = fc.integer({ min: 0, max: 90 }).map((minutes) => {
  const fromMs = START_MS + minutes * MINUTE_MS
  return { text: 'near', precision: 'instant', fromMs, toMs: fromMs }
})
const text = fc.oneof(
  fc.constantFrom('A change came in.', 'Users said so.', 'It was the solar wind.'),
  fc.string({ maxLength: 40 }),
)
const sources = fc.subarray(['own', 'press', 'probe', 'nobody'], { minLength: 0 })
const flag = fc.option(fc.boolean(), { nil: undefined })
const named = { text, sources }

const event: fc.Arbitrary<Omit<IncidentEvent, 'id'>> = fc.record({
  ...named,
  at: fc.oneof(moment, near),
  kind: fc.constantFrom(...eventKinds),
  by: fc.option(fc.constantFrom(...detectors), { nil: undefined }),
  first: flag,
  validated: fc.option(fc.constantFrom(...validations), { nil: undefined }),
})

const incident: fc.Arbitrary<Omit<Incident, 'id'>> = fc
  .record({
    sources,
    title: text,
    class: fc.constantFrom('a', 'b'),
    cause: fc.option(
      fc.record({
        ...named,
        kind: fc.constantFrom(...causeKinds),
        status: fc.constantFrom('confirmed', 'reported', 'suspected'),
      }),
      { nil: undefined },
    ),
    events: fc.array(event, { maxLength: 8 }),
  })
  // A history allows one introduction an incident: the earliest of several would be gained by losing one.
  .map(({ events, ...rest }) => {
    const introduction = events.findIndex(({ kind }) => kind === 'introduced')
    return {
      ...rest,
      events: events
        .filter(({ kind }, index) => kind !== 'introduced' || index === introduction)
        .map((item, index) => ({ ...item, id: `${index}` })),
    }
  })

const base = { ...named, state: fc.constantFrom(...practiceStates, 'in-place', 'in-place') }
const platforms = fc.option(fc.subarray(['a', 'b']), { nil: undefined })
const practice = fc.oneof(
  fc.record({
    ...base,
    kind: fc.constant('standard'),
    covers: fc.constantFrom(['output-quality'], ['availability']),
    written: flag,
    measurable: flag,
    versioned: flag,
    enforced: flag,
    refinedBy: fc.constantFrom('evidence', 'hand', undefined),
  }),
  fc.record({
    ...base,
    kind: fc.constant('gate'),
    enforced: flag,
    platforms: fc.constantFrom('all', 'some', undefined),
    changes: fc.constantFrom([...changeKinds], ['deployment'], undefined),
    blocksOn: fc.constantFrom(['open-signal', 'overdue-remediation'], [], undefined),
  }),
  fc.record({
    ...base,
    kind: fc.constant('evaluation'),
    runsOn: fc.constantFrom('before-deployment', 'beside-production', 'production-traffic'),
    when: fc.constantFrom('per-change', 'continuous', 'continuous'),
    platforms,
  }),
  fc.record({
    ...base,
    kind: fc.constant('monitoring'),
    watches: fc.subarray(['infrastructure', 'errors', 'output-quality']),
    automatic: flag,
  }),
  fc.record({
    ...base,
    kind: fc.constant('observability'),
    access: fc.constantFrom('content', 'content-free', 'blocked'),
  }),
  fc.record({ ...base, kind: fc.constant('capacity-planning'), forecast: flag }),
  fc.record({ ...base, kind: fc.constant('change-notice'), applies: fc.constantFrom('always', 'sometimes', 'never') }),
  fc.record({ ...base, kind: fc.constant('threshold'), adjustedBy: fc.constantFrom('evidence', 'hand') }),
) as fc.Arbitrary<Omit<Practice, 'id'>>

function numbered<T extends object>(items: readonly T[], prefix: string): (T & { id: string })[] {
  return items.map((item, index) => ({ ...item, id: `${prefix}${index}` }))
}

/** Any body of facts, well-formed or absurd, but with the totals that a described item cannot exceed. */
export const randomFacts: fc.Arbitrary<Facts> = fc
  .record({
    incidents: fc.array(incident, { maxLength: 4 }),
    practices: fc.array(practice, { maxLength: 14 }),
    remediations: fc.array(
      fc.record({
        ...named,
        incidents: fc.constant([]),
        promised: fc.option(moment, { nil: undefined }),
        owner: fc.option(fc.constant('Kim'), { nil: undefined }),
        due: fc.option(moment, { nil: undefined }),
        state: fc.constantFrom('open', 'partial', 'closed', 'closed', 'unknown'),
        closed: fc.option(moment, { nil: undefined }),
      }),
      { maxLength: 4 },
    ),
    demand: fc.array(fc.record({ ...named, since: moment, growthPercent: fc.integer({ min: -50, max: 200 }) }), {
      maxLength: 2,
    }),
    limitChanges: fc.array(fc.record({ ...named, at: moment, announced: fc.constantFrom('before', 'never') }), {
      maxLength: 2,
    }),
    claims: fc.array(
      fc.record({
        class: fc.constantFrom('Fact', 'Correlation', 'Inference', 'Opinion'),
        text,
        basedOn: fc.subarray(['i0', 'p0', 'c0', 'none']),
        reasoning: fc.option(text, { nil: undefined }),
        mechanism: fc.option(text, { nil: undefined }),
        assessedBy: fc.option(text, { nil: undefined }),
      }),
      { maxLength: 3 },
    ),
    extra: fc.record({ incidents: fc.nat(1), remediations: fc.nat(1), changes: fc.integer({ min: 1, max: 4 }) }),
    hasPeriod: fc.boolean(),
    hasPlatforms: fc.boolean(),
    asOf: moment,
  })
  .map(
    ({ incidents, practices, remediations, demand, limitChanges, claims, extra, hasPeriod, hasPlatforms, asOf }) => ({
      subject: { name: 'Random', ...(hasPlatforms ? { platforms: ['a', 'b'] } : {}) },
      asOf,
      period: hasPeriod
        ? {
            from: asOf,
            to: asOf,
            incidents: incidents.length + extra.incidents,
            remediations: remediations.length + extra.remediations,
            changes: extra.changes + incidents.reduce((sum, { events }) => sum + events.length, 0) - 1,
            sources: ['own'],
          }
        : undefined,
      sources: [
        { id: 'own', type: 'primary', title: 't', usedFor: 'u' },
        { id: 'press', type: 'secondary', title: 't', usedFor: 'u' },
        { id: 'probe', type: 'monitoring', title: 't', usedFor: 'u' },
      ],
      incidents: numbered(incidents, 'i').map((item) => ({
        ...item,
        events: item.events.map((one, index) => ({ ...one, id: `${item.id}.${index}` })),
      })) as Incident[],
      practices: numbered(practices, 'p') as Practice[],
      remediations: numbered(remediations, 'r') as Facts['remediations'],
      demand: numbered(demand, 'd'),
      limitChanges: numbered(limitChanges, 'l') as Facts['limitChanges'],
      costs: [],
      observations: [],
      claims: numbered(claims, 'c') as Facts['claims'],
    }),
  )
