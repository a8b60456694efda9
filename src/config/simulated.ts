import type { ProtocolName } from '../protocols/core/index.ts'
import { emptyConfig } from './policy-defaults.ts'
import { resolveProvider } from './resolve.ts'
import type { Config, ModelConfig, ProviderConfig } from './types.ts'

/** The hardware that the simulated operator serves every model on. */
const hardware: readonly string[] = ['trainium', 'gpu', 'tpu']

interface SimulatedModel {
  readonly name: string
  readonly suffix: '' | '-openai' | '-responses' | '-gemini'
  readonly fallbacks: readonly string[]
}

const simulatedModels: readonly SimulatedModel[] = [
  { name: 'sim-sonnet', suffix: '', fallbacks: ['sim-gpt'] },
  { name: 'sim-haiku', suffix: '', fallbacks: ['sim-gpt'] },
  { name: 'sim-gpt', suffix: '-openai', fallbacks: ['sim-sonnet'] },
  { name: 'sim-gpt-mini', suffix: '-openai', fallbacks: [] },
  { name: 'sim-gpt-pro', suffix: '-responses', fallbacks: ['sim-gpt'] },
  { name: 'sim-embedding', suffix: '-openai', fallbacks: [] },
  { name: 'sim-gemini', suffix: '-gemini', fallbacks: ['sim-sonnet'] },
  { name: 'sim-gemini-flash', suffix: '-gemini', fallbacks: [] },
]

/**
 * The configuration for simulated providers at `baseUrl` (`http://127.0.0.1:9100`): each model on three platforms of
 * one of the four protocols. `sim-sonnet` and `sim-gpt` stand in for each other, so that translation is on the way of a failover too.
 */
export function simulatedConfig({ baseUrl }: { readonly baseUrl: string | URL }): Config {
  const origin = String(baseUrl).replace(/\/+$/, '')
  const providers = new Map<string, ProviderConfig>()
  for (const name of hardware) {
    // All strict: the simulated servers send every marker, so one that is missing is a fault.
    const shared = { apiKey: 'simulated', completion: 'strict' } as const
    const provide = (suffix: SimulatedModel['suffix'], protocol: ProtocolName, path: string): void => {
      const provider = `${name}${suffix}`
      const baseUrl = new URL(`${origin}/${name}${path}`)
      providers.set(provider, resolveProvider(provider, { ...shared, protocol, baseUrl }))
    }
    provide('', 'anthropic', '')
    provide('-openai', 'openai-chat', '/v1')
    provide('-responses', 'openai-responses', '/v1')
    provide('-gemini', 'gemini', '')
  }
  const models = simulatedModels.map(({ name, suffix, fallbacks }): [string, ModelConfig] => [
    name,
    {
      name,
      platforms: hardware.map((machine) => ({ provider: `${machine}${suffix}`, model: name })),
      fallbacks,
      affinity: 'session',
    },
  ])
  return {
    ...emptyConfig,
    source: 'simulated',
    providers,
    models: new Map(models),
    families: [],
  }
}
