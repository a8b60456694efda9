import { isJsonObject, type Json, type JsonObject, objectsIn, readArray, readObject } from '../core/index.ts'

/** The name under which this protocol marks what only it understands. */
export const GEMINI = 'gemini'

/** A part; which of its fields is there says what it is. */
export type WirePart = JsonObject

/** A turn as Fullstop writes it. */
export type WireContent = { readonly role: 'user' | 'model'; readonly parts: readonly WirePart[] }

/**
 * A message with its fields in camel case, and nothing inside of them changed: proto3's JSON takes either spelling from
 * a client (https://protobuf.dev/programming-guides/json), and Google's own SDKs have sent both. Where both are there
 * the one that Google writes counts.
 */
export function camelCased(object: JsonObject): JsonObject {
  const entries = Object.entries(object)
  const renamed = entries.filter(([name]) => SNAKE.test(name))
  if (renamed.length === 0) return object
  const others = entries.filter(([name]) => !SNAKE.test(name))
  return Object.fromEntries([...renamed.map(([name, value]) => [toCamelCase(name), value] as const), ...others])
}

const SNAKE = /[a-z0-9]_[a-z0-9]/
const toCamelCase = (name: string): string =>
  name.replaceAll(/(?<=[a-zA-Z0-9])_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())

/** A message of a request. */
export function readMessage(value: unknown, field: string): JsonObject {
  return camelCased(readObject(value, field))
}

/** The same, loosely: whatever is no object is an empty one. */
export function messageOf(value: Json | undefined): JsonObject {
  return isJsonObject(value) ? camelCased(value) : {}
}

/** A repeated field; Google takes a single message in its place, and its examples for Vertex AI use that. */
export function readMessages(value: unknown, field: string): readonly JsonObject[] {
  if (isJsonObject(value)) return [camelCased(value)]
  return readArray(value, field).map((entry, index) => readMessage(entry, `${field}[${index}]`))
}

/** The same, loosely. */
export function messagesOf(value: Json | undefined): readonly JsonObject[] {
  if (isJsonObject(value)) return [camelCased(value)]
  return objectsIn(value).map(camelCased)
}
