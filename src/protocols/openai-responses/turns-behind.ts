import { isFilled, type JsonObject, listOf, objectsIn, type Turn } from '../core/index.ts'

/** See `Protocol.withTurns`; no model of this protocol continues a turn of its own, so the last of them is the user's. */
export function withTurns(body: JsonObject, turns: readonly Turn[]): JsonObject | undefined {
  if (turns.at(-1)?.role !== 'user') return undefined
  const { input } = body
  const items = isFilled(input) ? [{ role: 'user', content: input }] : listOf(input)
  const last = objectsIn(items).at(-1)
  if (last === undefined || last.role === 'assistant') return undefined
  return { ...body, input: [...items, ...turns.map(({ role, text }) => ({ role, content: text }))] }
}
