import { expect, test } from 'bun:test'
import { z } from 'zod'
import { createRandom } from '../random.ts'
import { valueOf } from './schema-value.ts'
import type { JsonSchema } from './prompt.ts'

const schemas: Record<string, JsonSchema> = {
  strings: {
    type: 'object',
    properties: {
      name: { type: 'string', minLength: 3, maxLength: 9 },
      mail: { type: 'string', format: 'email' },
      day: { type: 'string', format: 'date' },
      id: { type: 'string', format: 'uuid' },
    },
    required: ['name', 'mail', 'day', 'id'],
    additionalProperties: false,
  },
  numbers: {
    type: 'object',
    properties: {
      count: { type: 'integer', minimum: 1, maximum: 5 },
      ratio: { type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 1 },
      even: { type: 'integer', multipleOf: 2, minimum: 3 },
      below: { type: 'integer', maximum: -4 },
    },
    required: ['count', 'ratio', 'even', 'below'],
  },
  nested: {
    type: 'object',
    properties: {
      items: {
        type: 'array',
        minItems: 2,
        maxItems: 4,
        items: { type: 'object', properties: { on: { type: 'boolean' } }, required: ['on'] },
      },
      kind: { enum: ['a', 'b', 3] },
      fixed: { const: 'x' },
      maybe: { type: ['string', 'null'] },
      either: { anyOf: [{ type: 'integer' }, { type: 'string' }] },
      empty: { type: 'null' },
    },
    required: ['items', 'kind', 'fixed', 'either'],
  },
  references: {
    $defs: { unit: { enum: ['kg', 'lb'] } },
    type: 'object',
    properties: { unit: { $ref: '#/$defs/unit' }, units: { type: 'array', items: { $ref: '#/$defs/unit' } } },
    required: ['unit', 'units'],
  },
}

test.each(Object.entries(schemas))('values satisfy the schema: %s', (_name, schema) => {
  const validator = z.fromJSONSchema(schema)
  for (let seed = 0; seed < 200; seed += 1) {
    const value = valueOf(schema, { random: createRandom(seed), words: () => 'some words here' })
    expect(validator.safeParse(value).error?.message).toBeUndefined()
  }
})

test('a recursive schema ends', () => {
  const schema = {
    $defs: { node: { type: 'object', properties: { next: { $ref: '#/$defs/node' } }, required: ['next'] } },
    $ref: '#/$defs/node',
  }
  expect(JSON.stringify(valueOf(schema, { random: createRandom(1), words: () => 'w' })).length).toBeLessThan(500)
})

test('the same seed gives the same value', () => {
  const value = (seed: number): unknown =>
    valueOf(schemas['strings'] ?? {}, { random: createRandom(seed), words: () => 'abc' })
  expect(value(4)).toEqual(value(4))
  expect(value(4)).not.toEqual(value(5))
})
