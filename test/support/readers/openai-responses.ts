import type { RecordedAnswer } from '../recorded-answer.ts'
import type { Loose } from '../recorded-events.ts'

/** What the stream's own items say when they are done; of the answer's end only how it ended. */
export function readStream(events: readonly Loose[]): RecordedAnswer {
  const items: readonly Loose[] = events
    .filter(({ type }) => type === 'response.output_item.done')
    .toSorted((a, b) => a.output_index - b.output_index)
    .map(({ item }) => item)
  const { response } = events.findLast(({ response }) => response !== undefined)
  return readItems(items, response)
}

export function readBody(response: Loose): RecordedAnswer {
  return readItems(response.output, response)
}

function readItems(items: readonly Loose[], response: Loose): RecordedAnswer {
  const texts = (item: Loose, type: string, list: string): readonly string[] =>
    (item[list] ?? []).flatMap((part: Loose) => (part.type === type ? [part.text ?? part.refusal] : []))
  const all = (type: string): string => items.flatMap((item) => texts(item, type, 'content')).join('')
  const { id, model, usage } = response
  return {
    id,
    model,
    text: all('output_text'),
    // An item's paragraphs stand apart; the next item is another thought.
    thinking: items
      .map((item) => [...texts(item, 'summary_text', 'summary'), ...texts(item, 'reasoning_text', 'content')])
      .map((paragraphs) => paragraphs.join('\n\n'))
      .join(''),
    refusal: all('refusal'),
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
      reasoning: usage.output_tokens_details?.reasoning_tokens ?? 0,
    },
  }
}
