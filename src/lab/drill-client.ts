import { isWholeObject, isWholeText } from './checksum.ts'
import type { DrillRequest } from './drill-requests.ts'
import { isRecordList, recordOr, stringOr } from './json-checks.ts'
import type { JsonRecord } from './json-checks.ts'
import { readServerSentEvents } from './naive-events.ts'

/** What one request of a drill came to, held against the truth that the answer carries in itself. */
export type DrillOutcome = 'complete' | 'truncatedAsSuccess' | 'errors'

export interface DrillClientOptions {
  /** Where `/v1/messages` and `/v1/chat/completions` are. */
  readonly baseUrl: string
  readonly headers: Readonly<Record<string, string>>
  readonly timeoutMs: number
}

interface Received {
  text: string
  toolArguments: string
}

/** Says in words what the clients of a drill do. */
export const DRILL_CLIENT_BEHAVIOUR: string =
  'Raw iterators as in the official SDKs: a clean end of the body counts as success, error events and broken ' +
  'connections are errors; no retries, no fallback.'

/** Sends one request and reads the answer as an SDK's raw iterator does. Never rejects: failures are outcomes. */
export async function playDrillRequest(
  request: DrillRequest,
  { baseUrl, headers, timeoutMs }: DrillClientOptions,
): Promise<DrillOutcome> {
  const key: Record<string, string> =
    request.protocol === 'anthropic'
      ? { 'x-api-key': 'drill', 'anthropic-version': '2023-06-01' }
      : { authorization: 'Bearer drill' }
  try {
    const response = await fetch(`${baseUrl}${request.path}`, {
      method: 'POST',
      // A connection of its own for every request: a reset must not strike a neighbour, nor make the runtime retry.
      headers: { ...headers, ...key, 'content-type': 'application/json', connection: 'close' },
      body: request.body,
      signal: AbortSignal.timeout(timeoutMs),
    })
    if (!response.ok) {
      await response.body?.cancel()
      return 'errors'
    }
    const received = request.stream ? await readStream(request, response) : readWhole(request, await response.json())
    return isWhole(request, received) ? 'complete' : 'truncatedAsSuccess'
  } catch {
    // Whatever was thrown on the way is what the application would have seen: an error.
    return 'errors'
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

async function readStream({ protocol }: DrillRequest, response: Response): Promise<Received> {
  const received: Received = { text: '', toolArguments: '' }
  const isChat = protocol === 'openai-chat'
  for await (const { event, data } of readServerSentEvents(response, { flushesLastEvent: isChat })) {
    if (isChat && data === '[DONE]') break
    const payload = recordOr(JSON.parse(data))
    if (event === 'error' || 'error' in payload) throw new Error('The provider reported an error in the stream.')
    if (isChat) takeChunk(received, payload)
    else takeEvent(received, payload)
  }
  return received
}

function takeEvent(received: Received, { type, delta }: JsonRecord): void {
  if (type !== 'content_block_delta') return
  received.text += stringOr(recordOr(delta)['text'])
  received.toolArguments += stringOr(recordOr(delta)['partial_json'])
}

function takeChunk(received: Received, { choices }: JsonRecord): void {
  const delta = recordOr(recordOr(isRecordList(choices) ? choices[0] : undefined)['delta'])
  received.text += stringOr(delta['content'])
  received.toolArguments += callArguments(delta)
}

function readWhole({ protocol }: DrillRequest, body: unknown): Received {
  const answer = recordOr(body)
  if (answer['error'] !== undefined) throw new Error('The provider reported an error in the body.')
  if (protocol === 'openai-chat') {
    const message = recordOr(recordOr(isRecordList(answer['choices']) ? answer['choices'][0] : undefined)['message'])
    return { text: stringOr(message['content']), toolArguments: callArguments(message) }
  }
  const blocks = isRecordList(answer['content']) ? answer['content'] : []
  const call = blocks.find((block) => block['type'] === 'tool_use')
  return {
    text: blocks.map((block) => stringOr(block['text'])).join(''),
    toolArguments: call === undefined ? '' : JSON.stringify(call['input']),
  }
}

function callArguments(message: JsonRecord): string {
  const calls = isRecordList(message['tool_calls']) ? message['tool_calls'] : []
  return calls.map((call) => stringOr(recordOr(call['function'])['arguments'])).join('')
}
