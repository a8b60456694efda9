import type { RecordedAnswer, RecordedUsage } from '../recorded-answer.ts'
import type { Loose } from '../recorded-events.ts'

export function readStream(events: readonly Loose[]): RecordedAnswer {
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
    usage: readUsage(usage),
  }
}

export function readBody({ id, model, choices, usage }: Loose): RecordedAnswer {
  const [{ message, finish_reason: stop }] = choices
  return {
    id,
    model,
    text: message.content ?? '',
    thinking: message.reasoning_content ?? '',
    refusal: message.refusal ?? '',
    calls: (message.tool_calls ?? []).map(({ id, function: { name, arguments: json } }: Loose) => ({
      id,
      name,
      arguments: JSON.parse(json),
    })),
    stop,
    usage: readUsage(usage),
  }
}

function readUsage(usage: Loose): RecordedUsage {
  const details = usage.prompt_tokens_details
  return {
    input: usage.prompt_tokens ?? 0,
    output: usage.completion_tokens ?? 0,
    cacheRead: details?.cached_tokens ?? usage.prompt_cache_hit_tokens ?? usage.cached_tokens ?? 0,
    cacheWrite: details?.cache_write_tokens ?? 0,
    reasoning: usage.completion_tokens_details?.reasoning_tokens ?? 0,
  }
}
