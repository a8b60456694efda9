import {
  type Json,
  type JsonObject,
  noteUnknown,
  optional,
  type OutputFormat,
  readArray,
  readCountOrZero,
  readName,
  readObject,
  readString,
  type Reasoning,
  reject,
} from '../core/index.ts'
import { readSchema } from '../openai/index.ts'

/** `text.format`; plain text is what everyone gives anyway. */
export function readFormat(body: JsonObject, unknown: Map<string, Json>): OutputFormat | undefined {
  const text = optional(body.text, 'text', readObject)
  if (text === undefined) return undefined
  noteUnknown(text, new Set(['format']), 'text.', unknown)
  const format = optional(text.format, 'text.format', readObject)
  if (format === undefined) return undefined
  switch (format.type) {
    case 'text':
      return undefined
    case 'json_object':
      return { type: 'json' }
    case 'json_schema':
      noteUnknown(format, new Set(['type', 'name', 'schema', 'strict']), 'text.format.', unknown)
      return readSchema(format, 'text.format')
    default:
      return reject(
        'text.format.type',
        'text, json_object or json_schema',
        format.type,
        typeof format.type === 'string' ? 'another type' : undefined,
      )
  }
}

/** A wish for a summary is a wish for reasoning that can be seen, which the other protocols give with the effort. */
export function readReasoning(body: JsonObject, unknown: Map<string, Json>): Reasoning | undefined {
  const reasoning = optional(body.reasoning, 'reasoning', readObject)
  if (reasoning === undefined) return undefined
  noteUnknown(reasoning, new Set(['effort', 'summary', 'generate_summary']), 'reasoning.', unknown)
  const effort = optional(reasoning.effort, 'reasoning.effort', readName)
  const summary =
    optional(reasoning.summary, 'reasoning.summary', readString) ??
    optional(reasoning.generate_summary, 'reasoning.generate_summary', readString)
  if (effort !== undefined) return { effort, enabled: effort !== 'none' }
  return summary === undefined ? undefined : { enabled: true }
}

const ENCRYPTED_REASONING = 'reasoning.encrypted_content'
const LOGPROBS = 'message.output_text.logprobs'

/** `include` and `top_logprobs`. What OpenAI's own tools are to report is not known to anybody else. */
export function readIncludes(body: JsonObject, unknown: Map<string, Json>): number | undefined {
  const include = optional(body.include, 'include', readArray) ?? []
  // The core always carries what reasoning can be handed back.
  const rest = include.filter((each) => each !== ENCRYPTED_REASONING && each !== LOGPROBS)
  if (rest.length > 0) unknown.set('include', rest)
  const alternatives = optional(body.top_logprobs, 'top_logprobs', readCountOrZero) ?? 0
  return include.includes(LOGPROBS) || alternatives > 0 ? alternatives : undefined
}
