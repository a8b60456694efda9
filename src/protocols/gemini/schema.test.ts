import { describe, expect, test } from 'bun:test'
import type { JsonObject } from '../core/index.ts'
import { toJsonSchema } from './schema.ts'

describe('Google’s schemas as JSON Schema', () => {
  test.each([
    [{ type: 'STRING' }, { type: 'string' }],
    [{ type: 'TYPE_UNSPECIFIED', description: 'd' }, { description: 'd' }],
    [
      { type: 'NUMBER', nullable: true, minimum: 0 },
      { type: ['number', 'null'], minimum: 0 },
    ],
    [{ type: 'STRING', nullable: false }, { type: 'string' }],
    [
      { type: 'STRING', format: 'enum', enum: ['a', 'b'] },
      { type: 'string', enum: ['a', 'b'] },
    ],
    [
      { type: 'STRING', enum: ['a'], nullable: true },
      { type: ['string', 'null'], enum: ['a', null] },
    ],
    [
      { type: 'STRING', format: 'date-time', example: 'x' },
      { type: 'string', format: 'date-time', examples: ['x'] },
    ],
    [
      { type: 'ARRAY', items: { type: 'INTEGER' }, minItems: '1', max_items: 5 },
      { type: 'array', items: { type: 'integer' }, minItems: 1, maxItems: 5 },
    ],
    [{ anyOf: [{ type: 'STRING' }, { type: 'NULL' }] }, { anyOf: [{ type: 'string' }, { type: 'null' }] }],
    [{ any_of: [{ type: 'STRING' }], nullable: true }, { anyOf: [{ type: 'string' }, { type: 'null' }] }],
    [
      { defs: { a: { type: 'STRING' } }, ref: '#/$defs/a' },
      { $defs: { a: { type: 'string' } }, $ref: '#/$defs/a' },
    ],
  ])('%j', (given, expected) => {
    expect(toJsonSchema(given as JsonObject) as object).toEqual(expected)
  })

  test('what is JSON Schema already stays as it is', () => {
    const schema = {
      type: 'object',
      properties: { a: { type: ['string', 'null'] }, snake_case: { type: 'array', items: { type: 'string' } } },
      required: ['a'],
      additionalProperties: false,
    }
    expect(toJsonSchema(schema) as object).toEqual(schema)
  })

  test('properties keep their names, whatever those are, and take the order that is asked for', () => {
    const properties = {
      b: { type: 'STRING' },
      any_of: { type: 'STRING' },
      a: { type: 'OBJECT', nullable: true },
      type: {},
    }
    const schema = toJsonSchema({ type: 'OBJECT', properties, propertyOrdering: ['a', 'b', 'gone'] })
    expect(schema as object).toEqual({
      type: 'object',
      properties: { a: { type: ['object', 'null'] }, b: { type: 'string' }, any_of: { type: 'string' }, type: {} },
    })
    expect(Object.keys(schema.properties as object)).toEqual(['a', 'b', 'any_of', 'type'])
  })
})
