import type { AnswerFaults } from './model/answer.ts'
import type { ProtocolName } from './protocols/protocol-name.ts'

/** How a stream or body ends before its time. */
export type Cut = 'eof' | 'fin' | 'reset' | 'midjson' | 'stall' | 'in-band-error' | 'bare-error'

/** Everything that faults can do to one exchange; faults combine by filling different fields. */
export interface FaultEffects extends AnswerFaults {
  /** Before any byte is sent: reset the connection, or never answer. */
  readonly before?: 'reset' | 'silence'
  /** An error response instead of an answer. */
  readonly rejection?: Rejection
  readonly retryAfterSeconds?: number
  readonly firstTokenDelayMs?: number
  /** A pause before every event, or before every single byte. */
  readonly eventDelayMs?: number
  readonly byteDelayMs?: number
  readonly cut?: { readonly how: Cut; readonly afterEvents: number }
  /** Replace this content event (from 0) by broken JSON and go on. */
  readonly malformedEventAt?: number
  /** Send everything but the last, terminal event, and end cleanly. */
  readonly dropTerminal?: boolean
  /** Leave this content event (from 0) out, but not its number. */
  readonly leaveOutEventAt?: number
  /** Put the finish reason on every chunk instead of the last one alone. */
  readonly stopOnEveryChunk?: boolean
  /** Add a content event with this many letters. */
  readonly giantEventBytes?: number
  /** Send something else than the stream that was asked for. */
  readonly instead?: 'html' | 'json' | 'gzip-bomb'
  readonly gzipBombBytes?: number
  /** Cut a body that is not a stream in the middle. */
  readonly truncateBody?: 'clean' | 'short' | 'reset'
}

export type Rejection =
  | { readonly kind: 'status'; readonly status: number }
  | { readonly kind: 'spent-account' }
  | { readonly kind: 'auth'; readonly status: number }

/** What `=VALUE` counts, and within which bounds. */
export interface FaultValue {
  readonly unit: string
  readonly default: number
  readonly min: number
  readonly max: number
}

/** An entry of the catalogue. */
export interface Fault {
  readonly description: string
  /** Without it the fault takes no value. */
  readonly value?: FaultValue
  /** Where it means something; everywhere when undefined. */
  readonly protocols?: readonly ProtocolName[]
  readonly effects: (value: number) => FaultEffects
}

const MEBIBYTE = 1024 * 1024
const LONGEST_DELAY_MS = 600_000
const events = { unit: 'content events', default: 5, min: 0, max: 100_000 }
const milliseconds = (standard: number): FaultValue => ({
  unit: 'ms',
  default: standard,
  min: 0,
  max: LONGEST_DELAY_MS,
})

const cut =
  (how: Cut): Fault['effects'] =>
  (afterEvents) => ({ cut: { how, afterEvents } })

/**
 * The fault catalogue. A fault is chosen by the model name (`sim-sonnet+cut-eof=5@0.3`) or by a scenario. Cuts come
 * after N content events, but always before the last one, so that what arrived is never the whole answer.
 */
export const faults: Readonly<Record<string, Fault>> = {
  status: {
    description: 'Answers with this HTTP status in the protocol’s error shape.',
    value: { unit: 'HTTP status', default: 503, min: 400, max: 599 },
    effects: (status) => ({ rejection: { kind: 'status', status } }),
  },
  'retry-after': {
    description: 'Adds a Retry-After header to an error response, and Gemini’s RetryInfo.',
    value: { unit: 'seconds', default: 1, min: 0, max: 3600 },
    effects: (retryAfterSeconds) => ({ retryAfterSeconds }),
  },
  'insufficient-quota': {
    description:
      'A spent account in its disguise: OpenAI 429 insufficient_quota, Anthropic 400 credit balance, Gemini 429 quota.',
    effects: () => ({ rejection: { kind: 'spent-account' } }),
  },
  auth: {
    description: 'Refuses the key: 401 (Gemini 400), or 403 with =403.',
    value: { unit: 'HTTP status', default: 401, min: 401, max: 403 },
    effects: (status) => ({ rejection: { kind: 'auth', status } }),
  },
  'reset-before-headers': {
    description: 'Resets the TCP connection before any byte of the response.',
    effects: () => ({ before: 'reset' }),
  },
  silence: {
    description: 'Accepts the request and never answers.',
    effects: () => ({ before: 'silence' }),
  },
  'slow-first-token': {
    description: 'Sends the headers, then waits this long before the first event.',
    value: milliseconds(2000),
    effects: (firstTokenDelayMs) => ({ firstTokenDelayMs }),
  },
  'cut-eof': {
    description: 'Ends the body cleanly (last chunk sent) after N content events.',
    value: events,
    effects: cut('eof'),
  },
  'cut-fin': {
    description: 'Closes the connection (TCP FIN, no last chunk) after N content events.',
    value: events,
    effects: cut('fin'),
  },
  'cut-reset': {
    description: 'Resets the connection (TCP RST) after N content events.',
    value: events,
    effects: cut('reset'),
  },
  'cut-midjson': {
    description: 'Ends the body cleanly inside a data line after N content events.',
    value: events,
    effects: cut('midjson'),
  },
  stall: {
    description: 'Sends nothing more after N content events and keeps the connection open.',
    value: events,
    effects: cut('stall'),
  },
  'in-band-error': {
    description: 'Sends the protocol’s own error event after N content events, then ends cleanly.',
    value: events,
    effects: cut('in-band-error'),
  },
  'bare-error': {
    description:
      'Gemini only: sends the error object as it is, without `data:`, after N content events, then ends cleanly.',
    value: events,
    protocols: ['gemini'],
    effects: cut('bare-error'),
  },
  'error-first': {
    description: 'HTTP 200 with the protocol’s error event as the first event, then a clean end.',
    effects: () => ({ cut: { how: 'in-band-error', afterEvents: -1 } }),
  },
  'malformed-event': {
    description: 'Sends broken JSON in place of content event N, then goes on to a proper end.',
    value: { ...events, default: 3 },
    effects: (malformedEventAt) => ({ malformedEventAt }),
  },
  'sequence-gap': {
    description: 'Responses only: content event N is missing, and its sequence number with it; all else is as usual.',
    value: { ...events, default: 3 },
    protocols: ['openai-responses'],
    effects: (leaveOutEventAt) => ({ leaveOutEventAt }),
  },
  'stop-on-every-chunk': {
    description: 'Gemini only: every chunk has finishReason STOP, as some models of Vertex send it.',
    protocols: ['gemini'],
    effects: () => ({ stopOnEveryChunk: true }),
  },
  'no-terminal': {
    description:
      'Sends everything but the terminal event and ends cleanly: no message_stop, no [DONE], no response.completed, ' +
      'in Gemini’s events no finishReason, in its array no closing bracket.',
    effects: () => ({ dropTerminal: true }),
  },
  'wrong-content-type': {
    description: 'HTTP 200 with an HTML page.',
    effects: () => ({ instead: 'html' }),
  },
  'json-instead': {
    description: 'Sends one JSON answer where a stream was asked for.',
    effects: () => ({ instead: 'json' }),
  },
  'slow-drip': {
    description: 'Waits this long before every event.',
    value: milliseconds(50),
    effects: (eventDelayMs) => ({ eventDelayMs }),
  },
  'byte-drip': {
    description: 'Waits this long before every single byte.',
    value: milliseconds(1),
    effects: (byteDelayMs) => ({ byteDelayMs }),
  },
  'giant-event': {
    description: 'Adds a content event with this many letters.',
    value: { unit: 'bytes', default: 8 * MEBIBYTE, min: 1, max: 256 * MEBIBYTE },
    effects: (giantEventBytes) => ({ giantEventBytes }),
  },
  'gzip-bomb': {
    description: 'A small gzip body that decompresses to this many bytes of one endless event.',
    value: { unit: 'bytes', default: 64 * MEBIBYTE, min: 1, max: 1024 * MEBIBYTE },
    effects: (gzipBombBytes) => ({ instead: 'gzip-bomb', gzipBombBytes }),
  },
  'truncated-json': {
    description: 'Cuts a body that is not a stream in half and ends it cleanly.',
    effects: () => ({ truncateBody: 'clean' }),
  },
  'truncated-json-short': {
    description: 'Cuts a body that is not a stream in half: fewer bytes than its Content-Length, then FIN.',
    effects: () => ({ truncateBody: 'short' }),
  },
  'truncated-json-reset': {
    description: 'Cuts a body that is not a stream in half and resets the connection.',
    effects: () => ({ truncateBody: 'reset' }),
  },
  'bad-tool-args': {
    description:
      'Sends tool arguments that do not parse, in an answer that calls itself whole. Gemini, whose arguments are an ' +
      'object, ends with MALFORMED_FUNCTION_CALL.',
    effects: () => ({ breakToolArguments: true }),
  },
  'abort-finish': {
    description:
      'Ends as a server does that gave up: finish_reason or stop_reason "abort", response.failed, finishReason OTHER.',
    effects: () => ({ abort: true }),
  },
  limited: {
    description: 'Stops at the token limit after this many tokens, whatever the request allows.',
    value: { unit: 'tokens', default: 8, min: 0, max: 100_000 },
    effects: (limitAfterTokens) => ({ limitAfterTokens }),
  },
  refusal: {
    description:
      'Refuses after this many tokens of the answer. Gemini: finishReason SAFETY, and before the first token a blocked prompt.',
    value: { unit: 'tokens', default: 0, min: 0, max: 100_000 },
    effects: (refuseAfterTokens) => ({ refuseAfterTokens }),
  },
}
