import { isJsonObject, type Json, type JsonObject, listOf } from '../core/index.ts'

/**
 * The error inside a body or chunk that began as a success: at its top, inside a choice, where OpenRouter reports an
 * upstream's failure, or inside the `response` of a Responses event. `error: null` and its kin beside a normal answer are none.
 */
export function inBandErrorOf(body: JsonObject): Json | undefined {
  if (isError(body.error)) return body.error
  if (isJsonObject(body.response) && isError(body.response.error)) return body.response.error
  for (const choice of listOf(body.choices)) if (isJsonObject(choice) && isError(choice.error)) return choice.error
  return undefined
}

const isError = (value: Json | undefined): boolean =>
  value !== undefined && value !== null && value !== '' && value !== false && !isEmptyList(value)

const isEmptyList = (value: Json): boolean => Array.isArray(value) && value.length === 0
