import type { ProviderRequest, ProviderResponse } from './provider-http.ts'
import { bodyParts, playAnswer } from './answering.ts'
import type { Sleep } from './connection.ts'
import type { Counters, Outcome } from './counts.ts'
import { embeddingModels } from './embedding-models.ts'
import { embed } from './embeddings.ts'
import { refuse, toRejection } from './error-replies.ts'
import { modelEntry, modelList } from './model-list.ts'
import { selectModel } from './model-selection.ts'
import { playBody } from './playback.ts'
import { protocolFor } from './protocols/protocol-for.ts'
import { ProviderRejection } from './protocols/provider-protocol.ts'
import type { ProviderProtocol, ReadContext } from './protocols/provider-protocol.ts'
import { createRandom } from './random.ts'
import { readJsonBody } from './request-body.ts'
import { ResponseMemory } from './protocols/openai-responses/response-memory.ts'
import { findRoute, queryOf } from './routes.ts'
import type { Route } from './routes.ts'
import type { Scenario } from './scenarios.ts'
import { simulatedModels } from './simulated-models.ts'
import { Stage } from './stage.ts'
import { Writer } from './model/writer.ts'

export interface ProviderSiteOptions {
  readonly platforms: readonly string[]
  readonly seed: number
  readonly scenario: Scenario
  readonly tokenDelayMs: number
}

export interface ProviderSiteDeps {
  readonly counters: Counters
  readonly nowMs: () => number
  readonly sleep: Sleep
}

interface Visit {
  readonly request: ProviderRequest
  readonly response: ProviderResponse
  readonly protocol: ProviderProtocol
  readonly requestId: string
}

type ModelRoute = Route & { readonly kind: 'answer' | 'count' | 'embed' }

/** Serves every platform: routes, refuses what real providers refuse, strikes the faults and answers. */
export class ProviderSite {
  readonly #options: ProviderSiteOptions
  readonly #deps: ProviderSiteDeps
  readonly #writer = new Writer()
  readonly #responses = new ResponseMemory()
  readonly #stage: Stage
  #serial = 0

  constructor(options: ProviderSiteOptions, deps: ProviderSiteDeps) {
    this.#options = options
    this.#deps = deps
    this.#stage = new Stage({ ...options, counters: deps.counters, sleep: deps.sleep, nowMs: deps.nowMs })
  }

  /** Begins the seeded sampling anew and forgets the stored responses. */
  reset(): void {
    this.#stage.reset()
    this.#responses.clear()
  }

  /** Answers one HTTP request; never rejects. */
  async serve(request: ProviderRequest, response: ProviderResponse): Promise<void> {
    const route = findRoute(request, this.#options.platforms)
    const protocol = protocolFor(route.protocol, route.address)
    const isCounted = route.kind === 'answer' || route.kind === 'embed'
    const end = isCounted ? this.#deps.counters.begin(route.platform) : undefined
    const requestId = `req_${createRandom('request', this.#deps.nowMs(), (this.#serial += 1)).identifier(24)}`
    let outcome: Outcome = 'clientLeft'
    try {
      outcome = await this.#handle(route, { request, response, protocol, requestId })
    } catch (error) {
      outcome = 'rejected'
      refuse(response, toRejection(error), protocol, requestId)
    } finally {
      end?.(outcome)
    }
  }

  async #handle(route: Route, visit: Visit): Promise<Outcome> {
    const { request, response, protocol } = visit
    if (route.kind === 'refused') throw route.rejection
    if (route.kind === 'index') return json(response, route.body)
    protocol.authenticate((name) => headerOf(request, name), queryOf(request))
    switch (route.kind) {
      case 'models':
        return json(response, modelList(protocol.name))
      case 'model': {
        const entry = modelEntry(route.id, protocol.name)
        if (entry === undefined) throw protocol.unknownModel(route.id)
        return json(response, entry)
      }
      case 'stored':
        return json(response, this.#stored(route))
      case 'answer':
      case 'count':
      case 'embed':
        return this.#call(route, visit)
    }
  }

  #stored({ platform, id, isRemoved }: Route & { readonly kind: 'stored' }): unknown {
    const stored = this.#responses.find(platform, id)
    if (stored === undefined) throw new ProviderRejection(404, `Response with id '${id}' not found.`)
    if (!isRemoved) return stored.body
    this.#responses.remove(platform, id)
    return { id, object: 'response', deleted: true }
  }

  async #call(route: ModelRoute, visit: Visit): Promise<Outcome> {
    const { response, protocol, requestId, request } = visit
    const { platform } = route
    const { text, body } = await readJsonBody(request, protocol)
    const name = route.model ?? body['model']
    const call = { response, platform, protocol, requestId, text: `${route.model ?? ''}${text}` }
    const { tokenDelayMs } = this.#options
    if (route.kind === 'embed') {
      const { model, chosen } = selectModel(name, embeddingModels, protocol)
      return this.#stage.play({ ...call, chosen }, (performance) => {
        const embedded = embed(body, model)
        const parts = bodyParts(protocol, requestId, performance, tokenDelayMs)
        return playBody(performance.connection, embedded.body, embedded.tokens, parts)
      })
    }
    const { model, chosen } = selectModel(name, simulatedModels, protocol)
    const context: ReadContext = {
      platform,
      header: (header) => headerOf(request, header),
      address: route.address,
      responses: this.#responses,
    }
    return this.#stage.play({ ...call, chosen }, (performance) => {
      if (route.kind === 'count') {
        const counted = JSON.stringify(protocol.count?.(body, model, context))
        return playBody(performance.connection, counted, 0, bodyParts(protocol, requestId, performance, tokenDelayMs))
      }
      const question = { body, model, protocol, requestId, context }
      return playAnswer(question, performance, { writer: this.#writer, nowMs: this.#deps.nowMs, tokenDelayMs })
    })
  }
}

function json(response: ProviderResponse, value: unknown): Outcome {
  response.writeHead(200, { 'content-type': 'application/json' })
  response.end(JSON.stringify(value))
  return 'answered'
}

function headerOf(request: ProviderRequest, name: string): string | undefined {
  const value = request.headers[name]
  return Array.isArray(value) ? value[0] : value
}
