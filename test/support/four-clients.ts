import type { TestGateway } from './gateway.ts'

/** A client of one of the four protocols that asks one question. */
export interface FourthClient {
  readonly name: string
  readonly isStream: boolean
  readonly ask: (gateway: TestGateway, headers?: Record<string, string>, question?: string) => Promise<Response>
}

const user = (content: string): object => ({ role: 'user', content })

function client(name: string, isStream: boolean, path: string, body: (question: string) => object): FourthClient {
  return {
    name: `${name}, ${isStream ? 'streamed' : 'whole'}`,
    isStream,
    ask: (gateway, headers = {}, question = 'How is it?') => gateway.post(path, body(question), headers),
  }
}

/** All four protocols, streamed and not, asking for the model `m`. */
export const FOUR_CLIENTS: readonly FourthClient[] = [false, true].flatMap((stream) => [
  client('Chat', stream, '/v1/chat/completions', (q) => ({ model: 'm', messages: [user(q)], stream })),
  client('Messages', stream, '/v1/messages', (q) => ({ model: 'm', max_tokens: 100, messages: [user(q)], stream })),
  client('Responses', stream, '/v1/responses', (q) => ({ model: 'm', input: q, stream })),
  client(
    'Gemini',
    stream,
    stream ? '/v1beta/models/m:streamGenerateContent?alt=sse' : '/v1beta/models/m:generateContent',
    (q) => ({ contents: [{ role: 'user', parts: [{ text: q }] }] }),
  ),
])

/** Every JSON object of a body: the whole one, or what the events of a stream hold. */
export function objectsOf(body: string): readonly Record<string, unknown>[] {
  if (body.startsWith('{')) return [JSON.parse(body) as Record<string, unknown>]
  return [...body.matchAll(/^data: (\{.*\})$/gm)].map((match) => JSON.parse(match[1] ?? '') as Record<string, unknown>)
}

/** All that stands under a name, however deep. */
export function valuesNamed(name: string, value: unknown): readonly unknown[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, each]) => (key === name ? [each as unknown] : valuesNamed(name, each)))
}
