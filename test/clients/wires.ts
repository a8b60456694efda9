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

/** Where streamed answers of this protocol are asked for. Only Gemini's address has the model. */
export function pathOf(protocol: ProtocolName, model = ''): string {
  switch (protocol) {
    case 'anthropic':
      return '/v1/messages'
    case 'openai-chat':
      return '/v1/chat/completions'
    case 'openai-responses':
      return '/v1/responses'
    case 'gemini':
      return `/v1beta/models/${model}:streamGenerateContent?alt=sse`
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
