import type { RecordedAnswer, RecordedUsage } from '../recorded-answer.ts'
import type { Loose } from '../recorded-events.ts'

export function readStream(events: readonly Loose[]): RecordedAnswer {
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
    usage: readUsage(usage),
  }
}

export function readBody({ id, model, content, stop_reason: stop, usage }: Loose): RecordedAnswer {
  const join = (field: string): string => content.map((block: Loose) => block[field] ?? '').join('')
  return {
    id,
    model,
    text: join('text'),
    thinking: join('thinking'),
    refusal: '',
    calls: content.flatMap(({ type, id, name, input }: Loose) =>
      type === 'tool_use' ? [{ id, name, arguments: input }] : [],
    ),
    stop,
    usage: readUsage(usage),
  }
}

function readUsage(usage: Loose): RecordedUsage {
  const cacheRead = usage.cache_read_input_tokens ?? 0
  const cacheWrite = usage.cache_creation_input_tokens ?? 0
  return {
    input: usage.input_tokens + cacheRead + cacheWrite,
    output: usage.output_tokens,
    cacheRead,
    cacheWrite,
    reasoning: usage.output_tokens_details?.thinking_tokens ?? 0,
  }
}
