import { isJsonObject, type Json, type JsonObject, type TemplateSource } from '../core/index.ts'

/** A chunk's only choice, where it adds text or thinking and nothing else: later chunks will look alike. */
export interface PlainDelta {
  readonly type: 'text' | 'thinking'
  readonly source: TemplateSource
}

/** Such chunks of one choice look alike but for the text and OpenAI's padding. */
export function plainDelta(choice: JsonObject): PlainDelta | undefined {
  const { delta } = choice
  if (!isJsonObject(delta) || typeof choice.finish_reason === 'string') return undefined
  if (isFilled(delta.tool_calls) || isFilled(delta.refusal) || isFilled(delta.function_call)) return undefined
  const { content, reasoning_content: thinking } = delta
  const hasText = typeof content === 'string' && content !== ''
  if (hasText && !isFilled(thinking ?? delta.reasoning))
    return { type: 'text', source: { marker: '"content":"', padding: PADDING, value: content } }
  if (!hasText && typeof thinking === 'string' && thinking !== '')
    return { type: 'thinking', source: { marker: '"reasoning_content":"', padding: PADDING, value: thinking } }
  return undefined
}

/** Sent by OpenAI against guessing of lengths; differs in every chunk. */
const PADDING = '"obfuscation":"'

const isFilled = (value: Json | undefined): boolean =>
  Array.isArray(value) ? value.length > 0 : value !== undefined && value !== null && value !== ''
