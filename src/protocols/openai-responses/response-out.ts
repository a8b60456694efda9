import { type CoreResponse, type Json, type JsonObject, UNSAID_STOP } from '../core/index.ts'
import { ItemIds, toResponseId } from './item-ids.ts'
import { renderOutput } from './output-out.ts'
import { renderStatus } from './status.ts'
import { renderUsage } from './usage.ts'
import type { WireItem } from './wire.ts'

/** A finished answer as a Responses client knows it. There is one answer: further choices have no place. */
export function renderResponse(response: CoreResponse): JsonObject {
  const { content, stop } = response.choices[0] ?? { content: [], stop: UNSAID_STOP }
  const id = toResponseId(response.id)
  const { status, incomplete_details } = renderStatus(
    stop,
    content.some(({ type }) => type === 'refusal'),
  )
  const output = renderOutput(content, new ItemIds(id))
  return responseObject({
    id,
    created: response.created ?? 0,
    model: response.model,
    status,
    incomplete_details,
    output: status === 'incomplete' ? withOpenEnd(output) : output,
    usage: renderUsage(response.usage),
  })
}

/** A message that a limit ended says so itself too. */
function withOpenEnd(output: readonly WireItem[]): readonly WireItem[] {
  const last = output.at(-1)
  return last?.type === 'message' ? [...output.slice(0, -1), { ...last, status: 'incomplete' }] : output
}

export interface ResponseFields {
  readonly id: string
  /** Seconds since the epoch; 0 where the provider gave no time. */
  readonly created: number
  readonly model: string
  readonly status: string
  readonly incomplete_details: Json
  readonly output: readonly WireItem[]
  readonly usage: Json
  readonly error?: Json
}

/**
 * A whole `response`. Of the request it repeats nothing, since the answer's own model says nothing of it; what clients
 * read is there, at its default.
 */
export function responseObject(fields: ResponseFields): JsonObject {
  const { id, created, model, status, incomplete_details, output, usage, error = null } = fields
  return {
    id,
    object: 'response',
    created_at: created,
    status,
    background: false,
    error,
    incomplete_details,
    instructions: null,
    max_output_tokens: null,
    max_tool_calls: null,
    model,
    output,
    parallel_tool_calls: true,
    previous_response_id: null,
    prompt_cache_key: null,
    reasoning: { effort: null, summary: null },
    safety_identifier: null,
    service_tier: 'default',
    store: false,
    temperature: null,
    text: { format: { type: 'text' } },
    tool_choice: 'auto',
    tools: [],
    top_logprobs: 0,
    top_p: null,
    truncation: 'disabled',
    usage,
    user: null,
    metadata: {},
  }
}
