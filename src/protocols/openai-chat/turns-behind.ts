import { type JsonObject, objectsIn, type PrefillStyle, type Turn } from '../core/index.ts'

/** See `Protocol.withTurns`. */
export function withTurns(body: JsonObject, turns: readonly Turn[], style: PrefillStyle): JsonObject | undefined {
  const messages = objectsIn(body.messages)
  if (messages.length === 0 || messages.at(-1)?.role === 'assistant') return undefined
  const isPrefill = turns.at(-1)?.role === 'assistant'
  const added = turns.map(({ role, text }, index): JsonObject => {
    const isLast = index === turns.length - 1
    return { role, content: text, ...(isPrefill && isLast && style === 'prefix' && { prefix: true }) }
  })
  return {
    ...body,
    messages: [...messages, ...added],
    ...(isPrefill && style === 'final-message' && { add_generation_prompt: false, continue_final_message: true }),
  }
}
