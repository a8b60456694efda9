import { describe, expect, test } from 'bun:test'
import { autoConfig, simulatedConfig } from './index.ts'
import type { ProtocolName } from '../protocols/core/index.ts'

const anthropicKey = 'canary-anthropic'
const openaiKey = 'canary-openai'

function addresses(env: Record<string, string>, ownPort?: number): { at: string[]; notices: readonly string[] } {
  const { config, notices } = autoConfig(env, ownPort === undefined ? {} : { ownPort })
  expect(notices.join()).not.toContain('canary')
  return { at: [...(config?.providers.values() ?? [])].map(({ baseUrl }) => baseUrl.href), notices }
}

describe('a configuration made of the keys in the environment', () => {
  test('serves each provider by the families of its models', () => {
    const { config, notices } = autoConfig({ ANTHROPIC_API_KEY: anthropicKey, OPENAI_API_KEY: `${openaiKey}\n` })
    expect(notices).toEqual([])
    expect(config?.source).toBe('environment')
    expect(
      [...(config?.providers.values() ?? [])].map((p) => [
        p.name,
        p.protocol,
        p.baseUrl.href,
        ...p.apiKeys,
        p.completion,
      ]),
    ).toEqual([
      ['anthropic', 'anthropic', 'https://api.anthropic.com/', anthropicKey, 'strict'],
      ['openai', 'openai-chat', 'https://api.openai.com/v1', openaiKey, 'strict'],
      ['openai-responses', 'openai-responses', 'https://api.openai.com/v1', openaiKey, 'strict'],
    ])
    expect(config?.families.map(({ prefix, providers }) => `${prefix}:${providers}`)).toEqual([
      'claude:anthropic',
      'gpt:openai,openai-responses',
      'o1:openai,openai-responses',
      'o3:openai,openai-responses',
      'o4:openai,openai-responses',
      'chatgpt:openai,openai-responses',
      'codex:openai,openai-responses',
      'text-embedding:openai,openai-responses',
    ])
  })

  test('has only the families of the keys that are there', () => {
    const { config } = autoConfig({ ANTHROPIC_API_KEY: anthropicKey, OPENAI_API_KEY: ' ' })
    expect(config?.families).toEqual([{ prefix: 'claude', providers: ['anthropic'] }])
  })

  test('knows Gemini, and speaks Responses only to OpenAI itself', () => {
    const { config } = autoConfig({
      GEMINI_API_KEY: 'canary',
      OPENAI_API_KEY: openaiKey,
      OPENAI_BASE_URL: 'http://127.0.0.1:8000/v1',
    })
    expect([...(config?.providers.values() ?? [])].map(({ name, protocol }) => [name, protocol])).toEqual([
      ['openai', 'openai-chat'],
      ['gemini', 'gemini'],
    ])
    expect(config?.families).toContainEqual({ prefix: 'gemini', providers: ['gemini'] })
  })

  test('is none without a usable key', () => {
    expect(autoConfig({})).toEqual({ config: undefined, notices: [] })
  })

  test('follows the base URLs of the environment', () => {
    const env = {
      ANTHROPIC_API_KEY: anthropicKey,
      ANTHROPIC_BASE_URL: 'http://127.0.0.1:9100/gpu/',
      OPENAI_API_KEY: openaiKey,
      OPENAI_BASE_URL: 'https://llm.example.com/v1',
    }
    expect(addresses(env).at).toEqual(['http://127.0.0.1:9100/gpu', 'https://llm.example.com/v1'])
    expect(autoConfig(env).config?.providers.get('openai')?.completion).toBe('finish-only')
  })

  test('sends no key to the official host, nor in the clear, when the base URL cannot be used', () => {
    const env = { ANTHROPIC_API_KEY: anthropicKey, OPENAI_API_KEY: openaiKey }
    expect(addresses({ ...env, ANTHROPIC_BASE_URL: 'canary', OPENAI_BASE_URL: 'http://llm.example.com/v1' })).toEqual({
      at: [],
      notices: [
        'ANTHROPIC_BASE_URL: expected an address with https:// or http://, such as https://api.example.com/v1, got something else; anthropic is left out',
        'OPENAI_BASE_URL: the key would travel unencrypted to llm.example.com; use https; openai is left out',
      ],
    })
  })

  test('does not make the gateway call itself', () => {
    const env = { ANTHROPIC_API_KEY: anthropicKey, ANTHROPIC_BASE_URL: 'http://localhost:8787' }
    const { at, notices } = addresses(env, 8787)
    expect(at).toEqual(['https://api.anthropic.com/'])
    expect(notices).toEqual([
      'ANTHROPIC_BASE_URL points to this gateway itself, so it is meant for applications; api.anthropic.com is used',
    ])
    expect(addresses({ ...env, ANTHROPIC_BASE_URL: 'https://x.example:8787' }, 8787).at).toEqual([
      'https://x.example:8787/',
    ])
    expect(addresses(env, 8788).at).toEqual(['http://localhost:8787/'])
  })
})

describe('the configuration of the simulated providers', () => {
  const config = simulatedConfig({ baseUrl: 'http://127.0.0.1:9100/' })

  test('has three machines, each with all protocols', () => {
    expect([...config.providers.values()].map((p) => [p.name, p.protocol, p.baseUrl.href])).toEqual([
      ['trainium', 'anthropic', 'http://127.0.0.1:9100/trainium'],
      ['trainium-openai', 'openai-chat', 'http://127.0.0.1:9100/trainium/v1'],
      ['trainium-responses', 'openai-responses', 'http://127.0.0.1:9100/trainium/v1'],
      ['trainium-gemini', 'gemini', 'http://127.0.0.1:9100/trainium'],
      ['gpu', 'anthropic', 'http://127.0.0.1:9100/gpu'],
      ['gpu-openai', 'openai-chat', 'http://127.0.0.1:9100/gpu/v1'],
      ['gpu-responses', 'openai-responses', 'http://127.0.0.1:9100/gpu/v1'],
      ['gpu-gemini', 'gemini', 'http://127.0.0.1:9100/gpu'],
      ['tpu', 'anthropic', 'http://127.0.0.1:9100/tpu'],
      ['tpu-openai', 'openai-chat', 'http://127.0.0.1:9100/tpu/v1'],
      ['tpu-responses', 'openai-responses', 'http://127.0.0.1:9100/tpu/v1'],
      ['tpu-gemini', 'gemini', 'http://127.0.0.1:9100/tpu'],
    ])
    expect(new Set([...config.providers.values()].flatMap(({ apiKeys }) => apiKeys))).toEqual(new Set(['simulated']))
  })

  test('serves every model on all three machines of one protocol, and every reference in it exists', () => {
    expect([...config.models.values()].map((m) => [m.name, m.platforms.length, m.fallbacks.join()])).toEqual([
      ['sim-sonnet', 3, 'sim-gpt'],
      ['sim-haiku', 3, 'sim-gpt'],
      ['sim-gpt', 3, 'sim-sonnet'],
      ['sim-gpt-mini', 3, ''],
      ['sim-gpt-pro', 3, 'sim-gpt'],
      ['sim-embedding', 3, ''],
      ['sim-gemini', 3, 'sim-sonnet'],
      ['sim-gemini-flash', 3, ''],
    ])
    for (const { name, platforms, fallbacks } of config.models.values()) {
      const protocols = platforms.map(({ provider }) => config.providers.get(provider)?.protocol)
      expect(new Set(protocols)).toEqual(new Set([protocolOf(name)]))
      expect(platforms.every(({ model }) => model === name)).toBe(true)
      expect(fallbacks.every((fallback) => config.models.has(fallback))).toBe(true)
    }
  })
})

function protocolOf(model: string): ProtocolName {
  if (model === 'sim-gpt-pro') return 'openai-responses'
  if (model === 'sim-embedding') return 'openai-chat'
  if (model.startsWith('sim-gemini')) return 'gemini'
  return model.startsWith('sim-gpt') ? 'openai-chat' : 'anthropic'
}
