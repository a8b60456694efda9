import type { ProtocolName } from '../../src/protocols/core/index.ts'

// An understanding of recordings that shares nothing with `src/protocols`, so that the two can be held against each
// other. It is loose on purpose: it knows the shapes that were recorded and nothing else.

export interface RecordedCall {
  readonly id: string
  readonly name: string
  readonly arguments: unknown
}

/** What a recorded answer says, in the words of its own provider. */
export interface RecordedAnswer {
  readonly id: string
  readonly model: string
  readonly text: string
  readonly thinking: string
  readonly refusal: string
  readonly calls: readonly RecordedCall[]
  readonly stop: string | null
  readonly usage: RecordedUsage
}

/** Tokens; `input` has everything that was read, cached or not. */
export interface RecordedUsage {
  readonly input: number
  readonly output: number
  readonly cacheRead: number
  readonly cacheWrite: number
}

/** JSON of another maker, read as it comes. */
type Loose = ReturnType<typeof JSON.parse>

export function recordedEvents(bytes: Uint8Array): readonly Loose[] {
  const text = new TextDecoder().decode(bytes).replaceAll('\r\n', '\n')
  return text.split('\n\n').flatMap((block) => {
    const lines = block.split('\n').filter((line) => line.startsWith('data:'))
    const data = lines.map((line) => line.slice(5).trim()).join('\n')
    return data === '' || data === '[DONE]' ? [] : [JSON.parse(data)]
  })
}

/** Byte offsets behind each event's blank line, the last one being the recording's length if it ends in one. */
export function eventBoundaries(bytes: Uint8Array): readonly number[] {
  const text = Buffer.from(bytes).toString('latin1')
  return [...text.matchAll(/\n\r?\n/g)].map(({ 0: blank, index }) => index + blank.length)
}

export function readRecording(protocol: ProtocolName, bytes: Uint8Array): RecordedAnswer {
  const events = recordedEvents(bytes)
  switch (protocol) {
    case 'anthropic':
      return readMessages(events)
    case 'openai-responses':
      return readResponses(events)
    case 'gemini':
      return readGemini(events)
    case 'openai-chat':
      return readChat(events)
  }
}

function readMessages(events: readonly Loose[]): RecordedAnswer {
  const blocks: { type: string; id: string; name: string; text: string; json: string }[] = []
  let stop: string | null = null
  let usage: Loose = {}
  const count = (report: Loose): void => {
    for (const [key, value] of Object.entries(report ?? {})) if (value !== null) usage = { ...usage, [key]: value }
  }
  for (const event of events) {
    const block = blocks[event.index]
    if (event.type === 'message_start') count(event.message.usage)
    if (event.type === 'content_block_start') {
      const { type, id, name, text, thinking } = event.content_block
      blocks[event.index] = { type, id, name, text: text ?? thinking ?? '', json: '' }
    }
    if (event.type === 'content_block_delta' && block !== undefined) {
      block.text += event.delta.text ?? event.delta.thinking ?? ''
      block.json += event.delta.partial_json ?? ''
    }
    if (event.type !== 'message_delta') continue
    stop = event.delta.stop_reason ?? stop
    count(event.usage)
  }
  const of = (type: string): string => blocks.flatMap((block) => (block.type === type ? [block.text] : [])).join('')
  const cacheRead = usage.cache_read_input_tokens ?? 0
  const cacheWrite = usage.cache_creation_input_tokens ?? 0
  const { id, model } = events.find(({ type }) => type === 'message_start').message
  return {
    id,
    model,
    text: of('text'),
    thinking: of('thinking'),
    refusal: '',
    calls: blocks.flatMap(({ type, id, name, json }) =>
      type === 'tool_use' ? [{ id, name, arguments: JSON.parse(json === '' ? '{}' : json) }] : [],
    ),
    stop,
    usage: { input: usage.input_tokens + cacheRead + cacheWrite, output: usage.output_tokens, cacheRead, cacheWrite },
  }
}

/** What the stream's own items say when they are done; of the answer's end only how it ended. */
function readResponses(events: readonly Loose[]): RecordedAnswer {
  const items: readonly Loose[] = events
    .filter(({ type }) => type === 'response.output_item.done')
    .toSorted((a, b) => a.output_index - b.output_index)
    .map(({ item }) => item)
  const texts = (type: string, list: string): readonly string[] =>
    items.flatMap((item) =>
      (item[list] ?? []).flatMap((part: Loose) => (part.type === type ? [part.text ?? part.refusal] : [])),
    )
  const { response } = events.findLast(({ response }) => response !== undefined)
  const { usage } = response
  return {
    id: response.id,
    model: response.model,
    text: texts('output_text', 'content').join(''),
    thinking: [...texts('summary_text', 'summary'), ...texts('reasoning_text', 'content')].join('\n\n'),
    refusal: texts('refusal', 'content').join(''),
    calls: items.flatMap((item) =>
      item.type === 'function_call'
        ? [{ id: item.call_id, name: item.name, arguments: JSON.parse(item.arguments) }]
        : [],
    ),
    stop: response.incomplete_details?.reason ?? response.status,
    usage: {
      input: usage.input_tokens,
      output: usage.output_tokens,
      cacheRead: usage.input_tokens_details?.cached_tokens ?? 0,
      cacheWrite: usage.input_tokens_details?.cache_write_tokens ?? 0,
    },
  }
}

function readChat(events: readonly Loose[]): RecordedAnswer {
  const calls: { index: number; id: string; name: string; json: string }[] = []
  let [text, thinking, refusal] = ['', '', '']
  let stop: string | null = null
  let usage: Loose = {}
  for (const event of events) {
    usage = event.usage ?? event.x_groq?.usage ?? usage
    for (const { delta, finish_reason: finish } of event.choices ?? []) {
      stop = finish ?? stop
      const content = delta?.content ?? ''
      const pieces: readonly Loose[] = Array.isArray(content) ? content : [{ type: 'text', text: content }]
      for (const piece of pieces) {
        if (piece.type === 'text') text += piece.text
        else for (const each of piece.thinking) thinking += each.text
      }
      thinking += delta?.reasoning_content ?? delta?.reasoning ?? ''
      refusal += delta?.refusal ?? ''
      for (const call of delta?.tool_calls ?? []) {
        let known = calls.findLast(({ index, id }) => index === call.index && (!call.id || call.id === id))
        if (known === undefined) {
          known = { index: call.index, id: call.id, name: call.function.name, json: '' }
          calls.push(known)
        }
        known.json += call.function.arguments ?? ''
      }
    }
  }
  const { id, model } = events.findLast(({ model }) => typeof model === 'string')
  return {
    id,
    model,
    text,
    thinking,
    refusal,
    calls: calls.map(({ id, name, json }) => ({ id, name, arguments: JSON.parse(json === '' ? '{}' : json) })),
    stop,
    usage: {
      input: usage.prompt_tokens ?? 0,
      output: usage.completion_tokens ?? 0,
      cacheRead:
        usage.prompt_tokens_details?.cached_tokens ?? usage.prompt_cache_hit_tokens ?? usage.cached_tokens ?? 0,
      cacheWrite: usage.prompt_tokens_details?.cache_write_tokens ?? 0,
    },
  }
}

function readGemini(events: readonly Loose[]): RecordedAnswer {
  const calls: RecordedCall[] = []
  let [text, thinking] = ['', '']
  let stop: string | null = null
  let usage: Loose = {}
  for (const event of events) {
    usage = { ...usage, ...event.usageMetadata }
    const [candidate] = event.candidates ?? []
    stop = candidate?.finishReason ?? stop
    for (const part of candidate?.content?.parts ?? []) {
      if (part.thought === true) thinking += part.text ?? ''
      else text += part.text ?? ''
      const { functionCall: call } = part
      if (call !== undefined) calls.push({ id: call.id ?? '', name: call.name, arguments: call.args ?? {} })
    }
  }
  const { responseId, modelVersion } = events.findLast(({ responseId }) => typeof responseId === 'string')
  return {
    id: responseId,
    model: modelVersion,
    text,
    thinking,
    refusal: '',
    calls,
    stop,
    usage: {
      // What Google's own tools read is counted beside the prompt, and thoughts beside the candidates.
      input: (usage.promptTokenCount ?? 0) + (usage.toolUsePromptTokenCount ?? 0),
      output: (usage.candidatesTokenCount ?? 0) + (usage.thoughtsTokenCount ?? 0),
      cacheRead: usage.cachedContentTokenCount ?? 0,
      cacheWrite: 0,
    },
  }
}
