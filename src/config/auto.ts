import type { ProtocolName } from '../protocols/core/index.ts'
import { insecureKeyMessage, isLoopback, parseBaseUrl } from './base-url.ts'
import type { Environment } from './interpolation.ts'
import { officialBaseUrls } from './known-hosts.ts'
import { emptyConfig } from './policy-defaults.ts'
import { resolveProvider } from './resolve.ts'
import type { Config, FamilyRoute, ProviderConfig } from './types.ts'

/** What the environment's keys give, and what the user should know about it. */
export interface AutoConfigResult {
  /** `undefined` when no usable key was found. */
  readonly config: Config | undefined
  /** One sentence each, for the start-up log. */
  readonly notices: readonly string[]
}

interface AutoProvider {
  readonly name: string
  readonly protocol: ProtocolName
  readonly keyVariable: string
  readonly baseUrlVariable: string
  /** How the names of its models begin. */
  readonly prefixes: readonly string[]
  /** Another protocol that the same account speaks at its own company's host. */
  readonly alsoAtItsOwnHost?: { readonly name: string; readonly protocol: ProtocolName }
}

const autoProviders: readonly AutoProvider[] = [
  {
    name: 'anthropic',
    protocol: 'anthropic',
    keyVariable: 'ANTHROPIC_API_KEY',
    baseUrlVariable: 'ANTHROPIC_BASE_URL',
    prefixes: ['claude'],
  },
  {
    name: 'openai',
    protocol: 'openai-chat',
    keyVariable: 'OPENAI_API_KEY',
    baseUrlVariable: 'OPENAI_BASE_URL',
    prefixes: ['gpt', 'o1', 'o3', 'o4', 'chatgpt', 'codex', 'text-embedding'],
    // Only OpenAI itself is sure to have both; who speaks its protocol elsewhere often has Chat alone.
    alsoAtItsOwnHost: { name: 'openai-responses', protocol: 'openai-responses' },
  },
  {
    name: 'gemini',
    protocol: 'gemini',
    keyVariable: 'GEMINI_API_KEY',
    baseUrlVariable: 'GOOGLE_GEMINI_BASE_URL',
    prefixes: ['gemini', 'gemma'],
  },
]

/**
 * Makes a configuration of the provider keys in the environment: each provider with a key serves the models whose names
 * begin as its own do. `ownPort` is where this gateway will listen: an `…_BASE_URL` that points there was set for the
 * applications, and following it would make the gateway call itself.
 */
export function autoConfig(env: Environment, { ownPort }: { readonly ownPort?: number } = {}): AutoConfigResult {
  const providers = new Map<string, ProviderConfig>()
  const families: FamilyRoute[] = []
  const notices: string[] = []
  for (const auto of autoProviders) {
    const result = readProvider(auto, env, ownPort)
    if (result === undefined) continue
    if (result.notice !== undefined) notices.push(result.notice)
    if (result.provider === undefined) continue
    const served = [result.provider, ...sameAccount(auto, result.provider)]
    for (const provider of served) providers.set(provider.name, provider)
    for (const prefix of auto.prefixes) families.push({ prefix, providers: served.map(({ name }) => name) })
  }
  if (providers.size === 0) return { config: undefined, notices }
  return { config: { ...emptyConfig, source: 'environment', providers, families }, notices }
}

function sameAccount({ alsoAtItsOwnHost: other }: AutoProvider, provider: ProviderConfig): readonly ProviderConfig[] {
  const { baseUrl, apiKeys } = provider
  if (other === undefined || baseUrl.href !== new URL(officialBaseUrls[other.protocol]).href) return []
  return [resolveProvider(other.name, { protocol: other.protocol, apiKeys, baseUrl })]
}

interface ReadProvider {
  readonly provider?: ProviderConfig
  readonly notice?: string
}

function readProvider(auto: AutoProvider, env: Environment, ownPort: number | undefined): ReadProvider | undefined {
  const { name, protocol, keyVariable, baseUrlVariable } = auto
  const apiKey = env[keyVariable]?.trim() ?? ''
  if (apiKey === '') return undefined
  if (!/^[\x21-\x7e]+$/.test(apiKey)) {
    return { notice: `${keyVariable} holds spaces or other characters that no key has; ${name} is left out` }
  }
  const wanted = env[baseUrlVariable]?.trim() ?? ''
  const parsed = parseBaseUrl(wanted === '' ? officialBaseUrls[protocol] : wanted)
  // Not the official host instead: the key may belong to the other one, and a key goes to its own origin only.
  if (!parsed.ok) return { notice: `${baseUrlVariable}: ${parsed.message}; ${name} is left out` }
  if (ownPort !== undefined && isLoopback(parsed.url.hostname) && parsed.url.port === String(ownPort)) {
    const baseUrl = new URL(officialBaseUrls[protocol])
    const notice = `${baseUrlVariable} points to this gateway itself, so it is meant for applications; ${baseUrl.host} is used`
    return { provider: resolveProvider(name, { protocol, apiKey, baseUrl }), notice }
  }
  const insecure = insecureKeyMessage(parsed.url)
  if (insecure !== undefined) return { notice: `${baseUrlVariable}: ${insecure}; ${name} is left out` }
  return { provider: resolveProvider(name, { protocol, apiKey, baseUrl: parsed.url }) }
}
