import { parseConfigObject } from '../../src/config/index.ts'
import type { ExchangeEvidence } from '../../src/evidence/index.ts'
import type { Completion, ProtocolName } from '../../src/protocols/core/index.ts'
import { startServer } from '../../src/server/index.ts'
import { PROTOCOLS } from './corpus.ts'
import { type Replay, ReplayUpstream } from './replay-upstream.ts'
import { askWire, type WireAnswer } from './wire-client.ts'

/** `default` leaves `completion` out of the configuration. */
export type Declared = Completion | 'default'

export interface ReplayRequest {
  /** What the upstream speaks. */
  readonly upstream: ProtocolName
  readonly completion: Declared
  readonly replay: Replay
  /** What the client speaks. */
  readonly client: ProtocolName
  readonly delivery: 'live' | 'hold'
  /** The request's body; its model is replaced, where the protocol has it there. */
  readonly body: object
  /** Default true. Gemini says it in the path, the others in the body. */
  readonly streamed?: boolean
  /** A client of Gemini that does not ask for events gets one JSON array. */
  readonly array?: boolean
  /** Gives the upstream 80 ms only. */
  readonly impatient?: boolean
}

export interface ReplayAnswer extends WireAnswer {
  readonly evidence: ExchangeEvidence | undefined
}

/** Where a client asks for answers of this model. */
function pathOf(
  client: ProtocolName,
  model: string,
  { streamed = true, array = false }: Partial<ReplayRequest>,
): string {
  switch (client) {
    case 'anthropic':
      return '/v1/messages'
    case 'openai-chat':
      return '/v1/chat/completions'
    case 'openai-responses':
      return '/v1/responses'
    case 'gemini':
      return `/v1beta/models/${model}:${streamed ? `streamGenerateContent${array ? '' : '?alt=sse'}` : 'generateContent'}`
  }
}

const COMPLETIONS: Readonly<Record<ProtocolName, readonly Declared[]>> = {
  anthropic: ['default', 'strict', 'finish-only'],
  'openai-chat': ['default', 'strict', 'finish-only', 'sentinel-only'],
  'openai-responses': ['default', 'strict'],
  gemini: ['default', 'strict'],
}

/** A running gateway over one replaying upstream, which is a provider for each protocol and completion. */
export class ReplayGateway {
  readonly url: string
  readonly upstream: ReplayUpstream
  readonly #evidence = new Map<string, ExchangeEvidence>()
  readonly #stop: () => Promise<void>

  private constructor(upstream: ReplayUpstream) {
    this.upstream = upstream
    const parsed = parseConfigObject(configFor(upstream.url), { env: {} })
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
    const server = startServer(
      { config: parsed.config, hostname: '127.0.0.1', port: 0 },
      { sink: (evidence) => this.#evidence.set(evidence.id, evidence) },
    )
    this.url = server.url
    this.#stop = () => server.stop(1_000)
  }

  static async start(): Promise<ReplayGateway> {
    return new ReplayGateway(await ReplayUpstream.start())
  }

  /** The model's name for a replay on one of the providers. */
  offer({ upstream, completion, replay, impatient = false }: ReplayOffer): string {
    return `${providerName(upstream, completion, impatient)}/${this.upstream.add(replay)}`
  }

  withdraw(model: string): void {
    this.upstream.forget(model.slice(model.indexOf('/') + 1))
  }

  /** Plays one recording through the gateway for one client on a raw socket. */
  async play(request: ReplayRequest): Promise<ReplayAnswer> {
    const model = this.offer(request)
    const answer = await askWire(this.url, {
      path: pathOf(request.client, model, request),
      headers: request.delivery === 'hold' ? { 'x-fullstop-delivery': 'hold' } : {},
      body: request.client === 'gemini' ? request.body : { ...request.body, model },
    })
    this.withdraw(model)
    const id = answer.headers.get('x-fullstop-id') ?? ''
    const evidence = this.#evidence.get(id)
    this.#evidence.delete(id)
    return { ...answer, evidence }
  }

  async stop(): Promise<void> {
    await this.#stop()
    await this.upstream.stop()
  }
}

export type ReplayOffer = Pick<ReplayRequest, 'upstream' | 'completion' | 'replay' | 'impatient'>

function providerName(protocol: ProtocolName, completion: Declared, impatient: boolean): string {
  return `${protocol}-${completion}${impatient ? '-impatient' : ''}`
}

function configFor(url: string): object {
  const providers: Record<string, object> = {}
  for (const protocol of PROTOCOLS)
    for (const completion of COMPLETIONS[protocol])
      for (const impatient of [false, true])
        providers[providerName(protocol, completion, impatient)] = {
          protocol,
          baseUrl: protocol.startsWith('openai') ? `${url}/v1` : url,
          apiKey: 'key',
          ...(completion !== 'default' && { completion }),
          ...(impatient && { timeouts: { firstEvent: '80ms', idle: '80ms', total: '400ms' } }),
        }
  return { providers, defaults: { delivery: 'live', attempts: 1 } }
}
