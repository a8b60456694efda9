import { describe, expect, test } from 'bun:test'
import { expectedFields } from './expected-fields.ts'
import { SchemaShapes } from './schema-shapes.ts'

const TICKET = {
  type: 'object',
  properties: {
    id: { type: 'integer' },
    lines: { type: 'array', items: { $ref: '#/$defs/line' } },
    at: { type: 'string', format: 'date-time' },
  },
  required: ['id'],
  additionalProperties: false,
  $defs: { line: { type: 'object', properties: { sku: { type: 'string' } }, required: ['sku'] } },
} as const

describe('the shape of a JSON Schema', () => {
  test('takes what is valid', async () => {
    const { problemOf } = await new SchemaShapes().shapeOf(TICKET)
    expect(problemOf({ id: 1, lines: [{ sku: 'a' }], at: 'never' })).toBeUndefined()
  })

  test('names the violated part in words of the schema, never of the answer', async () => {
    const { problemOf } = await new SchemaShapes().shapeOf(TICKET)
    expect(problemOf({})).toBe('"id" is missing')
    expect(problemOf({ id: 'SECRET' })).toBe('#/properties/id/type is not met')
    expect(problemOf({ id: 1, lines: [{}] })).toBe('"sku" is missing (#/$defs/line)')
    expect(problemOf({ id: 1, SECRET: 1 })).toBe('#/additionalProperties is not met')
  })

  test('drafts are told by $schema, and both known ones have their own rules', async () => {
    const shapes = new SchemaShapes()
    const tuple = { type: 'object', properties: { pair: { items: [{ type: 'integer' }] } } }
    const draft7 = await shapes.shapeOf({ $schema: 'http://json-schema.org/draft-07/schema#', ...tuple })
    expect(draft7.problemOf({ pair: ['x'] })).toBeDefined()
    const latest = await shapes.shapeOf({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      type: 'object',
      properties: { pair: { prefixItems: [{ type: 'integer' }] } },
    })
    expect(latest.problemOf({ pair: ['x'] })).toBeDefined()
    expect(latest.problemOf({ pair: [1] })).toBeUndefined()
  })

  test.each([
    ['of an array', { type: 'array' }, 'expected one whose type is "object"'],
    ['that is none', { type: 'object', properties: 3 }, 'not a JSON Schema'],
    ['with a reference into nowhere', { $ref: 'https://example.com/ticket.json' }, "can't resolve reference"],
    ['that would answer later', { $async: true, type: 'object' }, '$async'],
  ])('a schema %s is refused', (_, schema, message) => {
    expect(new SchemaShapes().shapeOf(schema)).rejects.toThrow(new RegExp(message.replace('$', '\\$')))
  })

  test('is compiled once for equal schemas, also with an $id, and forgotten in the end', async () => {
    const shapes = new SchemaShapes()
    const schema = { $id: 'https://example.com/ticket', ...TICKET }
    const first = await shapes.shapeOf(schema)
    expect(await shapes.shapeOf(structuredClone(schema))).toBe(first)
    for (let index = 0; index < 99; index++) await shapes.shapeOf({ type: 'object', title: String(index) })
    expect(await shapes.shapeOf(schema)).toBe(first)
    for (let index = 100; index < 200; index++) await shapes.shapeOf({ type: 'object', title: String(index) })
    const again = await shapes.shapeOf(schema)
    expect(again).not.toBe(first)
  })
})

describe('the shape of expected fields', () => {
  const { problemOf, schema } = expectedFields(['ticket_id', 'toString'])

  test('wants each field there and not null, its own and not inherited', () => {
    expect(problemOf({ ticket_id: '', toString: 0, more: true })).toBeUndefined()
    expect(problemOf({ ticket_id: '1' })).toBe('"toString" is missing')
    expect(problemOf({ ticket_id: null, toString: 1 })).toBe('"ticket_id" is null')
    expect(problemOf({})).toBe('"ticket_id" is missing, "toString" is missing')
  })

  test('asks providers in a schema that strict structured outputs take: every field typed and required', async () => {
    const shape = await new SchemaShapes().shapeOf(schema)
    expect(shape.problemOf({ ticket_id: 'x', toString: ['y'] })).toBeUndefined()
    expect(shape.problemOf({ ticket_id: null, toString: 'y' })).toBeDefined()
    expect(shape.problemOf({ ticket_id: 'x' })).toBe('"toString" is missing')
  })
})
