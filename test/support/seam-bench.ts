import { parseConfigObject } from '../../src/config/index.ts'
import { Engine } from '../../src/engine/index.ts'
import type { ExchangeEvidence, StopKind } from '../../src/evidence/index.ts'
import type { Conditions } from '../../src/exchange/index.ts'
import { anthropic } from '../../src/protocols/anthropic/index.ts'
import { AnswerAssembler, type Protocol, type ProtocolName, type StreamEvent } from '../../src/protocols/core/index.ts'
import { gemini } from '../../src/protocols/gemini/index.ts'
import { openAiChat } from '../../src/protocols/openai-chat/index.ts'
import { openAiResponses } from '../../src/protocols/openai-responses/index.ts'
import { FakeClock } from './fake-clock.ts'
import { type Loose, recordedEvents } from './recorded-events.ts'
import { TONGUES } from './speaking.ts'
import { plainRequest } from './translated-answer.ts'

// Platforms of one model that die and go on for each other, in this process and on fake time: thousands of cuts a second.

const SPOKEN: Readonly<Record<ProtocolName, Protocol>> = {
  anthropic,
  'openai-chat': openAiChat,
  'openai-responses': openAiResponses,
  gemini,
}

/** What a platform does with a request. */
export type Answer =
  | { readonly status: number }
  /** Whole events; then it ends cleanly, or breaks. */
  | { readonly events: readonly string[]; readonly end: 'clean' | 'broken' }
  /** Whole: as a stream where it is asked for, else as a body. */
  | { readonly said: readonly StreamEvent[] }

type EventsAnswer = Extract<Answer, { events: readonly string[] }>

export interface Asked {
  /** The request's body. */
  readonly body: Readonly<Record<string, unknown>>
  /** The last turn, where it is the assistant's own: a half answer. */
  readonly prefill: string | undefined
  /** The last turn, where it is the second of the user's. */
  readonly instruction: string | undefined
}

export interface SeamPlatform {
  readonly protocol: ProtocolName
  readonly prefill?: 'accepted' | 'never'
  readonly model?: string
  /** Whose ways it has. */
  readonly host?: string
  readonly limits?: object
  /** Of another model, which is a fallback. */
  readonly isFallback?: boolean
  readonly answer: (asked: Asked) => Answer
}

export interface SeamPlay {
  readonly client: ProtocolName
  /** Default true. */
  readonly stream?: boolean
  readonly platforms: readonly SeamPlatform[]
  readonly policy?: object
  /** Fields of the client's request beyond the plain ones. */
  readonly request?: object
  readonly headers?: Readonly<Record<string, string>>
  /** So much time passes before each event of a platform, ms; by default so much that an opening flows after eight. */
  readonly paceMs?: (event: string) => number
  /** In [0, 1); default 0, at which no wait takes any time. */
  readonly random?: number
  /** Judges the answer, as a caller in the same process may. */
  readonly accept?: Conditions['accept']
}

export interface SeamResult {
  readonly status: number
  readonly body: Uint8Array
  /** The body broke off. */
  readonly isAborted: boolean
  /** The body's length at each time something came, on fake time. */
  readonly arrivals: readonly { readonly atMs: number; readonly length: number }[]
  readonly evidence: ExchangeEvidence
  /** By platform, in the order in which they were asked. */
  readonly asked: readonly { readonly platform: number; readonly prefill: string | undefined }[]
  /** Attempts that were aborted before their end. */
  readonly aborted: number
}

function pathOf(client: ProtocolName, stream: boolean): string {
  const path = TONGUES.find(({ protocol }) => protocol.name === client)?.path(stream)
  if (path === undefined) throw new Error(`no path for ${client}`)
  return path
}

/** So much time passes with each event, ms: an opening without a sentence's end flows after eight. */
const EVENT_MS = 40

/** Plays one request to its end. */
export async function playSeam({
  client,
  stream: isStreamed = true,
  platforms,
  policy,
  request,
  headers,
  accept,
  random = 0,
  paceMs = () => EVENT_MS,
}: SeamPlay): Promise<SeamResult> {
  const parsed = parseConfigObject(configOf(platforms, policy), { env: {} })
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
  const clock = new FakeClock()
  const evidence: ExchangeEvidence[] = []
  const asked: { platform: number; prefill: string | undefined }[] = []
  let aborted = 0
  let ids = 0
  const upstreamFetch = (url: string, { body, signal }: { body?: unknown; signal: AbortSignal }): Promise<Response> => {
    const at = Number(/\/\/p(\d+)\./.exec(url)?.[1])
    const platform = platforms[at]
    if (platform === undefined) throw new Error(`nobody is at ${url}`)
    const received = toAsked(JSON.parse(String(body)))
    asked.push({ platform: at, prefill: received.prefill })
    const answer = platform.answer(received)
    if ('status' in answer)
      return Promise.resolve(Response.json({ error: { type: 'invalid_request_error', message: 'no' } }, answer))
    const isBody = 'said' in answer && !url.includes('streamGenerate') && received.body['stream'] !== true
    if (isBody) return Promise.resolve(Response.json(bodyIn(platform.protocol, answer.said)))
    signal.addEventListener('abort', () => (aborted += 1))
    const events: EventsAnswer =
      'said' in answer ? { events: eventsIn(platform.protocol, answer.said), end: 'clean' } : answer
    const stream = toBody(events, clock, paceMs, signal)
    return Promise.resolve(new Response(stream, { headers: { 'content-type': 'text/event-stream' } }))
  }
  const engine = new Engine(
    // Fake time passes in strides: nobody is to be kept waiting by comments.
    { config: parsed.config, keepAliveMs: 3_600_000 },
    {
      clock,
      random: () => random,
      newId: () => `fs-${++ids}`,
      upstream: { fetch: upstreamFetch, decodesBodies: true, showsFraming: false },
      sink: (each) => evidence.push(each),
    },
  )
  const plain = plainRequest(client, isStreamed)
  const sent = { ...plain, ...(client !== 'gemini' && { model: 'm' }), ...request }
  const pump = new Pump(clock)
  const incoming = new Request(`http://gateway${pathOf(client, isStreamed)}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(sent),
  })
  const response = await pump.until(
    accept === undefined ? engine.fetch(incoming) : engine.ask(incoming, SPOKEN[client], { accept }),
  )
  const { body, isAborted, arrivals } = await pump.until(readBody(response, clock))
  const last = evidence.at(-1)
  if (last === undefined) throw new Error('no evidence')
  return { status: response.status, body, isAborted, arrivals, evidence: last, asked, aborted }
}

function configOf(platforms: readonly SeamPlatform[], policy: object = {}): object {
  const name = (at: number): string => `p${at}/${platforms[at]?.model ?? 'x'}`
  const indexes = platforms.map((_, at) => at)
  const own = indexes.filter((at) => platforms[at]?.isFallback !== true)
  const others = indexes.filter((at) => platforms[at]?.isFallback === true)
  return {
    providers: Object.fromEntries(
      platforms.map(({ protocol, prefill, host, limits }, at) => [
        `p${at}`,
        {
          protocol,
          completion: 'strict',
          baseUrl: `https://p${at}.example${protocol.startsWith('openai') ? '/v1' : ''}`,
          ...(prefill !== undefined && { prefill }),
          ...(host !== undefined && { host }),
          ...(limits !== undefined && { limits }),
        },
      ]),
    ),
    models: {
      m: { platforms: own.map(name), ...(others.length > 0 && { fallbacks: ['n'] }) },
      ...(others.length > 0 && { n: { platforms: others.map(name) } }),
    },
    // One request is all that there is to count.
    defaults: { profile: 'customer', replay: 'off', ...policy },
  }
}

type Turn = { readonly role?: string; readonly content?: unknown; readonly parts?: readonly { text?: string }[] }

function toAsked(body: Readonly<Record<string, unknown>>): Asked {
  const turns = (body['messages'] ?? body['contents'] ?? body['input']) as string | readonly Turn[]
  if (typeof turns === 'string') return { body, prefill: undefined, instruction: undefined }
  const last = turns.at(-1)
  const text = last?.parts?.map((part) => part.text ?? '').join('') ?? textIn(last?.content)
  const isOwn = last?.role === 'assistant' || last?.role === 'model'
  return {
    body,
    prefill: isOwn ? text : undefined,
    instruction: !isOwn && turns.length > 2 ? text : undefined,
  }
}

const textIn = (content: unknown): string =>
  typeof content === 'string'
    ? content
    : (content as readonly { text?: string }[]).map(({ text = '' }) => text).join('')

function toBody(
  { events, end }: EventsAnswer,
  clock: FakeClock,
  paceMs: (event: string) => number,
  signal: AbortSignal,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  let next = 0
  return new ReadableStream(
    {
      start: (controller) => {
        signal.addEventListener('abort', () => {
          try {
            controller.error(new Error('aborted'))
          } catch {
            // It was over already.
          }
        })
      },
      pull: async (controller) => {
        // Whoever reads has set their timers by then.
        await undefined
        const event = events[next++]
        clock.advance(event === undefined ? 1 : paceMs(event))
        if (signal.aborted) return
        if (event !== undefined) controller.enqueue(encoder.encode(event))
        else if (end === 'clean') controller.close()
        else controller.error(new Error('connection lost'))
      },
    },
    { highWaterMark: 0 },
  )
}

async function readBody(
  response: Response,
  clock: FakeClock,
): Promise<Pick<SeamResult, 'body' | 'isAborted' | 'arrivals'>> {
  const pieces: Uint8Array[] = []
  const arrivals: { atMs: number; length: number }[] = []
  const reader = response.body?.getReader()
  let length = 0
  try {
    for (;;) {
      const read = await reader?.read()
      if (read === undefined || read.done) return { body: Buffer.concat(pieces), isAborted: false, arrivals }
      pieces.push(read.value)
      length += read.value.length
      arrivals.push({ atMs: clock.nowMs(), length })
    }
  } catch {
    return { body: Buffer.concat(pieces), isAborted: true, arrivals }
  }
}

/** Lets time pass while something is waited for. */
class Pump {
  readonly #clock: FakeClock

  constructor(clock: FakeClock) {
    this.#clock = clock
  }

  async until<T>(promise: Promise<T>): Promise<T> {
    let isOver = false
    const over = promise.finally(() => {
      isOver = true
    })
    for (let turns = 0; !isOver; turns++) {
      await new Promise<void>((resolve) => setImmediate(resolve))
      // Whoever still waits after some turns waits for the clock.
      if (!isOver && turns > 3) this.#clock.advance(turns < 50 ? 1 : 50)
    }
    return over
  }
}

/** An answer in a provider's words, an event each. */
export function eventsIn(protocol: ProtocolName, events: readonly StreamEvent[]): readonly string[] {
  const encoder = SPOKEN[protocol].createStreamEncoder({
    includeUsage: true,
    fallbackId: 'other',
    fallbackModel: 'other-model',
    nowSeconds: 1_700_000_001,
  })
  const text = events.map((event) => encoder.encode(event)).join('') + encoder.finish()
  return text
    .split('\n\n')
    .filter((event) => event !== '')
    .map((event) => `${event}\n\n`)
}

/** The same as a body. */
function bodyIn(protocol: ProtocolName, events: readonly StreamEvent[]): object {
  const assembler = new AnswerAssembler()
  for (const event of events) assembler.add(event)
  return SPOKEN[protocol].renderResponse({ created: 1_700_000_001, ...assembler.answer() })
}

/** A text as a model writes it: words with the space before them. */
export function tokensOf(text: string): readonly string[] {
  return text.match(/\s*\S+|\s+$/gu) ?? []
}

export interface Said {
  readonly text: string
  /** A second text behind it. */
  readonly more?: string
  readonly calls?: readonly { readonly id: string; readonly name: string; readonly input: string }[]
  readonly thinking?: string
  /** Default: by calls, where there are some, else by itself. */
  readonly stop?: StopKind
  readonly usage?: { readonly inputTokens: number; readonly outputTokens: number }
}

/** The core events of an answer. */
export function saying({
  text,
  more = '',
  calls = [],
  thinking,
  stop = calls.length > 0 ? 'tool-use' : 'end',
  usage = { inputTokens: 10, outputTokens: 5 },
}: Said): StreamEvent[] {
  const thoughts: StreamEvent[] =
    thinking === undefined ? [] : [{ type: 'thinking', choice: 0, part: 0, text: thinking }]
  return [
    { type: 'start', id: 'answer-of-another', model: 'other-model', usage: {} },
    ...thoughts,
    ...tokensOf(text).map((piece): StreamEvent => ({ type: 'text', choice: 0, part: 1, text: piece })),
    ...tokensOf(more).map((piece): StreamEvent => ({ type: 'text', choice: 0, part: 2, text: piece })),
    ...calls.map((call, index): StreamEvent => ({
      type: 'whole',
      choice: 0,
      part: 3 + index,
      content: { type: 'tool-call', kind: 'json', ...call },
    })),
    { type: 'stop', choice: 0, stop: { kind: stop, raw: undefined } },
    { type: 'usage', usage },
  ]
}

/** Whole events of a recorded stream. */
export function splitEvents(bytes: Uint8Array): readonly string[] {
  const text = new TextDecoder().decode(bytes)
  return text.match(/[\s\S]*?\r?\n\r?\n/g) ?? []
}

/** What a client has of the answer's text, delta by delta, whether the stream is whole or not. */
export function deltaText(client: ProtocolName, body: Uint8Array): string {
  return recordedEvents(body)
    .map((event: Loose): string => {
      switch (client) {
        case 'anthropic':
          return event.type === 'content_block_delta' ? (event.delta.text ?? '') : ''
        case 'openai-chat':
          return contentText(event.choices?.[0]?.delta?.content ?? '')
        case 'openai-responses':
          return event.type === 'response.output_text.delta' ? event.delta : ''
        case 'gemini':
          return (event.candidates?.[0]?.content?.parts ?? [])
            .map(({ text = '', thought = false }) => (thought ? '' : text))
            .join('')
      }
    })
    .join('')
}

/** Mistral's thinking models give parts. */
function contentText(content: string | readonly { readonly type: string; readonly text?: string }[]): string {
  if (typeof content === 'string') return content
  return content.map(({ type, text = '' }) => (type === 'text' ? text : '')).join('')
}
