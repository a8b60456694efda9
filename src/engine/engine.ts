import { Recent } from '../collections/index.ts'
import type { Config } from '../config/index.ts'
import { FullstopError, toFullstopError } from '../errors.ts'
import type { EvidenceSink } from '../evidence/index.ts'
import {
  answer,
  AnswerCache,
  answers,
  Approvals,
  type Caller,
  ClientLoads,
  ClientStay,
  type AnswerOptions,
  type BreakerChange,
  type ClientConnection,
  type ClientExchange,
  type Conditions,
  DEFAULT_LIMITS,
  DeferredAnswers,
  type ExchangeDeps,
  FormatRefusals,
  Health,
  type IncomingRequest,
  KEEP_ALIVE_MS,
  type Limits,
  MemoryAnswerStore,
  Origins,
  ownerOf,
  type Ports,
  refuse,
  refuseOverLimit,
  Repeats,
  Replays,
  type Routing,
  Sessions,
} from '../exchange/index.ts'
import type { Protocol } from '../protocols/core/index.ts'
import { wait } from '../resilience/index.ts'
import { Schemas } from '../schema/index.ts'
import { ApprovalWebhook, type WebhookReport } from './approval-webhook.ts'
import { ANYBODY, Authentication } from './authentication.ts'
import { listModels } from './model-list.ts'
import { passThrough, refuseForCaller } from './passthrough.ts'
import { clientUses, providerUses } from './limit-status.ts'
import { budgetStatuses, type PlatformsReport, platformStatuses } from './platform-status.ts'
import { RECENT_EXCHANGES, RecentExchanges } from './recent-exchanges.ts'
import { callerProtocol, pathOf, type RouteKind, routeOf } from './routes.ts'
import { toRouting } from './routing.ts'

export interface EngineOptions {
  readonly config: Config
  readonly limits?: Limits
  /** Silence towards a streaming client before a keep-alive, ms. */
  readonly keepAliveMs?: number
  /** How many are remembered for who asks this process; 0 where nobody can. */
  readonly recentExchanges?: number
}

export interface EngineDeps extends Ports {
  /** Beside the list of recent exchanges. */
  readonly sink?: EvidenceSink
  /** Beside the list of recent changes. Must return at once. */
  readonly onBreakerChange?: (change: BreakerChange) => void
}

/** Breaker changes that are remembered; the oldest goes first. */
const RECENT_CHANGES = 200

/** A shutdown waits so long for running exchanges, ms. */
export const DRAIN_PATIENCE_MS = 30_000
/** Ends that were forced have this long to reach their readers, ms. */
const LAST_WORDS_MS = 1_000

/** What the engine may know of where a request came from. */
export interface FetchContext {
  readonly connection?: ClientConnection
}

/** What one configuration makes; swapped as one. */
interface Generation {
  readonly config: Config
  readonly routing: Routing
  readonly authentication: Authentication
}

/** All of Fullstop's data plane as one `fetch`, on web standards alone. */
export class Engine {
  readonly recent: RecentExchanges
  /** The answers that wait for a person. */
  readonly approvals: Approvals
  readonly #webhook: ApprovalWebhook
  readonly #cache: AnswerCache
  readonly #deferred: DeferredAnswers
  readonly #deps: ExchangeDeps
  readonly #health: Health
  readonly #kept: MemoryAnswerStore
  readonly #replays: Replays
  readonly #changes = new Recent<BreakerChange>(RECENT_CHANGES)
  readonly #keepAliveMs: number
  #generation: Generation
  #running = 0
  readonly #exchanges = new Set<ClientExchange>()
  #isDraining = false
  readonly #waiting: (() => void)[] = []

  constructor(options: EngineOptions, deps: EngineDeps) {
    const { config, limits = DEFAULT_LIMITS, keepAliveMs = KEEP_ALIVE_MS, recentExchanges = RECENT_EXCHANGES } = options
    const { sink, onBreakerChange, ...rest } = deps
    this.#health = new Health({
      clock: deps.clock,
      random: deps.random,
      onBreakerChange: (change) => {
        this.#changes.add(change)
        onBreakerChange?.(change)
      },
    })
    this.#kept = new MemoryAnswerStore(config.replay, deps)
    this.#replays = new Replays(config.replay, { clock: deps.clock, store: this.#kept })
    this.#webhook = new ApprovalWebhook(deps)
    this.#cache = new AnswerCache(deps)
    this.#deferred = new DeferredAnswers(deps)
    this.approvals = new Approvals({
      clock: deps.clock,
      onPending: (approval, isPending) => {
        const { webhook } = this.config.approvals
        if (webhook !== undefined) this.#webhook.tell(webhook, approval, isPending)
      },
    })
    this.#deps = {
      ...rest,
      cache: this.#cache,
      approvals: this.approvals,
      deferred: this.#deferred,
      limits,
      origins: new Origins(),
      sessions: new Sessions(),
      health: this.#health,
      repeats: new Repeats(rest),
      clients: new ClientLoads(rest),
      replays: this.#replays,
      schemas: new Schemas(),
      formatRefusals: new FormatRefusals(),
      sink: (evidence) => {
        this.recent.add(evidence)
        sink?.(evidence)
      },
    }
    this.recent = new RecentExchanges(recentExchanges)
    this.#keepAliveMs = keepAliveMs
    this.#generation = toGeneration(config)
  }

  get config(): Config {
    return this.#generation.config
  }

  /** Whether nobody needs a key. */
  get isOpen(): boolean {
    return this.#generation.authentication.isOpen
  }

  /** How the platforms fare, what retries were made, and the last breaker changes. */
  get platforms(): PlatformsReport {
    return {
      platforms: platformStatuses(this.config, this.#health),
      budgets: budgetStatuses(this.#health),
      providers: providerUses(this.config, this.#health),
      clients: clientUses(this.config, this.#deps.clients),
      changes: this.#changes.list(RECENT_CHANGES),
    }
  }

  /** What became of the messages about approvals. */
  get webhook(): WebhookReport {
    return this.#webhook.report
  }

  /** New requests see this configuration; running ones end under theirs. */
  swap(config: Config): void {
    this.#generation = toGeneration(config)
    this.#replays.configure(config.replay)
    this.#kept.limitBytes = config.replay.limitBytes
    // What nobody asks to be kept any more is not kept.
    if (![...config.workflows.values()].some(({ degrade }) => degrade?.cacheMs !== undefined)) this.#cache.clear()
  }

  /** Answers one request of the data plane; never rejects. */
  async fetch(request: IncomingRequest, context: FetchContext = {}): Promise<Response> {
    // A `host` that is none leaves a URL of which nobody can tell the path.
    if (!request.url.startsWith('http'))
      return this.reject(request, new FullstopError('invalid-request', 'host: expected a host and perhaps its port.'))
    const route = routeOf(request.url, request.headers)
    if (route === undefined) return this.#unknownRoute(request)
    if (this.#isDraining && route.kind !== 'deferred') return this.reject(request, shuttingDown())
    const { routing, authentication } = this.#generation
    try {
      const caller = await authentication.authenticate(request)
      switch (route.kind) {
        case 'not-served':
          throw new FullstopError('not-supported', `${route.name}: not served by this gateway.`)
        case 'passthrough':
          return await this.#passThrough(route, request, caller)
        case 'deferred':
          expectMethod('GET', request)
          return this.#deferred.poll(route.id, ownerOf(caller))
        case 'models':
          expectMethod('GET', request)
          return this.#listModels(route)
        case 'operation':
          expectMethod('POST', request)
          // It never rejects, so nothing is lost by not waiting here.
          return this.#answer(route, { request, routing, caller, connection: context.connection })
      }
    } catch (error) {
      return this.reject(request, toFullstopError(error))
    }
  }

  #listModels({ protocol, id }: Extract<RouteKind, { kind: 'models' }>): Response {
    const { routing } = this.#generation
    const isKnown = (name: string): boolean => routing.route(name, protocol.name) !== undefined
    const nowMs = this.#deps.clock.wallMs()
    const list = listModels({ names: routing.modelNames, isKnown, protocol, id, nowMs })
    if (list === undefined) throw new FullstopError('unknown-model', 'model: no model of this name is served here.')
    return Response.json(list)
  }

  /** Not among the running exchanges: a file that somebody fetches for hours is no reason to wait. */
  #passThrough(
    { family, protocol }: Extract<RouteKind, { kind: 'passthrough' }>,
    request: IncomingRequest,
    caller: Caller,
  ): Promise<Response> {
    const { config, routing } = this.#generation
    const name = config.passthrough.get(family)
    const provider = name === undefined ? undefined : routing.provider(name)
    if (provider === undefined)
      throw new FullstopError(
        'not-supported',
        `${family}: not served by this gateway; \`passthrough: { ${family}: PROVIDER }\` in its configuration would pass it on.`,
      )
    refuseForCaller(family, caller, routing.hasTenants)
    const { newId, upstream, limits, clock, clients } = this.#deps
    const id = newId()
    const stay = clients.enter(caller, undefined)
    if (stay !== undefined && !(stay instanceof ClientStay)) return Promise.resolve(refuseOverLimit(stay, protocol, id))
    // What it used nobody here understands.
    const onOver = stay === undefined ? undefined : (): void => stay.end(0)
    return passThrough({ request, provider, id, onOver }, { upstream, limits, nowMs: () => clock.nowMs() })
  }

  /**
   * Answers a request of the process's own, in whatever protocol it is, under conditions that no header can carry; never
   * rejects.
   */
  async ask(request: IncomingRequest, protocol: Protocol, conditions: Conditions): Promise<Response> {
    if (this.#isDraining) return refuse(shuttingDown(), protocol, this.#deps.newId())
    const { routing } = this.#generation
    const asked = { protocol, operation: answers }
    return this.#answer(asked, { request, routing, caller: ANYBODY, connection: undefined, conditions })
  }

  #answer({ protocol, operation, address, framing = 'events' }: Asked, options: AskOptions): Promise<Response> {
    this.#running += 1
    const { request, routing, caller, connection, conditions } = options
    // Without a spread, which costs more than all of this.
    const all: AnswerOptions = {
      request,
      protocol,
      operation,
      address,
      framing,
      routing,
      caller,
      connection,
      conditions,
      keepAliveMs: this.#keepAliveMs,
      onBegin: this.#onBegin,
      onOver: this.#onOver,
    }
    return answer(all, this.#deps)
  }

  /** An error of the table in the protocol that the caller of this path speaks. */
  reject(request: IncomingRequest, error: FullstopError): Response {
    const route = routeOf(request.url, request.headers)
    return refuse(error, route?.protocol ?? callerProtocol(request.headers), this.#deps.newId())
  }

  #unknownRoute(request: IncomingRequest): Response {
    const path = pathOf(request.url).slice(0, 100)
    return this.reject(request, new FullstopError('unknown-route', `${request.method} ${path}: no such route.`))
  }

  // ## Draining

  /** Exchanges that are not over yet. */
  get running(): number {
    return this.#running
  }

  get isDraining(): boolean {
    return this.#isDraining
  }

  /** Refuses new requests; resolves when the running ones are over. */
  drain(): Promise<void> {
    this.#isDraining = true
    this.#replays.drain()
    if (this.#running === 0) return Promise.resolve()
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  /** Ends the running exchanges now, each as honestly as any failure. */
  stop(): void {
    for (const exchange of this.#exchanges) exchange.stop()
    this.#replays.stop()
    this.#webhook.stop()
  }

  /**
   * Drains for at most `patienceMs`, then ends what still runs; resolves a moment after that at the latest. `onDrained`: what the
   * last bytes still need when they are written, which is waited for too.
   */
  async close(
    patienceMs: number = DRAIN_PATIENCE_MS,
    onDrained: () => Promise<void> = () => Promise.resolve(),
  ): Promise<void> {
    const { clock } = this.#deps
    const over = new AbortController()
    const left = this.drain().then(onDrained)
    await Promise.race([left, wait(patienceMs, clock, over.signal)])
    // Whoever still waits learns why, and gets a moment to read it.
    this.stop()
    await Promise.race([left, wait(LAST_WORDS_MS, clock, over.signal)])
    over.abort()
  }

  readonly #onBegin = (exchange: ClientExchange): void => {
    this.#exchanges.add(exchange)
  }

  readonly #onOver = (exchange: ClientExchange | undefined): void => {
    if (exchange !== undefined) this.#exchanges.delete(exchange)
    this.#running -= 1
    if (this.#running > 0) return
    for (const resolve of this.#waiting.splice(0)) resolve()
  }
}

/** What a route says of a request. */
type Asked = Omit<Extract<RouteKind, { kind: 'operation' }>, 'kind'>
type AskOptions = Pick<AnswerOptions, 'request' | 'routing' | 'caller' | 'connection' | 'conditions'>

function shuttingDown(): FullstopError {
  return new FullstopError('shutting-down', 'This instance is shutting down.')
}

function toGeneration(config: Config): Generation {
  return { config, routing: toRouting(config), authentication: new Authentication(config.clients) }
}

function expectMethod(expected: 'GET' | 'POST', { method }: Pick<IncomingRequest, 'method'>): void {
  if (method === expected) return
  const message = `Expected ${expected}; ${method.slice(0, 16)} came.`
  throw new FullstopError('method-not-allowed', message, { allow: expected })
}
