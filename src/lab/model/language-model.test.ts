import { expect, test } from 'bun:test'
import { assert, property, string } from 'fast-check'
import { LanguageModel, startOf } from './language-model.ts'
import { createRandom } from '../random.ts'
import { countTokens, tokenize } from './tokenizer.ts'
import { Writer } from './writer.ts'

const model = new LanguageModel({ pets: ['The cat sat down. The cat ran.', 'The dog sat still.'] })

test('the probabilities of all tokens after any context sum to one', () => {
  for (const context of [[startOf('pets')], ['The'], ['The', ' cat'], ['never', 'seen'], []]) {
    const known = model.mostLikely(context, model.vocabularySize)
    const unknown = model.probability(context, 'not in the vocabulary')
    expect(known.reduce((sum, next) => sum + next.probability, unknown)).toBeCloseTo(1, 10)
  }
})

test('what was seen is likelier than what was not, and the longer context decides', () => {
  expect(model.probability(['The', ' cat'], ' sat')).toBeGreaterThan(0.3)
  expect(model.probability(['The', ' cat'], ' still')).toBeLessThan(0.05)
  expect(model.mostLikely([startOf('pets')], 1)[0]?.token).toBe('The')
})

test('samples follow the probabilities', () => {
  const random = createRandom('frequency')
  let seen = 0
  for (let draw = 0; draw < 20_000; draw += 1) if (model.sample(['The'], random) === ' cat') seen += 1
  // Four standard errors of a share of about two thirds; the add-one of the base is within them.
  expect(Math.abs(seen / 20_000 - model.probability(['The'], ' cat'))).toBeLessThan(0.015)
})

test('temperature zero takes the likeliest token, a high one spreads', () => {
  const draws = (temperature: number): Set<string> => {
    const random = createRandom('temperature')
    return new Set(Array.from({ length: 200 }, () => model.sample(['The'], random, temperature)))
  }
  expect([...draws(0)]).toEqual([' cat'])
  expect(draws(2).size).toBeGreaterThan(draws(0.3).size)
})

test('tokens joined give the text back, whatever it is', () => {
  assert(
    property(string({ unit: 'binary' }), (text) => {
      const tokens = tokenize(text)
      expect(tokens.join('')).toBe(text)
      expect(countTokens(text)).toBe(tokens.length)
    }),
  )
})

test('the writer writes the asked number of whole sentences, the same for the same seed', () => {
  const writer = new Writer()
  const seen = new Set<string>()
  for (let seed = 0; seed < 300; seed += 1) {
    const write = (): string =>
      writer.sentences(3, { about: 'a parcel', random: createRandom(seed), temperature: (seed % 5) / 2 }).join('')
    const text = write()
    expect(text).toBe(write())
    expect(text.match(/\./g)?.length).toBe(3)
    expect(text.endsWith('.')).toBe(true)
    expect(text).toMatch(/^\S/)
    expect(text).not.toContain('\u0000')
    seen.add(text)
  }
  expect(seen.size).toBeGreaterThan(150)
})

test('the writer writes about what is asked', () => {
  const about = (subject: string): string =>
    new Writer().sentences(1, { about: subject, random: createRandom(7) }).join('')
  expect(about('the storm, the ferries and the coast')).not.toBe(about('the vessel, the container and the harbour'))
})

test('scored tokens carry log probabilities of the model', () => {
  const writer = new Writer()
  const tokens = writer.sentences(1, { about: 'weather', random: createRandom(1) })
  const scored = writer.score(tokens, 3)
  expect(scored.map(({ token }) => token)).toEqual(tokens)
  expect(scored.every(({ logprob, top }) => logprob <= 0 && logprob > -20 && top.length === 3)).toBe(true)
  expect(scored.some(({ logprob, top }) => logprob === top[0]?.logprob)).toBe(true)
})
