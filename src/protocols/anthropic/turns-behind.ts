import { type JsonObject, objectsIn, type Turn } from '../core/index.ts'

/** See `Protocol.withTurns`. */
export function withTurns(body: JsonObject, turns: readonly Turn[]): JsonObject | undefined {
  const messages = objectsIn(body.messages)
  if (messages.length === 0 || messages.at(-1)?.role === 'assistant') return undefined
  return { ...body, messages: [...messages, ...turns.map(({ role, text }) => ({ role, content: text }))] }
}
