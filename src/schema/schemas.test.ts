import { beforeAll, describe, expect, test } from 'bun:test'
import type { Json, JsonObject } from '../protocols/core/index.ts'
import { type Finding, Schemas } from './schemas.ts'

const schemas = new Schemas()
beforeAll(() => schemas.ready())

const bounded = (schema: JsonObject, value: Json): Finding | undefined =>
  schemas.judgeBounded(value, JSON.stringify(value).length, schema)

describe("a caller's schema", () => {
  test('finds what is wrong, as a label of the schema’s own path', () => {
    const schema = {
      type: 'object',
      properties: { id: { type: 'integer' }, 'full name': { type: 'string' }, line: { $ref: '#/$defs/line' } },
      required: ['id'],
      additionalProperties: false,
      $defs: { line: { type: 'object', required: ['sku'] } },
    } as const
    expect(bounded(schema, { id: 1, 'full name': 'x', line: { sku: 1 } })).toBeUndefined()
    expect(bounded(schema, {})).toEqual({ violation: '/required/id' as never })
    expect(bounded(schema, { id: 'SECRET' })).toEqual({ violation: '/properties/id/type' as never })
    expect(bounded(schema, { id: 1, line: {} })).toEqual({ violation: '/defs/line/required/sku' as never })
    // Prose in a name is none of the evidence's.
    expect(bounded(schema, { id: 1, 'full name': 2 })).toEqual({ violation: '/properties/_/type' as never })
    expect(bounded(schema, { id: 1, SECRET: 2 })).toEqual({ violation: '/additionalProperties' as never })
  })

  test.each([
    ['of an unknown draft', { $schema: 'http://json-schema.org/draft-04/schema#', type: 'object' }],
    ['in another dialect', { type: 'OBJECT' }],
    ['with a reference into nowhere', { $ref: '#/nowhere' }],
    ['with a reference to somebody else', { $ref: 'https://example.com/ticket.json' }],
    ['that would answer later', { $async: true, type: 'object' }],
    ['whose references nest too deeply to be compiled', nested(2_000)],
  ])('%s is not enforced, and that is said', (_, schema) => {
    const finding = bounded(schema as JsonObject, {})
    expect(['not-compilable', 'too-large']).toContain(finding?.unchecked ?? '')
  })

  test('that is too large is not enforced; nor is a value that is', () => {
    expect(bounded({ type: 'object', description: 'x'.repeat(20_000) }, 1)).toEqual({ unchecked: 'too-large' })
    expect(schemas.judgeBounded(1, 2_000_000, { type: 'string' })).toEqual({ unchecked: 'too-large' })
  })

  test('cannot hang anybody with its patterns: what a text holds is not looked at', () => {
    const schema = { type: 'object', properties: { a: { type: 'string', pattern: '^(a+)+$', maxLength: 3 } } }
    const value = { a: `${'a'.repeat(60)}!` }
    expect(within(500, () => bounded(schema, value))).toBeUndefined()
    expect(bounded(schema, { a: 1 })).toEqual({ violation: '/properties/a/type' as never })
    const names = { type: 'object', patternProperties: { '^(a+)+$': { type: 'number' } }, additionalProperties: false }
    expect(within(500, () => bounded(names, { [value.a]: 'x' }))).toBeUndefined()
  })

  test('a property may be called like a keyword that is not looked at', () => {
    const schema = { type: 'object', properties: { pattern: { type: 'string' } }, required: ['pattern'] }
    expect(bounded(schema, { pattern: 1 })).toEqual({ violation: '/properties/pattern/type' as never })
    expect(bounded(schema, {})).toEqual({ violation: '/required/pattern' as never })
  })

  test('cannot hang anybody with what it refers to', () => {
    const level = (next: number): JsonObject => ({
      allOf: [{ $ref: `#/$defs/d${next}` }, { $ref: `#/$defs/d${next}` }],
    })
    const $defs = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`d${index}`, level(index + 1)]))
    const doubling = { $ref: '#/$defs/d0', $defs: { ...$defs, d40: { type: 'object' } } }
    expect(within(2_000, () => bounded(doubling, {}))).toEqual({ unchecked: 'too-costly' })
    expect(bounded({ $ref: '#/$defs/a', $defs: { a: { $ref: '#/$defs/a' } } }, {})?.unchecked).toBeDefined()
    const deep = {
      $ref: '#/$defs/n',
      $defs: { n: { properties: { c: { allOf: [{ $ref: '#/$defs/n' }, { $ref: '#/$defs/n' }] } } } },
    }
    let value: Json = {}
    for (let depth = 0; depth < 60; depth++) value = { c: value }
    expect(within(2_000, () => bounded(deep, value))).toEqual({ unchecked: 'too-costly' })
  })

  test('cannot hang anybody with unique items', () => {
    const value = Array.from({ length: 100_000 }, (_, index) => [index])
    expect(within(2_000, () => bounded({ uniqueItems: true }, value))).toEqual({ unchecked: 'too-costly' })
  })

  test('is kept compiled, within bounds: who sends ever new ones fills no memory', () => {
    const many = new Schemas()
    return many.ready()?.then(() => {
      for (let index = 0; index < 40; index++)
        many.judgeBounded({}, 2, { type: 'object', description: `${index} ${'x'.repeat(16_000)}` })
      expect(many.keptCharacters).toBeGreaterThan(200_000)
      expect(many.keptCharacters).toBeLessThanOrEqual(262_144)
    })
  })

  test('of a recursive kind is enforced where nothing explodes', () => {
    const tree = {
      $ref: '#/$defs/n',
      $defs: {
        n: { type: 'object', required: ['v'], properties: { l: { $ref: '#/$defs/n' }, r: { $ref: '#/$defs/n' } } },
      },
    }
    const grow = (depth: number, leaf: Json): Json =>
      depth === 0 ? leaf : { v: 1, l: grow(depth - 1, leaf), r: grow(depth - 1, leaf) }
    expect(bounded(tree, grow(10, { v: 1 }))).toBeUndefined()
    expect(bounded(tree, grow(10, {}))).toEqual({ violation: '/required/v' as never })
  })
})

describe("an operator's schema", () => {
  test('is enforced whole, patterns included', () => {
    const schema = { type: 'object', properties: { id: { type: 'string', pattern: '^[0-9]+$' } } }
    expect(schemas.judge({ id: '12' }, schema)).toBeUndefined()
    expect(schemas.judge({ id: 'x' }, schema)).toEqual({ violation: '/properties/id/pattern' as never })
  })
})

function nested(depth: number): JsonObject {
  let schema: JsonObject = {}
  for (let level = 0; level < depth; level++) schema = { not: schema }
  return schema
}

function within<T>(ms: number, work: () => T): T {
  const start = performance.now()
  const result = work()
  expect(performance.now() - start).toBeLessThan(ms)
  return result
}
