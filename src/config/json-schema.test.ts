import { describe, expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { configJsonSchema, defaultPolicy, formatDuration, parseConfig } from './index.ts'

type Json = Readonly<Record<string, unknown>>

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Every declared key with its path, sections included. */
function fields(schema: unknown, path = ''): [string, Json][] {
  if (!isObject(schema)) return []
  const own = Object.entries(isObject(schema['properties']) ? schema['properties'] : {})
  return [
    ...own.flatMap(([key, value]): [string, Json][] => [
      ...(isObject(value) ? [[`${path}${key}`, value] as [string, Json]] : []),
      ...fields(value, `${path}${key}.`),
    ]),
    ...fields(schema['additionalProperties'], `${path}*.`),
  ]
}

describe('the JSON Schema for editors', () => {
  const all = new Map(fields(configJsonSchema()))

  test('in docs/ is current (else run: bun scripts/config-schema.ts)', () => {
    const file = readFileSync(new URL('../../docs/fullstop.schema.json', import.meta.url), 'utf8')
    expect(JSON.parse(file)).toEqual(JSON.parse(JSON.stringify(configJsonSchema())))
  })

  test('has every key that works', () => {
    expect([...all.keys()]).toContain('providers.*.timeouts.firstEvent')
    expect([...all.keys()]).toContain('clients.*.tenant')
    expect(all.size).toBe(96)
  })

  test('describes every key, with its default, and numbers and durations with unit and range', () => {
    for (const [path, schema] of all) {
      const description = String(schema['description'])
      expect([path, description]).toEqual([path, expect.stringMatching(/^.{10,} Default: .+\.$/)])
      const isMeasure = schema['type'] === 'integer' || JSON.stringify(schema['anyOf'] ?? '').includes('(ms|s|m|h)')
      if (isMeasure) expect([path, description]).toEqual([path, expect.stringMatching(/ Unit: .+\. Range: .+ to .+\./)])
      if (schema['type'] === 'integer')
        expect([typeof schema['minimum'], typeof schema['maximum']]).toEqual(['number', 'number'])
    }
  })

  test('states the defaults that hold', () => {
    const stated = (path: string): unknown => all.get(path)?.['default']
    const result = parseConfig('providers: { a: { protocol: anthropic } }', { source: 'f', env: {} })
    const config = result.ok ? result.config : undefined
    const timeouts = config?.providers.get('a')?.timeouts
    expect(stated('providers.*.timeouts.firstEvent')).toBe(formatDuration(timeouts?.firstEventMs ?? 0))
    expect(stated('providers.*.timeouts.idle')).toBe(formatDuration(timeouts?.idleMs ?? 0))
    expect(stated('providers.*.timeouts.total')).toBe(formatDuration(timeouts?.totalMs ?? 0))
    expect(config?.defaults).toEqual(defaultPolicy)
    expect(stated('defaults.profile')).toBe(defaultPolicy.profile)
    expect(stated('defaults.delivery')).toBe(defaultPolicy.delivery)
    expect(stated('defaults.attempts')).toBe(defaultPolicy.attempts)
    expect(stated('defaults.replay')).toBe(defaultPolicy.replay)
    expect(stated('replay.window')).toBe(formatDuration(config?.replay.windowMs ?? 0))
    expect(stated('replay.keyWindow')).toBe(formatDuration(config?.replay.keyWindowMs ?? 0))
    expect(stated('replay.megabytes')).toBe((config?.replay.limitBytes ?? 0) / 1_048_576)
    expect(stated('defaults.deadline')).toBe(formatDuration(defaultPolicy.deadlineMs))
  })
})
