import type { ServerResponse } from 'node:http'
import { isJsonObject, parseJson } from '../../src/protocols/core/index.ts'
import { json, type UpstreamHandler } from '../support/upstream.ts'

/** What a scripted model says, and what it costs. */
export interface Voice {
  readonly protocol: 'openai-chat' | 'anthropic'
  /** The id under which it says it served. */
  readonly served: string
  readonly words: readonly string[]
  readonly input: number
  readonly output: number
}

/** One answer of a platform, as it reaches the wire. */
export type Act = (scene: Scene) => unknown

/** A request that reached a platform, and all that can be done with it. */
export interface Scene {
  readonly response: ServerResponse
  readonly streamed: boolean
  readonly voice: Voice
  readonly body: string
  /** Whole events of a stream, or the one body. */
  readonly pieces: readonly string[]
  /** Notes what it reports to be billed. */
  readonly report: (tokens: number) => void
}

/** Plays its acts in order, the last one for ever; counts the tokens that it reports. */
export class Platform {
  reported = 0
  readonly #voice: Voice
  readonly #acts: readonly Act[]

  constructor(voice: Voice, acts: readonly Act[]) {
    this.#voice = voice
    this.#acts = acts
  }

  readonly handler: UpstreamHandler = ({ body }, response, ordinal) => {
    const act = this.#acts[Math.min(ordinal, this.#acts.length) - 1]
    const asked = parseJson(body)
    const streamed = isJsonObject(asked) && asked['stream'] === true
    const pieces = streamed ? eventsOf(this.#voice) : [JSON.stringify(bodyOf(this.#voice))]
    const report = (tokens: number): void => {
      this.reported += tokens
    }
    return act?.({ response, streamed, voice: this.#voice, body, pieces, report })
  }
}

// ## What it says

function bodyOf({ protocol, served, words, input, output }: Voice): object {
  const text = words.join('')
  if (protocol === 'anthropic')
    return {
      id: 'msg_1',
      type: 'message',
      role: 'assistant',
      model: served,
      content: [{ type: 'text', text }],
      stop_reason: 'end_turn',
      stop_sequence: null,
      usage: { input_tokens: input, output_tokens: output },
    }
  return {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1_700_000_000,
    model: served,
    choices: [{ index: 0, message: { role: 'assistant', content: text }, finish_reason: 'stop' }],
    usage: { prompt_tokens: input, completion_tokens: output, total_tokens: input + output },
  }
}

/** The first has no content, the last is the protocol's terminal marker, the one before it has the usage. */
function eventsOf(voice: Voice): readonly string[] {
  return voice.protocol === 'anthropic' ? anthropicEvents(voice) : chatEvents(voice)
}

function chatEvents({ served, words, input, output }: Voice): readonly string[] {
  const chunk = (rest: object): string =>
    `data: ${JSON.stringify({ id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: served, ...rest })}\n\n`
  const choice = (delta: object, finish: string | null = null): string =>
    chunk({ choices: [{ index: 0, delta, finish_reason: finish }] })
  const usage = { prompt_tokens: input, completion_tokens: output, total_tokens: input + output }
  return [
    choice({ role: 'assistant', content: '' }),
    ...words.map((content) => choice({ content })),
    choice({}, 'stop'),
    chunk({ choices: [], usage }),
    'data: [DONE]\n\n',
  ]
}

function anthropicEvents({ served, words, input, output }: Voice): readonly string[] {
  const event = (type: string, rest: object): string => `event: ${type}\ndata: ${JSON.stringify({ type, ...rest })}\n\n`
  const usage = { input_tokens: input, output_tokens: 1 }
  const message = {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: served,
    content: [],
    stop_reason: null,
    usage,
  }
  return [
    event('message_start', { message }) +
      event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
    ...words.map((text) => event('content_block_delta', { index: 0, delta: { type: 'text_delta', text } })),
    event('content_block_stop', { index: 0 }),
    event('message_delta', {
      delta: { stop_reason: 'end_turn', stop_sequence: null },
      usage: { output_tokens: output },
    }),
    event('message_stop', {}),
  ]
}

// ## What befalls it

const STREAM = { 'content-type': 'text/event-stream' }
/** What was written is on its way before anything befalls it, ms. */
const UNDERWAY_MS = 30

const later = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

function reportAll({ voice, report }: Scene): void {
  report(voice.input + voice.output)
}

/** Everything, whole. */
export const answers: Act = (scene) => {
  const { response, streamed, pieces } = scene
  reportAll(scene)
  response.writeHead(200, streamed ? STREAM : { 'content-type': 'application/json' })
  response.end(pieces.join(''))
}

export const refuses =
  (status: number, error: object, headers: Record<string, string> = {}): Act =>
  ({ response }) =>
    json(response, status, { type: 'error', error }, headers)

export const resets: Act = ({ response }) => response.socket?.resetAndDestroy()

export const isSilent: Act = () => undefined

/** The first token comes late. */
export const dawdles =
  (ms: number): Act =>
  async (scene) => {
    await later(ms)
    if (!scene.response.destroyed) answers(scene)
  }

/** So much of it comes: a word within the first sentence, or some beyond it; of what is not streamed the half. */
export type Depth = 'opening' | 'text'

function begin({ response, streamed, pieces }: Scene, depth: Depth): Promise<void> {
  const [whole = ''] = pieces
  if (streamed) {
    response.writeHead(200, STREAM)
    response.write(pieces.slice(0, depth === 'opening' ? 2 : 6).join(''))
  } else {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': String(whole.length) })
    response.write(whole.slice(0, whole.length / 2))
  }
  return later(UNDERWAY_MS)
}

/** The body ends without its end. */
export const isCut =
  (depth: Depth): Act =>
  async (scene) => {
    await begin(scene, depth)
    scene.response.socket?.destroy()
  }

/** The body ends as if it were whole, in the middle of a stream. */
export const endsEarly =
  (depth: Depth): Act =>
  async (scene) => {
    await begin(scene, depth)
    scene.response.end()
  }

export const stalls =
  (depth: Depth): Act =>
  (scene) =>
    begin(scene, depth)

/** One event, or the body, is not JSON; the rest is as it should be. */
export const garbles =
  (depth: Depth): Act =>
  async (scene) => {
    const { response, streamed, pieces } = scene
    if (!streamed) {
      response.writeHead(200, { 'content-type': 'application/json' })
      return response.end(`${pieces.join('').slice(0, -1)},`)
    }
    await begin(scene, depth)
    const at = depth === 'opening' ? 2 : 6
    const spoilt = pieces[at] ?? ''
    response.write(`${spoilt.slice(0, spoilt.lastIndexOf('"'))}\n\n`)
    response.end(pieces.slice(at + 1).join(''))
  }

/** All but the terminal marker, then a clean end. */
export const leavesOutDone: Act = (scene) => {
  const { response, pieces } = scene
  reportAll(scene)
  response.writeHead(200, STREAM)
  response.end(pieces.slice(0, -1).join(''))
}

/** It stops itself, halfway, and says so. */
export const filters: Act = (scene) => {
  const { response, streamed, pieces } = scene
  reportAll(scene)
  response.writeHead(200, streamed ? STREAM : { 'content-type': 'application/json' })
  response.end(
    pieces
      .join('')
      .replace('"finish_reason":"stop"', '"finish_reason":"content_filter"')
      .replace('"stop_reason":"end_turn"', '"stop_reason":"refusal"'),
  )
}

/** As models do that take no beginning of their answer: Claude 4.6 and later, in these words. */
export const rejectsPrefill: Act = (scene) => {
  const { voice, body } = scene
  if (!endsWithAssistant(body)) return answers(scene)
  const message =
    'This model does not support assistant message prefill. The conversation must end with a user message.'
  return refuses(400, {
    type: 'invalid_request_error',
    message,
    ...(voice.protocol === 'openai-chat' && { code: null }),
  })(scene)
}

function endsWithAssistant(body: string): boolean {
  const asked = parseJson(body)
  const messages = isJsonObject(asked) ? asked['messages'] : undefined
  const last: unknown = Array.isArray(messages) ? messages.at(-1) : undefined
  return typeof last === 'object' && last !== null && 'role' in last && last.role === 'assistant'
}
