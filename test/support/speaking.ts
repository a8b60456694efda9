import { anthropic } from '../../src/protocols/anthropic/index.ts'
import { type CoreResponse, eventsOf, type Part, type Protocol } from '../../src/protocols/core/index.ts'
import { gemini } from '../../src/protocols/gemini/index.ts'
import { openAiChat } from '../../src/protocols/openai-chat/index.ts'
import { openAiResponses } from '../../src/protocols/openai-responses/index.ts'
import type { StopKind } from '../../src/evidence/index.ts'
import { json, sse, type UpstreamHandler } from './upstream.ts'

/** A protocol with what a test needs to ask in it. */
export interface Tongue {
  readonly protocol: Protocol
  /** Where its answers are asked for. */
  readonly path: (stream: boolean) => string
  /** A request, with a schema for its answer or a tool. */
  readonly request: (wish: Wish) => Record<string, unknown>
  /** Of `baseUrl`, behind the host. */
  readonly base: string
}

export interface Wish {
  readonly stream: boolean
  readonly answer?: object | undefined
  readonly tool?: { readonly name: string; readonly schema: object } | undefined
}

export const TONGUES: readonly Tongue[] = [
  {
    protocol: anthropic,
    base: '',
    path: () => '/v1/messages',
    request: ({ stream, answer, tool }) => ({
      model: 'm',
      max_tokens: 100,
      stream,
      messages: [{ role: 'user', content: 'Go.' }],
      ...(answer !== undefined && { output_config: { format: { type: 'json_schema', schema: answer } } }),
      ...(tool !== undefined && { tools: [{ name: tool.name, input_schema: tool.schema }] }),
    }),
  },
  {
    protocol: openAiChat,
    base: '/v1',
    path: () => '/v1/chat/completions',
    request: ({ stream, answer, tool }) => ({
      model: 'm',
      stream,
      messages: [{ role: 'user', content: 'Go.' }],
      ...(answer !== undefined && {
        response_format: { type: 'json_schema', json_schema: { name: 'answer', schema: answer } },
      }),
      ...(tool !== undefined && {
        tools: [{ type: 'function', function: { name: tool.name, parameters: tool.schema } }],
      }),
    }),
  },
  {
    protocol: openAiResponses,
    base: '/v1',
    path: () => '/v1/responses',
    request: ({ stream, answer, tool }) => ({
      model: 'm',
      stream,
      input: 'Go.',
      ...(answer !== undefined && { text: { format: { type: 'json_schema', name: 'answer', schema: answer } } }),
      ...(tool !== undefined && { tools: [{ type: 'function', name: tool.name, parameters: tool.schema }] }),
    }),
  },
  {
    protocol: gemini,
    base: '',
    path: (stream) => `/v1beta/models/m:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
    request: ({ answer, tool }) => ({
      contents: [{ role: 'user', parts: [{ text: 'Go.' }] }],
      ...(answer !== undefined && {
        generationConfig: { responseMimeType: 'application/json', responseJsonSchema: answer },
      }),
      ...(tool !== undefined && {
        tools: [{ functionDeclarations: [{ name: tool.name, parametersJsonSchema: tool.schema }] }],
      }),
    }),
  },
]

export const text = (words: string): Part => ({ type: 'text', text: words })
export const call = (name: string, input: object): Part => ({
  type: 'tool-call',
  kind: 'json',
  id: 'call_1',
  name,
  input: JSON.stringify(input),
})

export interface Saying {
  readonly content: readonly Part[]
  readonly stop?: StopKind
  /** Resolves when the last part may be said; streamed only. */
  readonly pause?: Promise<unknown>
}

/** A provider that answers so, streamed where it is asked to, in its protocol's words. */
export function speaking({ protocol }: Tongue, { content, stop, pause }: Saying): UpstreamHandler {
  const kind = stop ?? (content.some(({ type }) => type === 'tool-call') ? 'tool-use' : 'end')
  const answer: CoreResponse = {
    id: 'answer-1',
    model: 'served',
    created: 1,
    choices: [{ content, stop: { kind, raw: undefined } }],
    usage: { inputTokens: 3, outputTokens: 4 },
  }
  return async ({ path, body }, response) => {
    const isStream = path.includes('streamGenerate') || /"stream":\s*true/.test(body)
    if (!isStream) return json(response, 200, protocol.renderResponse(answer))
    const encoder = protocol.createStreamEncoder({
      includeUsage: true,
      fallbackId: 'answer-1',
      fallbackModel: 'served',
      nowSeconds: 1,
    })
    const events = eventsOf(answer).map((event) => encoder.encode(event))
    if (pause === undefined) return sse(response, events.join('') + encoder.finish())
    const last = eventsOf(answer).findLastIndex((event) => 'part' in event)
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(events.slice(0, last).join(''))
    await pause
    response.end(events.slice(last).join('') + encoder.finish())
  }
}
