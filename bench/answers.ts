import { random } from './random.ts'

/** What the upstream calls its models. */
export const CHAT_MODEL = 'gpt-4o-mini-2024-07-18'
export const CLAUDE_MODEL = 'claude-sonnet-4-5-20250929'

const STREAM_EVENTS = 204
const SOAK_EVENTS = 24
const encoder = new TextEncoder()

/** Text pieces as models give them: mostly a short word, now and then a line break, a quotation mark or a non-ASCII sign. */
export function pieces(count: number, seed: number): readonly string[] {
  const next = random(seed)
  const words = [
    ' the',
    ' order',
    ' will',
    ' arrive',
    ' on',
    ' Monday',
    ',',
    ' and',
    ' we',
    ' keep',
    ' you',
    ' informed',
    '.',
    ' Please',
    ' check',
    ' tracking',
    ' number',
    ' before',
    ' calling',
    ' support',
  ]
  return Array.from({ length: count }, (_, index) => {
    if (index % 25 === 24) return '\n\n'
    if (index % 40 === 30) return ' "'
    if (index % 60 === 20) return ' café'
    return words[Math.floor(next() * words.length)] ?? ''
  })
}

function padding(next: () => number, most: number): string {
  const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'
  return Array.from({ length: 1 + Math.floor(next() * most) }, () => letters[Math.floor(next() * 62)]).join('')
}

/** `chat.completion.chunk` events with all the fields that the provider's recordings have. */
function chatEvents(count: number): readonly string[] {
  const next = random(7)
  const common = {
    id: 'chatcmpl-CcVbMZ8o4i3Yx0pSgmKq1rW5hTnLd',
    object: 'chat.completion.chunk',
    created: 1_763_000_000,
    model: CHAT_MODEL,
    service_tier: 'default',
    system_fingerprint: 'fp_560af6e559',
  }
  const chunk = (delta: object, finish: string | null): string =>
    `data: ${JSON.stringify({
      ...common,
      choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
      obfuscation: padding(next, 12),
    })}\n\n`
  const usage = { prompt_tokens: 142, completion_tokens: count - 4, total_tokens: 138 + count }
  return [
    chunk({ role: 'assistant', content: '', refusal: null }, null),
    ...pieces(count - 4, 11).map((content) => chunk({ content }, null)),
    chunk({}, 'stop'),
    `data: ${JSON.stringify({ ...common, choices: [], usage, obfuscation: '' })}\n\n`,
    'data: [DONE]\n\n',
  ]
}

/** Anthropic's events, padded with spaces as the recordings are. */
function messagesEvents(count: number): readonly string[] {
  const next = random(13)
  const event = (data: { readonly type: string } & Readonly<Record<string, unknown>>): string => {
    const json = JSON.stringify(data)
    return `event: ${data.type}\ndata: ${json.slice(0, -1)}${' '.repeat(Math.floor(next() * 14))}}\n\n`
  }
  const usage = { input_tokens: 142, cache_creation_input_tokens: 0, cache_read_input_tokens: 0, output_tokens: 1 }
  const message = {
    id: 'msg_01E3Wn1NynZw9FALZ68znj9S',
    type: 'message',
    role: 'assistant',
    model: CLAUDE_MODEL,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage,
  }
  return [
    event({ type: 'message_start', message }),
    event({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }),
    'event: ping\ndata: {"type": "ping"}\n\n',
    ...pieces(count - 6, 17).map((text) =>
      event({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } }),
    ),
    event({ type: 'content_block_stop', index: 0 }),
    event({
      type: 'message_delta',
      delta: { stop_reason: 'end_turn', stop_sequence: null },
      usage: { ...usage, output_tokens: count },
    }),
    event({ type: 'message_stop' }),
  ]
}

/** A chat completion of about 1.5 kB. */
function chatAnswer(): string {
  return JSON.stringify({
    id: 'chatcmpl-CcVbMZ8o4i3Yx0pSgmKq1rW5hTnLd',
    object: 'chat.completion',
    created: 1_763_000_000,
    model: CHAT_MODEL,
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: pieces(155, 19).join(''), refusal: null, annotations: [] },
        logprobs: null,
        finish_reason: 'stop',
      },
    ],
    usage: {
      prompt_tokens: 142,
      completion_tokens: 155,
      total_tokens: 297,
      prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
      completion_tokens_details: {
        reasoning_tokens: 0,
        audio_tokens: 0,
        accepted_prediction_tokens: 0,
        rejected_prediction_tokens: 0,
      },
    },
    service_tier: 'default',
    system_fingerprint: 'fp_560af6e559',
  })
}

/** Every event as the upstream writes it. */
export const CHAT_EVENTS: readonly Uint8Array[] = chatEvents(STREAM_EVENTS).map((event) => encoder.encode(event))
export const MESSAGES_EVENTS: readonly Uint8Array[] = messagesEvents(STREAM_EVENTS).map((event) =>
  encoder.encode(event),
)
export const SOAK_STREAM: readonly Uint8Array[] = chatEvents(SOAK_EVENTS).map((event) => encoder.encode(event))
export const CHAT_ANSWER: Uint8Array = encoder.encode(chatAnswer())
