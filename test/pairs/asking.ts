import type { ExchangeEvidence } from '../../src/evidence/index.ts'
import type { JsonObject, ProtocolName } from '../../src/protocols/core/index.ts'
import { PROTOCOLS } from '../support/corpus.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { bodyOf } from '../support/recorded-body.ts'
import { type ReceivedRequest, startUpstream, type TestUpstream } from '../support/upstream.ts'

/** The models of the four providers, of kinds that can do most. */
export const MODELS: Readonly<Record<ProtocolName, string>> = {
  anthropic: 'claude-opus-4-5',
  'openai-chat': 'gpt-5',
  'openai-responses': 'gpt-5',
  gemini: 'gemini-3-pro',
}

const QUESTION = 'How is it?'

/** A small request of each protocol, with more of its own fields. */
export const ask: Readonly<Record<ProtocolName, (more?: JsonObject) => JsonObject>> = {
  anthropic: (more) => ({ max_tokens: 1_000, messages: [{ role: 'user', content: QUESTION }], ...more }),
  'openai-chat': (more) => ({ messages: [{ role: 'user', content: QUESTION }], ...more }),
  'openai-responses': (more) => ({ input: [{ role: 'user', content: QUESTION }], ...more }),
  gemini: (more) => ({ contents: [{ role: 'user', parts: [{ text: QUESTION }] }], ...more }),
}

/** The same with these parts behind the question. */
export const askWith: Readonly<Record<ProtocolName, (...parts: readonly JsonObject[]) => JsonObject>> = {
  anthropic: (...parts) =>
    ask.anthropic({ messages: [{ role: 'user', content: [{ type: 'text', text: QUESTION }, ...parts] }] }),
  'openai-chat': (...parts) =>
    ask['openai-chat']({ messages: [{ role: 'user', content: [{ type: 'text', text: QUESTION }, ...parts] }] }),
  'openai-responses': (...parts) =>
    ask['openai-responses']({ input: [{ role: 'user', content: [{ type: 'input_text', text: QUESTION }, ...parts] }] }),
  gemini: (...parts) => ask.gemini({ contents: [{ role: 'user', parts: [{ text: QUESTION }, ...parts] }] }),
}

/** The same with what was said before. */
export const askAfter: Readonly<Record<ProtocolName, (...turns: readonly JsonObject[]) => JsonObject>> = {
  anthropic: (...turns) => ask.anthropic({ messages: [...turns, { role: 'user', content: QUESTION }] }),
  'openai-chat': (...turns) => ask['openai-chat']({ messages: [...turns, { role: 'user', content: QUESTION }] }),
  'openai-responses': (...turns) => ask['openai-responses']({ input: [...turns, { role: 'user', content: QUESTION }] }),
  gemini: (...turns) => ask.gemini({ contents: [...turns, { role: 'user', parts: [{ text: QUESTION }] }] }),
}

export interface Asked {
  readonly status: number
  readonly code: string | undefined
  /** What the provider got; nothing where nothing was sent. */
  readonly sent: JsonObject | undefined
  readonly path: string | undefined
  readonly dropped: readonly string[]
  readonly evidence: ExchangeEvidence | undefined
}

/** A gateway over one upstream that is a provider of each protocol, notes what it gets, and answers politely. */
export class PairsBench {
  readonly #upstream: TestUpstream
  readonly #gateway: TestGateway

  private constructor(upstream: TestUpstream) {
    this.#upstream = upstream
    const providers = PROTOCOLS.map((protocol) => {
      const baseUrl = protocol.startsWith('openai') ? `${upstream.url}/v1` : upstream.url
      return `  ${protocol}: { protocol: ${protocol}, baseUrl: "${baseUrl}", apiKey: key }`
    })
    this.#gateway = startGateway(`providers:\n${providers.join('\n')}\ndefaults: { attempts: 1 }\n`)
  }

  static async start(): Promise<PairsBench> {
    const answer = { id: 'id', model: 'm', text: '{"city":"Well."}', thinking: '', refusal: '', calls: [] }
    const usage = { input: 1, output: 1, cacheRead: 0, cacheWrite: 0, reasoning: 0 }
    const upstream = await startUpstream(({ path, body }, response) => {
      const protocol = protocolOf(path)
      const polite = bodyOf(protocol, { ...answer, stop: STOPS[protocol], usage })
      response.writeHead(200, { 'content-type': 'application/json' }).end(asOften(polite, body))
    })
    return new PairsBench(upstream)
  }

  /** A client of one protocol asks a provider of another. */
  async ask(client: ProtocolName, target: ProtocolName, body: JsonObject): Promise<Asked> {
    const before = this.#upstream.received.length
    const model = `${target}/${MODELS[target]}`
    const path = client === 'gemini' ? `/v1beta/models/${model}:generateContent` : PATHS[client]
    const response = await this.#gateway.post(path, client === 'gemini' ? body : { ...body, model })
    const answer = (await response.json()) as { readonly fullstop?: unknown; readonly error?: unknown }
    const received: ReceivedRequest | undefined = this.#upstream.received[before]
    const evidence = this.#gateway.evidence.find(({ id }) => id === response.headers.get('x-fullstop-id'))
    const code = /"code":"([a-z-]+)"/.exec(JSON.stringify(answer.fullstop ?? answer.error ?? {}))?.[1]
    return {
      status: response.status,
      code: evidence?.errorCode ?? code,
      sent: received === undefined ? undefined : (JSON.parse(received.body) as JsonObject),
      path: received?.path,
      dropped: evidence?.attempts[0]?.dropped ?? [],
      evidence,
    }
  }

  async stop(): Promise<void> {
    await this.#gateway.stop(0)
    await this.#upstream.stop()
  }
}

const PATHS: Readonly<Record<Exclude<ProtocolName, 'gemini'>, string>> = {
  anthropic: '/v1/messages',
  'openai-chat': '/v1/chat/completions',
  'openai-responses': '/v1/responses',
}

const STOPS: Readonly<Record<ProtocolName, string>> = {
  anthropic: 'end_turn',
  'openai-chat': 'stop',
  'openai-responses': 'completed',
  gemini: 'STOP',
}

function protocolOf(path: string): ProtocolName {
  if (path.includes(':generateContent')) return 'gemini'
  return PROTOCOLS.find((protocol) => protocol !== 'gemini' && path === PATHS[protocol]) ?? 'anthropic'
}

/** The answer with as many choices or candidates as the request asks for. */
function asOften(answer: Uint8Array, request: string): string {
  const text = new TextDecoder().decode(answer)
  const count = Number(/"(?:n|candidateCount)":(\d+)/.exec(request)?.[1] ?? 1)
  if (count === 1) return text
  const { choices, candidates, ...rest } = JSON.parse(text) as Record<string, readonly object[]>
  const repeated = (list: readonly object[] | undefined): object[] | undefined =>
    list && Array.from({ length: count }, (_, index) => ({ ...list[0], index }))
  return JSON.stringify({ ...rest, choices: repeated(choices), candidates: repeated(candidates) })
}
