import { describe, expect, test } from 'bun:test'
import { configLimitBytes, formatProblems, parseConfig, parseConfigObject, type Config } from './index.ts'

const env = { KEY: 'canary-7f3a9c', NAME: 'gpt-4o' }
const minimal = 'providers:\n  a: { protocol: anthropic }\n'

function parsed(text: string): Config {
  const result = parseConfig(text, { source: 'f.yaml', env })
  if (!result.ok) throw new Error(formatProblems(result.problems))
  return result.config
}

function problems(text: string): string[] {
  const result = parseConfig(text, { source: 'f.yaml', env })
  return result.ok ? [] : formatProblems(result.problems).split('\n')
}

describe('a valid configuration', () => {
  test('gets every default from its protocol and host', () => {
    const config = parsed(`providers:
  anthropic: { protocol: anthropic, apiKey: "\${KEY}" }
  openai: { protocol: openai-chat }
  snow: { protocol: openai-chat, baseUrl: https://acme.snowflakecomputing.com/api/v2/cortex/v1 }
  snow-claude: { protocol: anthropic, baseUrl: https://acme.snowflakecomputing.com }
  other: { protocol: openai-chat, baseUrl: https://llm.example.com/v1/ }
  gateway: { protocol: anthropic, baseUrl: http://127.0.0.1:9100/gpu/, apiKey: k }
`)
    expect(config.source).toBe('f.yaml')
    expect([...config.providers.values()].map((p) => [p.name, p.baseUrl.href, p.completion])).toEqual([
      ['anthropic', 'https://api.anthropic.com/', 'strict'],
      ['openai', 'https://api.openai.com/v1', 'strict'],
      ['snow', 'https://acme.snowflakecomputing.com/api/v2/cortex/v1', 'sentinel-only'],
      ['snow-claude', 'https://acme.snowflakecomputing.com/', 'strict'],
      ['other', 'https://llm.example.com/v1', 'finish-only'],
      ['gateway', 'http://127.0.0.1:9100/gpu', 'strict'],
    ])
    expect(config.providers.get('anthropic')).toMatchObject({
      apiKeys: ['canary-7f3a9c'],
      contextWindow: undefined,
      prefill: { isAccepted: false, style: 'turn' },
      timeouts: {
        firstEventMs: 60_000,
        idleMs: 30_000,
        totalMs: 600_000,
        declared: { firstEvent: false, idle: false },
      },
    })
    expect(config.defaults).toEqual({
      profile: 'prototype',
      delivery: 'guarded',
      thinking: 'live',
      attempts: 4,
      deadlineMs: 600_000,
      overloadControl: false,
      hedge: 'off',
      replay: 'on',
      limited: 'pass',
      toolArguments: 'enforce',
      seam: 'off',
      needsApproval: false,
      approval: { timeoutMs: 600_000, onTimeout: 'reject' },
    })
    expect(config.approvals).toEqual({ approvers: new Map(), webhook: undefined })
    expect(config.control).toEqual({ keyHash: undefined, listen: undefined })
    expect(config.replay).toEqual({ windowMs: 600_000, keyWindowMs: 86_400_000, limitBytes: 64 * 1_048_576 })
    expect([config.models.size, config.workflows.size, config.clients.size, config.families.length]).toEqual([
      0, 0, 0, 0,
    ])
  })

  test('keeps everything that it says', () => {
    const config = parsed(`providers:
  a:
    protocol: openai-chat
    baseUrl: https://x.example/v1
    completion: sentinel-only
    timeouts: { firstEvent: 250ms, idle: 10s, total: 1h }
    contextWindow: 200000
    prefill: accepted
    host: vllm
models:
  sonnet: { platforms: [a/claude, a/org/model:v1], fallbacks: [gpt] }
  gpt: { platforms: ["a/\${NAME}"] }
defaults: { delivery: hold, attempts: 2, deadline: 5m }
workflows:
  replies: { model: sonnet, attempts: 7, seam: instruct, degrade: { cache: 1h, model: gpt, answer: "Later." } }
  direct: { model: a/claude, profile: prototype, delivery: live, deadline: 30s }
clients:
  shop: { keyHash: "sha256:${'AB'.repeat(32)}", workflows: [replies], tenant: shop, limits: { requestsPerMinute: 600, concurrent: 50 } }
  all: { keyHash: "sha256:${'cd'.repeat(32)}" }
control: { keyHash: "sha256:${'12'.repeat(32)}", listen: "[::]:8788" }
replay: { window: 5m, keyWindow: 1h, megabytes: 8 }
approvals:
  approvers: { alice: { keyHash: "sha256:${'EF'.repeat(32)}", tenants: [shop] } }
  webhook: { url: https://ops.example/hook, secret: sixteen-characters }
`)
    expect(config.replay).toEqual({ windowMs: 300_000, keyWindowMs: 3_600_000, limitBytes: 8 * 1_048_576 })
    expect(config.providers.get('a')).toMatchObject({
      completion: 'sentinel-only',
      contextWindow: 200_000,
      prefill: { isAccepted: true, style: 'final-message' },
      timeouts: { firstEventMs: 250, idleMs: 10_000, totalMs: 3_600_000, declared: { firstEvent: true, idle: true } },
    })
    expect(config.models.get('sonnet')).toEqual({
      name: 'sonnet',
      platforms: [
        { provider: 'a', model: 'claude' },
        { provider: 'a', model: 'org/model:v1' },
      ],
      fallbacks: ['gpt'],
      affinity: 'session',
    })
    expect(config.models.get('gpt')?.platforms).toEqual([{ provider: 'a', model: 'gpt-4o' }])
    expect(config.workflows.get('replies')).toEqual({
      name: 'replies',
      model: 'sonnet',
      profile: 'prototype',
      delivery: 'hold',
      thinking: 'live',
      attempts: 7,
      deadlineMs: 300_000,
      overloadControl: false,
      hedge: 'off',
      replay: 'on',
      limited: 'pass',
      toolArguments: 'enforce',
      schema: undefined,
      schemaFile: undefined,
      expect: undefined,
      value: undefined,
      seam: 'instruct',
      needsApproval: false,
      approval: { timeoutMs: 600_000, onTimeout: 'reject' },
      degrade: { cacheMs: 3_600_000, model: 'gpt', answer: 'Later.' },
    })
    expect(config.approvals).toEqual({
      approvers: new Map([
        ['alice', { name: 'alice', keyHash: 'ef'.repeat(32), tenants: ['shop'], workflows: undefined }],
      ]),
      webhook: { url: new URL('https://ops.example/hook'), secret: 'sixteen-characters', content: false },
    })
    expect(config.workflows.get('direct')).toMatchObject({ model: 'a/claude', delivery: 'live', deadlineMs: 30_000 })
    const hash = 'ab'.repeat(32)
    expect(config.clients.get('shop')).toEqual({
      name: 'shop',
      keyHash: hash,
      workflows: ['replies'],
      tenant: 'shop',
      limits: { concurrent: 50, requestsPerMinute: 600, tokensPerMinute: undefined, repeats: 30 },
    })
    expect(config.clients.get('all')).toMatchObject({ workflows: undefined, tenant: undefined, limits: undefined })
    expect(config.control).toEqual({ keyHash: '12'.repeat(32), listen: { hostname: '::', port: 8788 } })
  })

  test('may use aliases, a byte order mark and braces over several lines', () => {
    const config = parsed(
      '\uFEFFproviders:\n  a: { protocol: anthropic, timeouts: &t { idle: 5s } }\n  b: {\n    protocol: anthropic, timeouts: *t\n  }\n',
    )
    expect([...config.providers.values()].map(({ timeouts }) => timeouts.idleMs)).toEqual([5000, 5000])
  })

  test('reads an alias as the anchor that stood before it, though the name is used again', () => {
    const config = parsed(
      'providers:\n  a: { protocol: anthropic, timeouts: &t { idle: &i 5s } }\n  b: { protocol: anthropic, timeouts: { idle: &i 6s } }\n  c: { protocol: anthropic, timeouts: *t }\n  d: { protocol: anthropic, timeouts: { idle: *i } }\n',
    )
    expect([...config.providers.values()].map(({ timeouts }) => timeouts.idleMs)).toEqual([5000, 6000, 5000, 6000])
  })

  test('keeps $${ as plain text', () => {
    expect(
      parsed('providers: { a: { protocol: anthropic, apiKey: "$${KEY}${KEY}" } }').providers.get('a')?.apiKeys,
    ).toEqual(['${KEY}canary-7f3a9c'])
  })

  test('may name a provider or model like a property of every object', () => {
    const config = parsed(
      'providers: { valueof: { protocol: anthropic } }\nmodels: { toString: { platforms: [valueof/x] } }\n',
    )
    expect(config.models.get('toString')?.platforms).toEqual([{ provider: 'valueof', model: 'x' }])
  })
})

describe('the effort spent on a file is bounded:', () => {
  test('its size', () => {
    const text = `${minimal}#${'x'.repeat(configLimitBytes)}`
    expect(problems(text)).toEqual([`f.yaml:1:1 the configuration is larger than ${configLimitBytes} bytes`])
    // In bytes, not in letters.
    expect(problems(`${minimal}#${'é'.repeat(configLimitBytes / 2)}`)).toHaveLength(1)
    expect(problems(text.slice(0, configLimitBytes))).toEqual([])
  })

  test('what aliases grow into', () => {
    let bomb = 'a0: &a0 [x]\n'
    for (let index = 1; index < 20; index += 1) bomb += `a${index}: &a${index} [${`*a${index - 1}, `.repeat(9)}x]\n`
    expect(problems(bomb).join('\n')).toContain('more than 50000 values (aliases count each time)')
  })

  test('its depth', () => {
    expect(problems(`a:\n  ${'['.repeat(5000)}`)).toEqual(['f.yaml:2:35 nested more than 32 levels deep'])
    expect(problems(`${'- '.repeat(33)}x`)).toContain(
      `f.yaml:1:67 ${'[0]'.repeat(33)}: nested more than 32 levels deep`,
    )
  })
})

describe('a configuration given as an object', () => {
  test('is read like a file', () => {
    const result = parseConfigObject(
      { providers: { a: { protocol: 'anthropic', apiKey: '${KEY}', baseUrl: undefined } } },
      { env },
    )
    expect(result.ok && result.config.source).toBe('object')
    expect(result.ok && result.config.providers.get('a')?.apiKeys).toEqual(['canary-7f3a9c'])
  })

  test('has problems with a path and no line', () => {
    const result = parseConfigObject({ providers: { a: { protocol: 'anthropic', apikey: 'x' } } }, { env })
    expect(result).toEqual({
      ok: false,
      problems: [
        {
          file: 'object',
          line: 0,
          column: 0,
          path: 'providers.a.apikey',
          message: 'unknown key "apikey"; did you mean "apiKey"?',
        },
      ],
    })
    expect(result.ok ? '' : formatProblems(result.problems)).toBe(
      'object: providers.a.apikey: unknown key "apikey"; did you mean "apiKey"?',
    )
  })

  test('may not contain itself, class instances or special keys, and pollutes nothing', () => {
    const self: Record<string, unknown> = { providers: { a: new Map() } }
    self['models'] = self
    Object.defineProperty(self, '__proto__', { value: { polluted: true }, enumerable: true })
    const result = parseConfigObject(self, { env })
    expect(result.ok ? '' : formatProblems(result.problems)).toBe(
      [
        'object: __proto__: "__proto__" cannot be used as a name; choose another',
        'object: models: the object contains itself',
        'object: providers.a: expected a plain object, a list, a text or a number; got an instance of a class',
      ].join('\n'),
    )
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  })

  test('may be anything without harm', () => {
    for (const value of [undefined, null, 1, 'x', [], () => 0, Symbol('x'), 10n]) {
      expect(parseConfigObject(value, { env }).ok).toBe(false)
    }
  })
})
