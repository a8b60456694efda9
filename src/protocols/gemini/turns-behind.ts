import { type JsonObject, objectsIn, type Turn } from '../core/index.ts'

/** See `Protocol.withTurns`. */
export function withTurns(body: JsonObject, turns: readonly Turn[]): JsonObject | undefined {
  const contents = objectsIn(body.contents)
  if (contents.length === 0 || contents.at(-1)?.role === 'model') return undefined
  const added = turns.map(({ role, text }) => ({ role: role === 'assistant' ? 'model' : role, parts: [{ text }] }))
  return { ...body, contents: [...contents, ...added] }
}
