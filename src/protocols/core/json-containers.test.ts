import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { hasTooManyContainers, MOST_CONTAINERS } from './json-containers.ts'
import { parseJson } from './json.ts'

const many = MOST_CONTAINERS + 1

test.each([
  ['brackets alone', '['.repeat(many), true],
  ['braces alone', '{'.repeat(many), true],
  ['empty lists', `[${'[],'.repeat(MOST_CONTAINERS)}0]`, true],
  ['as many as may be', `[${'{},'.repeat(MOST_CONTAINERS - 1)}0]`, false],
  ['a long list', `[${'1,'.repeat(many)}0]`, false],
  ['text full of brackets', JSON.stringify('[{'.repeat(many)), false],
  ['behind text full of quotes', `[${JSON.stringify('"\\'.repeat(many))},${'[],'.repeat(MOST_CONTAINERS)}0]`, true],
  ['a string without an end', `"${'['.repeat(many)}`, false],
])('%s', (_, text, isTooMany) => {
  expect(hasTooManyContainers(text)).toBe(isTooMany)
  if (isTooMany) expect(parseJson(text)).toBeUndefined()
})

test('any value that is not so large parses to itself, whatever its strings hold', () => {
  const filler = '"\\'.repeat(MOST_CONTAINERS / 2)
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const whole = [filler, value]
      expect(parseJson(JSON.stringify(whole))).toEqual(JSON.parse(JSON.stringify(whole)))
    }),
    { numRuns: 50 },
  )
})
