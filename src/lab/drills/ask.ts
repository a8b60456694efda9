import { isWholeObject, isWholeText } from '../model/checksum.ts'
import type { Sleep } from '../connection.ts'
import { isRecordList, recordOr, stringOr } from '../json-checks.ts'
import type { JsonRecord } from '../json-checks.ts'
import { readServerSentEvents } from './naive-events.ts'
import type { DrillRequest } from './requests.ts'

/** What one request of a drill came to, held against the truth that the answer carries in itself. */
export type DrillOutcome = 'complete' | 'truncatedAsSuccess' | 'errors'

export interface AskOptions {
  /** Where `/v1/messages` and `/v1/chat/completions` are. */
  readonly baseUrl: string
  readonly headers: Readonly<Record<string, string>>
  /** After which the client gives up: an error. */
  readonly timeoutMs: number
}

export interface AskDeps {
  readonly fetch: (url: string, init: AskInit) => Promise<Response>
  readonly nowMs: () => number
  readonly sleep: Sleep
}

export interface AskInit {
  readonly method: string
  readonly headers: Record<string, string>
  readonly body: string
  readonly signal: AbortSignal
}

/** What a client has of its request in the end. */
export interface Asked {
  readonly outcome: DrillOutcome
  readonly startedAtMs: number
  readonly endedAtMs: number
  /** When the first text or the first piece of a call was there; undefined where nothing came. */
  readonly firstContentAtMs: number | undefined
  /** The reason for which the answer says that it ended, in the protocol's word. */
  readonly stopReason: string | undefined
  readonly toolArguments: string
}

interface Received {
  text: string
  toolArguments: string
  stopReason: string | undefined
  firstContentAtMs: number | undefined
}

/** Says in words how the clients of a drill read an answer. */
export const READING_BEHAVIOUR: string =
  'They read as the raw iterators of the official SDKs do: a clean end of the body counts as success; error events and ' +
  'broken connections are errors.'

/** Sends one request and reads the answer as an SDK's raw iterator does. Never rejects: failures are outcomes. */
export async function ask(
  request: DrillRequest,
  { baseUrl, headers, timeoutMs }: AskOptions,
  { fetch, nowMs, sleep }: AskDeps,
): Promise<Asked> {
  const key: Record<string, string> =
    request.protocol === 'anthropic'
      ? { 'x-api-key': 'drill', 'anthropic-version': '2023-06-01' }
      : { authorization: 'Bearer drill' }
  const startedAtMs = nowMs()
  const received: Received = { text: '', toolArguments: '', stopReason: undefined, firstContentAtMs: undefined }
  const patience = new AbortController()
  const over = new AbortController()
  // Also when the wait was ended early: then there is nothing left to give up.
  void sleep(timeoutMs, over.signal).then(() => patience.abort())
  const end = (outcome: DrillOutcome): Asked => {
    over.abort()
    const { firstContentAtMs, stopReason, toolArguments } = received
    return { outcome, startedAtMs, endedAtMs: nowMs(), firstContentAtMs, stopReason, toolArguments }
  }
  try {
    const response = await fetch(`${baseUrl}${request.path}`, {
      method: 'POST',
      // A connection of its own for every request: a reset must not strike a neighbour, nor make the runtime retry.
      headers: { ...headers, ...key, 'content-type': 'application/json', connection: 'close' },
      body: request.body,
      signal: patience.signal,
    })
    if (!response.ok) {
      await response.body?.cancel()
      return end('errors')
    }
    if (request.stream) await readStream(request, response, received, nowMs)
    else readWhole(request, await response.json(), received, nowMs)
    return end(isWhole(request, received) ? 'complete' : 'truncatedAsSuccess')
  } catch {
    // Whatever was thrown on the way is what the application would have seen: an error.
    return end('errors')
  }
}

function isWhole({ usesTool }: DrillRequest, { text, toolArguments }: Received): boolean {
  if (!usesTool) return isWholeText(text)
  try {
    return isWholeObject(JSON.parse(toolArguments))
  } catch {
    return false
  }
}

async function readStream(
  { protocol }: DrillRequest,
  response: Response,
  received: Received,
  nowMs: () => number,
): Promise<void> {
  const isChat = protocol === 'openai-chat'
  for await (const { event, data } of readServerSentEvents(response, { flushesLastEvent: isChat })) {
    if (isChat && data === '[DONE]') break
    const payload = recordOr(JSON.parse(data))
    if (event === 'error' || 'error' in payload) throw new Error('The provider reported an error in the stream.')
    if (isChat) takeChunk(received, payload)
    else takeEvent(received, payload)
    if (received.text !== '' || received.toolArguments !== '') received.firstContentAtMs ??= nowMs()
  }
}

function takeEvent(received: Received, { delta }: JsonRecord): void {
  const { text, partial_json: json, stop_reason: stopReason } = recordOr(delta)
  received.text += stringOr(text)
  received.toolArguments += stringOr(json)
  if (typeof stopReason === 'string') received.stopReason = stopReason
}

function takeChunk(received: Received, { choices }: JsonRecord): void {
  const choice = recordOr(isRecordList(choices) ? choices[0] : undefined)
  const delta = recordOr(choice['delta'])
  received.text += stringOr(delta['content'])
  received.toolArguments += callArguments(delta)
  if (typeof choice['finish_reason'] === 'string') received.stopReason = choice['finish_reason']
}

function readWhole({ protocol }: DrillRequest, body: unknown, received: Received, nowMs: () => number): void {
  const answer = recordOr(body)
  if (answer['error'] !== undefined) throw new Error('The provider reported an error in the body.')
  received.firstContentAtMs = nowMs()
  if (protocol === 'openai-chat') {
    const choice = recordOr(isRecordList(answer['choices']) ? answer['choices'][0] : undefined)
    const message = recordOr(choice['message'])
    received.text = stringOr(message['content'])
    received.toolArguments = callArguments(message)
    received.stopReason = stringOr(choice['finish_reason'])
    return
  }
  const blocks = isRecordList(answer['content']) ? answer['content'] : []
  const call = blocks.find((block) => block['type'] === 'tool_use')
  received.text = blocks.map((block) => stringOr(block['text'])).join('')
  received.toolArguments = call === undefined ? '' : JSON.stringify(call['input'])
  received.stopReason = stringOr(answer['stop_reason'])
}

function callArguments(message: JsonRecord): string {
  const calls = isRecordList(message['tool_calls']) ? message['tool_calls'] : []
  return calls.map((call) => stringOr(recordOr(call['function'])['arguments'])).join('')
}
