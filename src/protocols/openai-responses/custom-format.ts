import { isJsonObject, type Json } from '../core/index.ts'

// A custom tool's grammar. OpenAI Chat, whose form the core keeps, has its fields in an object of their own; here they
// stand beside the type.

export function readCustomFormat(format: Json): Json {
  if (!isJsonObject(format) || format.type !== 'grammar' || isJsonObject(format.grammar)) return format
  const { type, ...grammar } = format
  return { type, grammar }
}

export function renderCustomFormat(format: Json): Json {
  if (!isJsonObject(format) || format.type !== 'grammar' || !isJsonObject(format.grammar)) return format
  return { ...format.grammar, type: 'grammar' }
}
