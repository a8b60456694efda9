import type { Limiter } from '../../evidence/index.ts'
import {
  Breaker,
  type BreakerTransition,
  type Clock,
  ConcurrencyLimit,
  Darkness,
  HIGHEST_LIMIT,
  LatencyQuantile,
  OUTCOME_WINDOW_MS,
  type Permit,
  type RateLimit,
  RollingWindow,
  type Signal,
  type UsageLimit,
} from '../../resilience/index.ts'
import type { ProviderLoad } from './provider-load.ts'

/** After which share of a platform's own first contents a hedge is made. */
export const HEDGE_QUANTILE = 0.95
/** When room is expected again nobody knows; attempts last seconds. */
const ROOM_EXPECTED_IN_MS = 1_000

/** Why a platform may not be tried now. */
export interface Refusal {
  readonly platform: string
  readonly by: Limiter
  /** What was reached, and how much of it is used. */
  readonly limit?: number
  readonly used?: number
  readonly retryAfterMs: number
}

export interface EnterOptions {
  /** Whether the exchange heeds breakers and adaptive limits. */
  readonly overloadControl: boolean
  readonly isLastResort: boolean
}

export interface PlatformHealthDeps {
  readonly clock: Clock
  readonly random: () => number
  readonly onBreakerChange: (transition: BreakerTransition) => void
}

/**
 * How a platform fares. Latencies, load and outcomes are measured over all attempts; the breaker learns only from the
 * exchanges that heed it, since only they probe what it has opened.
 */
export class PlatformHealth {
  readonly name: string
  readonly load: ProviderLoad
  readonly breaker: Breaker
  readonly limit: ConcurrencyLimit
  readonly darkness: Darkness
  readonly #clock: Clock
  readonly #firstContent: LatencyQuantile
  readonly #successes: RollingWindow
  readonly #failures: RollingWindow
  #inFlight = 0

  constructor(name: string, load: ProviderLoad, { clock, random, onBreakerChange }: PlatformHealthDeps) {
    this.name = name
    this.load = load
    this.#clock = clock
    this.limit = new ConcurrencyLimit({ cap: load.limits.concurrent ?? HIGHEST_LIMIT }, { clock })
    const onChange = (transition: BreakerTransition): void => {
      if (transition.reason === 'consecutive-failures') this.limit.onOutage()
      else if (transition.to === 'closed') this.limit.onRecovery(this.#inFlight)
      onBreakerChange(transition)
    }
    this.breaker = new Breaker({ clock, random, onChange })
    this.darkness = new Darkness({ clock })
    this.#firstContent = new LatencyQuantile({ quantile: HEDGE_QUANTILE }, { clock })
    const window = { windowMs: OUTCOME_WINDOW_MS, bucketCount: 15 }
    this.#successes = new RollingWindow(window, { clock })
    this.#failures = new RollingWindow(window, { clock })
  }

  /** Attempts at once. */
  get inFlight(): number {
    return this.#inFlight
  }

  /** The 95th percentile of the time to first content of streamed answers without reasoning; `undefined`: not known yet. */
  get p95FirstContentMs(): number | undefined {
    return this.#firstContent.valueMs
  }

  /** Outcomes of the last 30 seconds, and which share of them were successes. */
  get outcomes(): { readonly count: number; readonly successRate: number | undefined } {
    const successes = this.#successes.total
    const count = successes + this.#failures.total
    return { count, successRate: count === 0 ? undefined : successes / count }
  }

  /** Why nobody may try now; `undefined`: one may. Changes nothing. */
  refusal({ overloadControl, isLastResort }: EnterOptions): Refusal | undefined {
    const overDeclared = this.#overDeclared()
    if (overDeclared !== undefined || !overloadControl) return overDeclared
    const opensInMs = this.breaker.opensInMs({ isLastResort })
    if (opensInMs > 0) return { platform: this.name, by: 'breaker', retryAfterMs: opensInMs }
    const { limit } = this.limit
    return this.#inFlight >= limit ? this.#full('adaptive-concurrency', limit) : undefined
  }

  /** What the operator declared holds for everybody. */
  #overDeclared(): Refusal | undefined {
    const { inFlight, limits, requests, tokens } = this.load
    const { concurrent, requestsPerMinute, tokensPerMinute } = limits
    if (concurrent !== undefined && inFlight >= concurrent) return this.#full('concurrency', concurrent)
    return (
      this.#overRate('requests-per-minute', requestsPerMinute, requests) ??
      this.#overRate('tokens-per-minute', tokensPerMinute, tokens)
    )
  }

  #overRate(by: Limiter, limit: number | undefined, rate: RateLimit | UsageLimit): Refusal | undefined {
    const retryAfterMs = limit === undefined ? 0 : rate.opensInMs(limit)
    if (limit === undefined || retryAfterMs === 0) return undefined
    return { platform: this.name, by, limit, used: rate.used, retryAfterMs }
  }

  #full(by: Limiter, limit: number): Refusal {
    return { platform: this.name, by, limit, retryAfterMs: ROOM_EXPECTED_IN_MS }
  }

  /** Begins an attempt, which counts until it is ended. */
  enter(options: EnterOptions): Visit | Refusal {
    const refusal = this.refusal(options)
    if (refusal !== undefined) return refusal
    const permit = options.overloadControl ? this.breaker.acquire(options) : undefined
    const { load } = this
    this.#inFlight += 1
    load.inFlight += 1
    if (load.limits.requestsPerMinute !== undefined) load.requests.add()
    return new Visit(this, permit, load.limits.tokensPerMinute === undefined ? 0 : load.tokens.begin())
  }

  /** For a visit. `isTypical`: its time says something about others. */
  onFirstContent(permit: Permit | undefined, firstContentMs: number, isTypical: boolean): void {
    if (permit !== undefined) this.breaker.onLife(permit)
    this.#onLife(permit)
    if (!isTypical) return
    this.#firstContent.add(firstContentMs)
    this.limit.onFirstEvent(firstContentMs, this.#inFlight)
  }

  #onLife(permit: Permit | undefined): void {
    if (permit !== undefined && this.breaker.isCurrent(permit)) this.limit.onLife()
  }

  /** For a visit. `hasShown`: content, before its end. */
  onEnd(permit: Permit | undefined, signal: Signal, retryAfterMs: number | undefined, hasShown: boolean): void {
    this.#inFlight -= 1
    this.load.inFlight -= 1
    if (signal === 'success' && !hasShown) this.#onLife(permit)
    if (permit !== undefined) this.breaker.settle(permit, signal, retryAfterMs)
    if (signal === 'nothing') return
    if (signal === 'success') {
      this.#successes.add()
      this.darkness.onSuccess()
      return
    }
    this.#failures.add()
    this.darkness.onFailure()
  }

  /** On the wall clock: since when the breaker is as it is. */
  get breakerSinceWallMs(): number {
    return this.#clock.wallMs() - (this.#clock.nowMs() - this.breaker.sinceMs)
  }
}

/** One attempt's stay at a platform. */
export class Visit {
  readonly #health: PlatformHealth
  readonly #permit: Permit | undefined
  readonly #heldTokens: number
  #hasShown = false
  #isOver = false

  constructor(health: PlatformHealth, permit: Permit | undefined, heldTokens: number) {
    this.#health = health
    this.#permit = permit
    this.#heldTokens = heldTokens
  }

  /** Whether its end has to say what was used. */
  get countsTokens(): boolean {
    return this.#heldTokens > 0 || this.#health.load.limits.tokensPerMinute !== undefined
  }

  get isProbe(): boolean {
    return this.#permit?.isProbe === true
  }

  onFirstContent(firstContentMs: number, { isTypical }: { readonly isTypical: boolean }): void {
    this.#hasShown = true
    this.#health.onFirstContent(this.#permit, firstContentMs, isTypical)
  }

  /** Once, whatever comes later. `tokens`: what was used, where that counts. */
  end(signal: Signal, retryAfterMs: number | undefined, tokens = 0): void {
    if (this.#isOver) return
    this.#isOver = true
    if (this.countsTokens) this.#health.load.tokens.end(this.#heldTokens, tokens)
    this.#health.onEnd(this.#permit, signal, retryAfterMs, this.#hasShown)
  }
}
