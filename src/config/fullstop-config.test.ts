import { expect, test } from 'bun:test'
import type { FullstopConfig } from './fullstop-config.ts'
import { configJsonSchema } from './json-schema.ts'
import { parseConfigObject } from './parse.ts'

type Complete<T> = T extends readonly unknown[] | string | number
  ? T
  : { readonly [Key in keyof T]-?: Complete<NonNullable<T[Key]>> }

// The compiler wants every key of the type here, the schema must take each of them, and must have no other.
const EVERYTHING: Complete<FullstopConfig> = {
  providers: {
    a: {
      protocol: 'openai-chat',
      baseUrl: 'https://example.com/v1',
      host: 'vllm',
      apiKey: 'key',
      apiKeys: ['key'],
      completion: 'strict',
      timeouts: { firstEvent: '1s', idle: '1s', total: '1m' },
      limits: { concurrent: 10, requestsPerMinute: 100, tokensPerMinute: 1_000 },
      contextWindow: 1_000,
      prefill: 'accepted',
    },
  },
  models: {
    m: { platforms: ['a/x'], fallbacks: ['n'], affinity: 'session' },
    n: { platforms: ['a/y'], fallbacks: [], affinity: 'none' },
  },
  defaults: {
    profile: 'prototype',
    delivery: 'hold',
    thinking: 'live',
    attempts: 2,
    deadline: '1m',
    hedge: 'p95',
    replay: 'on',
    limited: 'pass',
    toolArguments: 'pass',
    seam: 'off',
    approval: { timeout: '1m', onTimeout: 'reject' },
  },
  workflows: {
    w: {
      model: 'm',
      profile: 'prototype',
      delivery: 'hold',
      thinking: 'hold',
      attempts: 1,
      deadline: '5s',
      hedge: 'off',
      replay: 'off',
      limited: 'error',
      toolArguments: 'enforce',
      seam: 'instruct',
      schema: './answer.json',
      expect: ['id'],
      value: { currency: 'USD', amount: 18, per: 'run' },
      approval: { timeout: '1m', onTimeout: 'answer' },
      degrade: { cache: '1h', model: 'n', answer: '{"id":1}' },
    },
  },
  clients: {
    c: {
      keyHash: `sha256:${'0'.repeat(64)}`,
      workflows: ['w'],
      tenant: 't',
      limits: { concurrent: 1, requestsPerMinute: 2, tokensPerMinute: 3, repeats: 4 },
    },
  },
  control: { keyHash: `sha256:${'1'.repeat(64)}`, listen: '127.0.0.1:0' },
  replay: { window: '5m', keyWindow: '1h', megabytes: 8 },
  approvals: {
    approvers: { alice: { keyHash: `sha256:${'2'.repeat(64)}`, tenants: ['t'], workflows: ['w'] } },
    webhook: { url: 'https://example.com/hook', secret: 'a-secret-of-the-operator', content: 'off' },
  },
  passthrough: {
    files: 'a',
    batches: 'a',
    audio: 'a',
    images: 'a',
    moderations: 'a',
    completions: 'a',
    'fine-tuning': 'a',
    'vector-stores': 'a',
    containers: 'a',
    conversations: 'a',
  },
}

test('the type of a configuration as an object and the schema have the same keys', () => {
  // Of these pairs only one may be there.
  const { apiKeys: _, ...a } = EVERYTHING.providers.a ?? {}
  const { schema: __, ...w } = EVERYTHING.workflows.w ?? {}
  const config = { ...EVERYTHING, providers: { a }, workflows: { w } }
  expect(parseConfigObject(config, { env: {} })).toMatchObject({ ok: true })
  expect(keysOfSchema(configJsonSchema(), '')).toEqual(keysOfValue(EVERYTHING, '', configJsonSchema()))
})

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>
  readonly additionalProperties?: Schema | boolean
}

function keysOfSchema({ properties, additionalProperties }: Schema, path: string): string[] {
  const named = Object.entries(properties ?? {}).flatMap(([key, schema]) => [
    `${path}.${key}`,
    ...keysOfSchema(schema, `${path}.${key}`),
  ])
  return [
    ...named,
    ...(typeof additionalProperties === 'object' ? keysOfSchema(additionalProperties, `${path}.*`) : []),
  ].toSorted()
}

/** The same paths of a value; where the schema has names of the user's, they are `*`. */
function keysOfValue(value: unknown, path: string, schema: Schema): string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return []
  const paths = Object.entries(value).flatMap(([key, item]) => {
    const named = schema.properties?.[key]
    if (named !== undefined) return [`${path}.${key}`, ...keysOfValue(item, `${path}.${key}`, named)]
    return typeof schema.additionalProperties === 'object'
      ? keysOfValue(item, `${path}.*`, schema.additionalProperties)
      : [`${path}.${key}`]
  })
  return [...new Set(paths)].toSorted()
}
