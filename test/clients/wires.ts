import type { JsonObject, ProtocolName } from '../../src/protocols/core/index.ts'
import type { Answer } from './answers.ts'
import { toAnthropicWire } from './anthropic-wire.ts'
import { toChatWire, type WireOptions } from './chat-wire.ts'
import { toGeminiWire } from './gemini-wire.ts'
import { toResponsesWire } from './responses-wire.ts'
import type { WireAnswer } from './wire-event.ts'

/** An answer in each protocol's own words. */
export const WIRES: Readonly<Record<ProtocolName, (answer: Answer, options: WireOptions) => WireAnswer>> = {
  anthropic: toAnthropicWire,
  'openai-chat': toChatWire,
  'openai-responses': toResponsesWire,
  gemini: toGeminiWire,
}

/** What an SDK, or a provider of the configuration, takes as base URL. */
export function baseUrlOf(url: string, protocol: ProtocolName): string {
  return protocol.startsWith('openai-') ? `${url}/v1` : url
}

/** Where an answer is asked for, and with what. Only Gemini has model and streaming in the address. */
export function questionFor(
  protocol: ProtocolName,
  model: string,
  streamed: boolean,
): { readonly path: string; readonly body: JsonObject } {
  const text = 'When is high tide?'
  const named = { model, stream: streamed }
  const messages = [{ role: 'user', content: text }]
  switch (protocol) {
    case 'anthropic':
      return { path: '/v1/messages', body: { ...named, max_tokens: 100, messages } }
    case 'openai-chat':
      return { path: '/v1/chat/completions', body: { ...named, max_tokens: 100, messages } }
    case 'openai-responses':
      return { path: '/v1/responses', body: { ...named, max_output_tokens: 100, input: text } }
    case 'gemini': {
      const method = streamed ? 'streamGenerateContent?alt=sse' : 'generateContent'
      const body = { contents: [{ role: 'user', parts: [{ text }] }], generationConfig: { maxOutputTokens: 100 } }
      return { path: `/v1beta/models/${encodeURIComponent(model)}:${method}`, body }
    }
  }
}

/** What a request to a provider asks for. */
export interface Question {
  readonly protocol: ProtocolName
  readonly model: string
  readonly streamed: boolean
}

/** Reads protocol, model and streaming where each protocol has them. */
export function readQuestion(path: string, body: JsonObject): Question {
  const [, model, method] = /^\/v1(?:alpha|beta)?\/models\/([^:?]+):(\w+)/.exec(path) ?? []
  if (model !== undefined) {
    return { protocol: 'gemini', model: decodeURIComponent(model), streamed: method === 'streamGenerateContent' }
  }
  const named = { model: typeof body.model === 'string' ? body.model : '', streamed: body.stream === true }
  if (path.endsWith('/chat/completions')) return { protocol: 'openai-chat', ...named }
  return { protocol: path.endsWith('/responses') ? 'openai-responses' : 'anthropic', ...named }
}
