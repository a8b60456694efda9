import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A request as it arrived upstream. */
export interface ReceivedRequest {
  readonly method: string
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

/** What it returns is waited for by nobody. */
export type UpstreamHandler = (request: ReceivedRequest, response: ServerResponse, ordinal: number) => unknown

/** A provider made for one test: it does exactly what the handler says. */
export interface TestUpstream {
  readonly url: string
  readonly received: readonly ReceivedRequest[]
  /** Requests whose connection the other side closed before the answer's end. */
  readonly abandoned: () => number
  readonly stop: () => Promise<void>
}

export async function startUpstream(handler: UpstreamHandler): Promise<TestUpstream> {
  const received: ReceivedRequest[] = []
  let abandoned = 0
  const server = createServer((incoming, response) => {
    const pieces: Buffer[] = []
    incoming.on('data', (piece: Buffer) => pieces.push(piece))
    incoming.on('error', () => undefined)
    response.on('close', () => {
      if (!response.writableFinished) abandoned += 1
    })
    response.on('error', () => undefined)
    incoming.on('end', () => {
      const request = {
        method: incoming.method ?? '',
        path: incoming.url ?? '',
        headers: incoming.headers,
        body: Buffer.concat(pieces).toString(),
      }
      received.push(request)
      void handler(request, response, received.length)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    received,
    abandoned: () => abandoned,
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

export function sse(response: ServerResponse, text: string): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  response.end(text)
}

export function json(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers })
  response.end(JSON.stringify(body))
}

export const CHAT_ANSWER: Readonly<Record<string, unknown>> = {
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1_700_000_000,
  model: 'served-model',
  choices: [{ index: 0, message: { role: 'assistant', content: 'All is well.' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 },
}

const chunk = (delta: unknown, finish: string | null = null): string =>
  `data: ${JSON.stringify({ id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: 'served-model', choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`

/** A whole chat stream's events, one string each. */
export const CHAT_EVENTS: readonly string[] = [
  chunk({ role: 'assistant', content: '' }),
  chunk({ content: 'All ' }),
  chunk({ content: 'is ' }),
  chunk({ content: 'well.' }),
  chunk({}, 'stop'),
  'data: [DONE]\n\n',
]
