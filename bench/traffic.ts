import { CHAT_ANSWER, CHAT_EVENTS, MESSAGES_EVENTS, pieces, SOAK_STREAM } from './answers.ts'

/** What the upstream does with a request, told to it in the request's body, which every gateway passes on. */
export type Script = 'json' | Pacing | 'silent' | 'soak'

/** How a stream's events come: as fast as the socket takes them, one a turn of the upstream's event loop, or as a model writes. */
export type Pacing = 'burst' | 'turns' | 'paced'

/** One kind of request, with the answer that must come back. */
export interface Workload {
  readonly path: string
  /** The request's body, for a model of this name. */
  readonly body: (model: string) => string
  readonly expected: Uint8Array
  /** The upstream speaks another protocol than the client: the same texts must come back, and the client's own end. */
  readonly isTranslated?: boolean
  /** Requests under way at a time, where it is not `CONCURRENCY`. */
  readonly atATime?: number
}

export const CHAT_PATH = '/v1/chat/completions'
export const MESSAGES_PATH = '/v1/messages'
/** The names that Fullstop's clients use, so that it has to rewrite the request. */
export const LOGICAL_CHAT = 'assistant'
export const LOGICAL_CLAUDE = 'writer'
/** Asked for in one protocol, served in the other. */
export const TRANSLATED_CHAT = 'assistant-translated'
export const TRANSLATED_CLAUDE = 'writer-translated'

/** So many streams at a model's pace keep a gateway about as busy as 16 as fast as they can. */
export const PACED_AT_A_TIME = 200

/** A request of about 0.7 kB. */
function request(model: string, script: Script, options: object): string {
  return JSON.stringify({
    model,
    max_tokens: 400,
    temperature: 0.2,
    messages: [{ role: 'user', content: `Answer the customer.${pieces(95, 23).join('')}` }],
    ...options,
    ...('metadata' in options ? {} : { user: `bench:${script}` }),
  })
}

const chat =
  (script: Script, stream: boolean): Workload['body'] =>
  (model) =>
    request(model, script, stream ? { stream: true, stream_options: { include_usage: true } } : {})

export const CHAT_JSON: Workload = { path: CHAT_PATH, body: chat('json', false), expected: CHAT_ANSWER }

export function chatStream(pacing: Pacing): Workload {
  return { path: CHAT_PATH, body: chat(pacing, true), expected: Buffer.concat(CHAT_EVENTS), ...paced(pacing) }
}

export function messagesStream(pacing: Pacing): Workload {
  const body = (model: string): string =>
    request(model, pacing, { stream: true, metadata: { user_id: `bench:${pacing}` } })
  return { path: MESSAGES_PATH, body, expected: Buffer.concat(MESSAGES_EVENTS), ...paced(pacing) }
}

const paced = (pacing: Pacing): Pick<Workload, 'atATime'> => (pacing === 'paced' ? { atATime: PACED_AT_A_TIME } : {})

/** Anthropic's client, OpenAI's upstream. */
export function messagesOverChat(pacing: Pacing): Workload {
  return { ...messagesStream(pacing), expected: Buffer.concat(CHAT_EVENTS), isTranslated: true }
}

/** OpenAI's client, Anthropic's upstream. */
export function chatOverMessages(pacing: Pacing): Workload {
  return { ...chatStream(pacing), expected: Buffer.concat(MESSAGES_EVENTS), isTranslated: true }
}

/** So many events a silent stream has, a whole line among them: less than that is not delivered before it goes on. */
export const EVENTS_BEFORE_SILENCE = 30

/** A stream that falls silent after its first line. */
export const SILENT: Workload = {
  path: CHAT_PATH,
  body: chat('silent', true),
  expected: Buffer.concat(CHAT_EVENTS.slice(0, EVENTS_BEFORE_SILENCE)),
}

export const SOAK_JSON: Workload = { path: CHAT_PATH, body: chat('soak', false), expected: CHAT_ANSWER }
export const SOAK_STREAMED: Workload = {
  path: CHAT_PATH,
  body: chat('soak', true),
  expected: Buffer.concat(SOAK_STREAM),
}
