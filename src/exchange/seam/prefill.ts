import type { Platform } from '../admission/routing.ts'

/**
 * Whether a platform continues a half answer: its provider is declared to, and its model is none of those that are known to refuse
 * (400) or to answer anew. Anthropic's from 4.6 on and some of Google's flash models refuse; OpenAI's own answer anew.
 * https://platform.claude.com/docs/en/build-with-claude/prefill-claudes-response
 */
export function acceptsPrefill({ provider, model }: Platform): boolean {
  return provider.prefill.isAccepted && provider.protocol.name !== 'openai-responses' && !isKnownNotTo(model)
}

function isKnownNotTo(model: string): boolean {
  const claude = CLAUDE.exec(model)
  if (claude !== null) {
    const [, major = '0', minor = '0'] = claude
    return Number(major) > 4 || (Number(major) === 4 && Number(minor) >= 6)
  }
  return OTHERS.some((pattern) => pattern.test(model))
}

/** Behind the version there may be a date, which is longer than any version's second number. */
const CLAUDE = /claude-(?:opus|sonnet|haiku)-(\d+)(?:[.-](\d{1,2})(?!\d))?/
const OTHERS: readonly RegExp[] = [
  /claude-(?:fable|mythos)/,
  /gemini-3\.6-flash/,
  /gemini-3\.5-flash-lite/,
  /(?:^|\/)(?:gpt-(?!oss)|chatgpt-|o\d)/,
]
