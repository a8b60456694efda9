import { isJsonObject, parseJson, type Turn } from '../../protocols/core/index.ts'
import type { Platform } from '../admission/routing.ts'
import type { Outbound } from '../operations/operation.ts'

/** A request of which the model is to continue the answer that `text` is the beginning of. */
export function continued(outbound: Outbound, platform: Platform, text: string): Outbound {
  // Anthropic refuses a half answer that ends in white space, and no model needs it.
  return withTurns(outbound, platform, [{ role: 'assistant', text: text.trimEnd() }])
}

/** So much of its end shows a model where to go on, in characters. */
const SHOWN_END = 120

/** A request in which the model is told to go on behind `text`. */
export function instructed(outbound: Outbound, platform: Platform, text: string): Outbound {
  const end = JSON.stringify(text.slice(-SHOWN_END))
  return withTurns(outbound, platform, [
    { role: 'assistant', text: text.trimEnd() },
    {
      role: 'user',
      text: `Your reply above was cut off while it was being sent. Write only what comes behind its last characters, ${end}: the very next words, in the same language, voice and format. Repeat nothing of it, and add no introduction, apology or comment.`,
    },
  ])
}

/** Its answer is read in the core's words, whoever gives it: it is only a part of the client's. */
function withTurns(outbound: Outbound, { provider }: Platform, turns: readonly Turn[]): Outbound {
  if (!outbound.ok) return outbound
  const body = parseJson(outbound.body)
  const longer = isJsonObject(body) ? provider.protocol.withTurns(body, turns, provider.prefill.style) : undefined
  if (longer === undefined)
    return { ok: false, problem: { field: 'messages', message: 'the conversation cannot be continued by a turn' } }
  return { ...outbound, body: JSON.stringify(longer), sameProtocol: false }
}

/** The request as it is, for an answer of which only the rest is used. */
export function asked(outbound: Outbound): Outbound {
  return outbound.ok ? { ...outbound, sameProtocol: false } : outbound
}
