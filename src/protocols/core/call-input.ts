import type { ToolCallPart } from './content.ts'
import { describe, unexpected } from './fields.ts'
import { isJsonObject, type Json, type JsonObject, parseJson } from './json.ts'

/** JSON arguments as they were written; nothing means none. */
export function jsonInput(written: string): string {
  return written.trim() === '' ? '{}' : written
}

/** The arguments of a call in the history. Throws a `FieldError` where they are no object. */
export function readArguments({ input }: ToolCallPart, field: string): JsonObject {
  const args = parseJson(jsonInput(input))
  if (args === undefined) throw unexpected(`${field}.input`, 'JSON arguments', 'text that is not JSON')
  if (!isJsonObject(args)) throw unexpected(`${field}.input`, 'a JSON object of arguments', describe(args))
  return args
}

/**
 * The arguments of an answer's call, for a protocol that has JSON only. Free text becomes `{"input": …}`: its clients have
 * declared no free-form tool, but must be able to read one. Throws for JSON arguments that don't parse: no answer with such
 * a call is finished.
 */
export function argumentsOf({ kind, name, input }: ToolCallPart): Json {
  if (kind === 'custom') return { input }
  const args = parseJson(jsonInput(input))
  if (args === undefined) throw new Error(`the arguments of a finished call of ${name} are not JSON`)
  return args
}
