import { describe, expect, test } from 'bun:test'
import type { Cost, OfferedClaim } from '../facts/index.ts'
import { parseHistory } from '../history/index.ts'
import { KnownFacts } from '../levels/index.ts'
import { checkClaim } from './check.ts'
import type { RuleName } from './claim.ts'

const history = `
subject: { name: x }
asOf: 2026-12-31
sources:
  - { id: own, type: primary, title: t, usedFor: u }
  - { id: press, type: secondary, title: t, usedFor: u }
incidents:
  - { id: i1, title: One, class: c, sources: [own], events: [{ at: 2026-01-01, kind: introduced, text: A change came in, sources: [own] }] }
  - { id: i2, title: Two, class: c, sources: [own], events: [{ at: 2026-02-01, kind: introduced, text: A change came in, sources: [press] }] }
observations:
  - { id: storm, text: "A thunderstorm cut the power of the datacentre, the operator says", sources: [own] }
  - { id: ecc, text: "Uncorrected bit flips in one memory module were found", sources: [own] }
  - { id: culture, text: "Our engineering culture rewarded speed over review, we write", sources: [own] }
  - { id: granted, text: "We granted 3 million dollars to those affected", sources: [own] }
  - { id: rumour, text: "A forum blames solar flares", sources: [press] }
costs:
  - { id: credits, text: Credits to customers, amount: 1200000, currency: USD, sources: [own] }
`
const parsed = parseHistory(history, { source: 'h' })
if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
const known = new KnownFacts(parsed.facts)
const costs: readonly Cost[] = parsed.facts.costs
const context = { catalogue: known.catalogue, sourceIds: new Set(['own', 'press']), costs, passed: new Map() }

type Offer = Omit<OfferedClaim, 'id'>
function rule(offer: Offer): RuleName | 'passes' {
  const result = checkClaim({ id: 'c', ...offer }, context)
  return result.ok ? 'passes' : result.refusal.rule
}

const inference = (text: string, more: Partial<Offer> = {}): Offer => ({
  class: 'Inference',
  text,
  basedOn: ['i1'],
  reasoning: 'It follows.',
  ...more,
})
const correlation = (text: string, more: Partial<Offer> = {}): Offer => ({
  class: 'Correlation',
  text,
  basedOn: ['i1', 'i2'],
  mechanism: 'One may feed the other.',
  alternatives: ['Chance.'],
  ...more,
})
const opinion = (text: string): Offer => ({ class: 'Opinion', text, assessedBy: 'me' })
const fact = (text: string): Offer => ({ class: 'Fact', text, sources: ['own'] })

const disguises: Readonly<Record<string, readonly Offer[]>> = {
  'fabricated-correlation': [
    correlation('Outages went together with solar flares.'),
    correlation('Both fell on days of GEOMAGNETIC\u00A0storms.'),
    correlation('Both came in weeks of sanctions and summit talks.'),
    correlation('Both came at full moon.'),
    correlation('Two incidents of one class.', { mechanism: 'Coronal mass ejections may disturb supplies.' }),
    correlation('Both came on days when the stock market fell.'),
    fact('The outage began an hour after the election.'),
    opinion('I find it telling that Mercury was in retrograde.'),
    inference('Errors rise with s\u00ADolar activity.'),
    inference('It was the thunderstorm.', { basedOn: ['rumour'] }),
  ],
  'invented-mechanism': [
    inference('Quantum entanglement between chips spread the fault.'),
    inference('Cosmic‑ray bit–flips corrupted the weights.'),
    inference('High-energy particles changed memory.'),
    inference('The tokens drifted.', { reasoning: 'Load follows a Lorenz attractor.' }),
    correlation('Two incidents of one class.', { mechanism: 'A strange attractor in token generation.' }),
    fact('Qubits lost coherence.'),
    opinion('To me it looks like the butterfly effect.'),
    inference('The model decided to be worse.'),
    inference('Bits were spontaneously flipped in the accelerators.'),
    inference('Cоsmic rays did it.'),
  ],
  'unsubstantiated-root-cause': [
    inference('The engineering culture made it inevitable.'),
    inference('They had laid off the people who knew.'),
    inference('Too few engineers were on call.'),
    opinion('I think management pressure was behind it.'),
    fact('The operator put growth over reliability.'),
    inference('It was negligence.'),
    inference('The reviews were skipped.', { reasoning: 'Inexperienced staff skip reviews.' }),
    correlation('Two incidents of one class.', { mechanism: 'Burned-out teams make mistakes.' }),
    inference('A legacy monolith could not take it.'),
    inference('Quality was lowered deliberately.'),
  ],
  'speculative-financial-model': [
    inference('A Monte Carlo run gives the distribution of outages.'),
    inference('Expected annual losses are 40 million dollars.'),
    inference('It cost $5M.'),
    inference('Lost revenue was considerable.'),
    opinion('I would put the damage at EUR 300,000.'),
    fact('Simulated outage costs follow a Pareto distribution.'),
    inference('Customers lost millions of euros.'),
    inference('Value at risk has doubled.'),
    correlation('Two incidents of one class.', { mechanism: 'Each costs 2 million USD per hour.' }),
    inference('Credits were $1.2 million, so the damage was $9 million.', { basedOn: ['credits'] }),
  ],
}

const neighbours: readonly Offer[] = [
  correlation('Two incidents of one class came in one quarter.'),
  inference('The thunderstorm preceded the outage.', { basedOn: ['storm', 'i1'] }),
  inference('Bit flips in one module preceded the wrong tokens.', { basedOn: ['ecc', 'i1'] }),
  inference('Quantization of the weights differed between platforms.'),
  inference('The scheduler gave each request a time quantum.'),
  inference('Chaos engineering would have shown it.'),
  inference('Leader election took a minute, and the war room was opened.'),
  inference('Tables in Aurora were read lazily; lazy loading hid the fault.'),
  inference('Packet loss rose; the estimated packet loss was 3 %.'),
  inference('The operator itself names its engineering culture.', { basedOn: ['culture'] }),
  inference('The declared credits are 1.2 million USD.', { basedOn: ['credits'] }),
  inference('The declared credits are $1,200,000.', { basedOn: ['credits'] }),
  inference('Training loss did not show it.'),
  inference('The operator granted $3 million.', { basedOn: ['granted'] }),
  inference('The change unintentionally reached all regions.'),
  opinion('In my view the balance is wrong.'),
  fact('The postmortem names three faults.'),
]

describe('claims of an excluded kind', () => {
  for (const [name, offers] of Object.entries(disguises))
    for (const offer of offers)
      test(`${name}: ${offer.class}: ${offer.text}`, () => expect(rule(offer)).toBe(name as RuleName))
})

describe('legitimate claims next to them', () => {
  for (const offer of neighbours) test(`${offer.class}: ${offer.text}`, () => expect(rule(offer)).toBe('passes'))
})

describe('each class has its rules', () => {
  const cases: readonly (readonly [RuleName, Offer])[] = [
    ['fact-without-source', { class: 'Fact', text: 'It was so.' }],
    ['fact-not-marked-reported', { class: 'Fact', text: 'It was so.', sources: ['press'] }],
    ['unknown-source', { class: 'Fact', text: 'It was so.', sources: ['nobody'] }],
    ['unknown-fact', inference('It follows.', { basedOn: ['nothing'] })],
    ['correlation-without-facts', correlation('They go together.', { basedOn: ['i1', 'i1'] })],
    ['correlation-without-mechanism', correlation('They go together.', { mechanism: ' ' })],
    ['correlation-without-alternatives', correlation('They go together.', { alternatives: [''] })],
    ['correlation-states-cause', correlation('The first caused the second.')],
    ['inference-without-reasoning', inference('It follows.', { reasoning: '' })],
    ['inference-without-facts', inference('It follows.', { basedOn: [] })],
    ['opinion-not-framed', { class: 'Opinion', text: 'It is bad.' }],
  ]
  for (const [name, offer] of cases) test(name, () => expect(rule(offer)).toBe(name))

  test('a fact from others passes when it is marked as reported', () => {
    expect(rule({ class: 'Fact', text: 'It was so.', sources: ['press'], reported: true })).toBe('passes')
  })

  test('inference-on-opinion: nothing follows from an assessment', () => {
    const passed = new Map([
      [
        'o',
        { id: 'o', class: 'Opinion' as const, text: '', sources: [], basedOn: [], assessedBy: 'me', alternatives: [] },
      ],
    ])
    const result = checkClaim({ id: 'c', ...inference('It follows.', { basedOn: ['o'] }) }, { ...context, passed })
    expect(result).toMatchObject({ ok: false, refusal: { rule: 'inference-on-opinion' } })
  })
})
