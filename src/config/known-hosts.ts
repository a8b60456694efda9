import type { CompletionProfile, ProtocolName } from './types.ts'

/** Where each protocol's own company serves it, as its official SDK wants it. */
export const officialBaseUrls: Readonly<Record<ProtocolName, string>> = {
  anthropic: 'https://api.anthropic.com',
  'openai-chat': 'https://api.openai.com/v1',
  'openai-responses': 'https://api.openai.com/v1',
  gemini: 'https://generativelanguage.googleapis.com',
}

interface KnownHost {
  readonly protocol: ProtocolName
  readonly matches: (hostname: string) => boolean
  readonly completion: CompletionProfile
}

const knownHosts: readonly KnownHost[] = [
  // 49 of 49 recorded streams end in `message_stop`.
  { protocol: 'anthropic', matches: (hostname) => hostname === 'api.anthropic.com', completion: 'strict' },
  // 48 of 48 recorded streams end in a finish reason for every choice and then `[DONE]`.
  { protocol: 'openai-chat', matches: (hostname) => hostname === 'api.openai.com', completion: 'strict' },
  // 32 of 32 recorded streams end in `response.completed`.
  { protocol: 'openai-responses', matches: (hostname) => hostname === 'api.openai.com', completion: 'strict' },
  // 18 of 18 recorded streams have exactly one finish reason, in the last chunk.
  { protocol: 'gemini', matches: (hostname) => hostname === 'generativelanguage.googleapis.com', completion: 'strict' },
  // Snowflake Cortex: no `finish_reason` at all, `[DONE]` alone (2 of 2 recordings).
  {
    protocol: 'openai-chat',
    matches: (hostname) => hostname.endsWith('.snowflakecomputing.com'),
    completion: 'sentinel-only',
  },
]

// For hosts that nobody has looked at. Many that speak OpenAI's protocol never send `[DONE]`; in Anthropic's, a stream
// without `message_stop` is what a broken gateway in between looks like.
const protocolCompletion: Readonly<Record<ProtocolName, CompletionProfile>> = {
  anthropic: 'strict',
  'openai-chat': 'finish-only',
  'openai-responses': 'strict',
  gemini: 'strict',
}

/** Which proof an upstream gives when the configuration doesn't say: its host's own, else its protocol's. */
export function defaultCompletion(protocol: ProtocolName, baseUrl: URL): CompletionProfile {
  const known = knownHosts.find((host) => host.protocol === protocol && host.matches(baseUrl.hostname))
  return known?.completion ?? protocolCompletion[protocol]
}
