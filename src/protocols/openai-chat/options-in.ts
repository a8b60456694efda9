import {
  type JsonObject,
  optional,
  type OutputFormat,
  readArray,
  readBoolean,
  readCount,
  readInteger,
  readName,
  readObject,
  readString,
  type Reasoning,
  reject,
} from '../core/index.ts'
import { readSchema } from '../openai/index.ts'

export function readStop(body: JsonObject): readonly string[] {
  if (typeof body.stop === 'string') return [body.stop]
  const stop = optional(body.stop, 'stop', readArray) ?? []
  return stop.map((sequence, index) => readString(sequence, `stop[${index}]`))
}

/** `response_format`; plain text is what everyone gives anyway. */
export function readFormat(value: unknown, field: string): OutputFormat | undefined {
  const format = readObject(value, field)
  switch (format.type) {
    case 'text':
      return undefined
    case 'json_object':
      return { type: 'json' }
    case 'json_schema':
      return readSchema(readObject(format.json_schema, `${field}.json_schema`), `${field}.json_schema`)
    default:
      return reject(
        `${field}.type`,
        'text, json_object or json_schema',
        format.type,
        typeof format.type === 'string' ? 'another type' : undefined,
      )
  }
}

/** `reasoning_effort`, else OpenRouter's `reasoning`, else the `thinking` of DeepSeek and Z.ai. */
export function readReasoning(body: JsonObject): Reasoning | undefined {
  const effort = optional(body.reasoning_effort, 'reasoning_effort', readName)
  if (effort !== undefined) return { effort, enabled: effort !== 'none' }
  const reasoning = optional(body.reasoning, 'reasoning', readObject)
  if (reasoning !== undefined) return readReasoningObject(reasoning)
  const thinking = optional(body.thinking, 'thinking', readObject)
  if (thinking === undefined) return undefined
  const budgetTokens = optional(thinking.budget_tokens, 'thinking.budget_tokens', readCount)
  return {
    enabled: readName(thinking.type, 'thinking.type') !== 'disabled',
    ...(budgetTokens !== undefined && { budgetTokens }),
  }
}

function readReasoningObject(reasoning: JsonObject): Reasoning {
  const effort = optional(reasoning.effort, 'reasoning.effort', readName)
  // 0 is a way to switch it off.
  const budgetTokens = optional(reasoning.max_tokens, 'reasoning.max_tokens', readInteger)
  const enabled = optional(reasoning.enabled, 'reasoning.enabled', readBoolean) ?? true
  return {
    enabled: enabled && effort !== 'none' && budgetTokens !== 0,
    ...(effort !== undefined && { effort }),
    ...(budgetTokens !== undefined && budgetTokens > 0 && { budgetTokens }),
  }
}
