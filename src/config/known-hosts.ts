import type { Completion, PrefillStyle, ProtocolName } from '../protocols/core/index.ts'

/** Where each protocol's own company serves it, as its official SDK wants it. */
export const officialBaseUrls: Readonly<Record<ProtocolName, string>> = {
  anthropic: 'https://api.anthropic.com',
  'openai-chat': 'https://api.openai.com/v1',
  'openai-responses': 'https://api.openai.com/v1',
  gemini: 'https://generativelanguage.googleapis.com',
}

/** Hosts of OpenAI's Chat protocol whose way of ending a stream is known. `docs/completion.md` has the same table. */
export const hostNames = [
  'openai',
  'azure',
  'groq',
  'mistral',
  'deepseek',
  'openrouter',
  'zai',
  'huggingface',
  'crusoe',
  'snowflake',
  'vllm',
  'ollama',
] as const
export type HostName = (typeof hostNames)[number]

interface KnownHost {
  /** Its address, where it has one of its own. */
  readonly matches: ((url: URL) => boolean) | undefined
  readonly completion: Completion
  /** How it is asked to continue a half answer, where a last turn of the assistant's alone does not say it. */
  readonly prefill?: PrefillStyle
}

const at =
  (...names: readonly string[]) =>
  ({ hostname }: URL): boolean =>
    names.includes(hostname)
const below =
  (...domains: readonly string[]) =>
  ({ hostname }: URL): boolean =>
    domains.some((domain) => hostname.endsWith(`.${domain}`))

/** Each backed by recordings of its streams (counted here) or by what its maker documents. */
const knownHosts: Readonly<Record<HostName, KnownHost>> = {
  // 48 of 48: a finish reason for every choice, then `[DONE]`.
  openai: { matches: at('api.openai.com'), completion: 'strict' },
  // The v1 surface is OpenAI's own server behind filters: the same events, with more chunks that have no delta.
  // https://learn.microsoft.com/azure/ai-foundry/openai/reference
  azure: { matches: below('openai.azure.com', 'services.ai.azure.com'), completion: 'strict' },
  // 3 of 3 whole ones, and the fourth is its in-band error, without either.
  groq: { matches: at('api.groq.com'), completion: 'strict' },
  // 1 of 1; https://docs.mistral.ai/api says that `data: [DONE]` terminates the stream.
  mistral: { matches: at('api.mistral.ai'), completion: 'strict', prefill: 'prefix' },
  // 1 of 1; https://api-docs.deepseek.com says that `data: [DONE]` terminates the stream.
  // It continues below `/beta` alone: https://api-docs.deepseek.com/guides/chat_prefix_completion
  deepseek: { matches: at('api.deepseek.com'), completion: 'strict', prefill: 'prefix' },
  // 4 of 4, the finish reason twice in two of them.
  openrouter: { matches: at('openrouter.ai'), completion: 'strict' },
  // 1 of 1 each.
  zai: { matches: at('api.z.ai'), completion: 'strict' },
  huggingface: { matches: at('router.huggingface.co'), completion: 'strict' },
  crusoe: { matches: at('api.inference.crusoecloud.com'), completion: 'strict' },
  // 2 of 2 have no finish reason at all, `[DONE]` alone.
  snowflake: { matches: below('snowflakecomputing.com'), completion: 'sentinel-only' },
  // Its server writes both, except where its engine died and it says nothing (vllm-project/vllm #52852): exactly what
  // must not pass. Runs anywhere, so it is named, not recognised.
  vllm: { matches: undefined, completion: 'strict', prefill: 'final-message' },
  // https://docs.ollama.com/openai; its port is its own.
  ollama: { matches: ({ port }) => port === '11434', completion: 'strict' },
}

// For hosts that nobody has looked at. Many that speak OpenAI's Chat protocol never send `[DONE]`; in the others, a stream
// without its terminal event is what a broken gateway in between looks like.
const protocolCompletion: Readonly<Record<ProtocolName, Completion>> = {
  anthropic: 'strict',
  'openai-chat': 'finish-only',
  'openai-responses': 'strict',
  gemini: 'strict',
}

/** Which proof an upstream gives when the configuration doesn't say: its host's own, else its protocol's. */
export function defaultCompletion(protocol: ProtocolName, baseUrl: URL, host?: HostName): Completion {
  if (protocol !== 'openai-chat') return protocolCompletion[protocol]
  return knownHost(baseUrl, host)?.completion ?? protocolCompletion[protocol]
}

/** How an upstream is asked to continue a half answer, where it is declared to. */
export function prefillStyle(protocol: ProtocolName, baseUrl: URL, host?: HostName): PrefillStyle {
  return (protocol === 'openai-chat' ? knownHost(baseUrl, host)?.prefill : undefined) ?? 'turn'
}

function knownHost(baseUrl: URL, host: HostName | undefined): KnownHost | undefined {
  return host === undefined ? Object.values(knownHosts).find(({ matches }) => matches?.(baseUrl)) : knownHosts[host]
}
