import { expect, test } from 'bun:test'
import {
  calm,
  createRandom,
  effectsOf,
  failingShareOf,
  faults,
  outage20260621,
  parseModelName,
  sampleFaults,
} from './index.ts'
import { drawScenarioFault } from './scenarios.ts'

test('a model name carries faults with values and probabilities', () => {
  expect(parseModelName('sim-gpt')).toEqual({ ok: true, modelId: 'sim-gpt', chosen: [] })
  expect(parseModelName('sim-gpt+cut-eof=5@0.3+silence+status=429')).toEqual({
    ok: true,
    modelId: 'sim-gpt',
    chosen: [
      { name: 'cut-eof', value: 5, probability: 0.3 },
      { name: 'silence', value: undefined, probability: undefined },
      { name: 'status', value: 429, probability: undefined },
    ],
  })
})

test.each([
  ['sim-gpt+nothing', 'Known faults: status'],
  ['sim-gpt+', 'Known faults'],
  ['sim-gpt+cut-eof=x', 'Known faults'],
  ['sim-gpt+toString', 'Known faults'],
  ['sim-gpt+silence=3', 'takes no value'],
  ['sim-gpt+status=200', 'from 400 to 599, got 200'],
  ['sim-gpt+silence@1.5', 'probability up to 1'],
])('%s is refused: %s', (name, problem) => {
  const selection = parseModelName(name)
  expect(selection.ok ? '' : selection.problem).toContain(problem)
})

test('faults combine, and every fault of the catalogue has an effect of its own', () => {
  expect(
    effectsOf([
      { name: 'status', value: 429 },
      { name: 'retry-after', value: 3 },
    ]),
  ).toEqual({
    rejection: { kind: 'status', status: 429 },
    retryAfterSeconds: 3,
  })
  const effects = Object.keys(faults).map((name) => JSON.stringify(effectsOf([{ name }])))
  expect(effects).not.toContain('{}')
  expect(new Set(effects).size).toBe(effects.length)
  expect(() => effectsOf([{ name: 'nothing' }])).toThrow('catalogue')
})

test('a probability of one always strikes, of zero never, and the draw of one fault does not move the others', () => {
  const struck = (probability: number): string[] =>
    sampleFaults(
      [
        { name: 'silence', probability },
        { name: 'stall', probability: 0.5 },
      ],
      createRandom(3),
    ).map(({ name }) => name)
  expect(struck(1)).toContain('silence')
  expect(struck(0)).not.toContain('silence')
  expect(struck(1).includes('stall')).toBe(struck(0).includes('stall'))
})

test('the outage strikes its shares on the primary platform alone', () => {
  const scenario = outage20260621()
  const drawn = (platform: string): string[] =>
    Array.from(
      { length: 4000 },
      (_, seed) => drawScenarioFault(scenario, { platform, elapsedMs: 0 }, createRandom(seed))?.name ?? 'none',
    )
  const primary = drawn('trainium')
  const share = (name: string): number => primary.filter((other) => other === name).length / 4000
  for (const cut of ['cut-eof', 'cut-fin', 'cut-reset']) expect(share(cut)).toBeCloseTo(0.1, 1)
  expect(share('reset-before-headers')).toBeGreaterThan(0.035)
  expect(share('reset-before-headers')).toBeLessThan(0.065)
  expect(share('none')).toBeGreaterThan(0.62)
  expect(new Set(drawn('gpu'))).toEqual(new Set(['none']))
  expect(failingShareOf(scenario, 'trainium')).toBeCloseTo(0.35)
  expect(failingShareOf(outage20260621({ otherCutShare: 0.02 }), 'tpu')).toBeCloseTo(0.02)
  expect(failingShareOf(calm, 'trainium')).toBe(0)
})

test('a fault with a time strikes from its beginning until before its end', () => {
  const share = { label: 'x', share: 1, draw: () => ({ name: 'silence' }), during: { fromMs: 10, untilMs: 20 } }
  const scenario = {
    ...calm,
    platforms: { gpu: [share, { ...share, share: 0.25, during: { fromMs: 15, untilMs: 30 } }] },
  }
  const at = (elapsedMs: number): boolean =>
    drawScenarioFault(scenario, { platform: 'gpu', elapsedMs }, createRandom(1)) !== undefined
  expect([9, 10, 19, 30].map(at)).toEqual([false, true, true, false])
  expect(failingShareOf(scenario, 'gpu')).toBeCloseTo(1.25)
})
