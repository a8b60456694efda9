import { type BreakerTransition, type Clock, HIGHEST_LIMIT, RetryBudget } from '../../resilience/index.ts'
import type { Platform } from '../admission/routing.ts'
import { BoundedMap } from './bounded-map.ts'
import { PlatformHealth } from './platform-health.ts'
import type { ProviderLoad } from './provider-load.ts'

/** Platforms whose health is remembered; about 5 kB each. Where any model is passed through, callers make up their names. */
export const REMEMBERED_PLATFORMS = 1_000
/** Providers and budgets that are remembered: more than a configuration has. */
const REMEMBERED_NAMES = 10_000

/** A breaker changed, and why; content-free. */
export interface BreakerChange extends BreakerTransition {
  /** `provider/model`. */
  readonly platform: string
  /** Wall clock, ms since the epoch. */
  readonly atMs: number
}

export interface HealthDeps {
  readonly clock: Clock
  readonly random: () => number
  readonly onBreakerChange: (change: BreakerChange) => void
}

/** How platforms fare, by name: a new configuration keeps what is known of those that it keeps. Bounded, in memory. */
export class Health {
  readonly #deps: HealthDeps
  readonly #platforms: BoundedMap<string, PlatformHealth>
  readonly #loads = new BoundedMap<string, ProviderLoad>(REMEMBERED_NAMES)
  readonly #budgets = new BoundedMap<string, RetryBudget>(REMEMBERED_NAMES)

  constructor(deps: HealthDeps, capacity: number = REMEMBERED_PLATFORMS) {
    this.#deps = deps
    this.#platforms = new BoundedMap(capacity)
  }

  of({ name, provider }: Platform): PlatformHealth {
    const { concurrent } = provider.limits
    const known = this.#platforms.get(name)
    if (known !== undefined) {
      // What the newest configuration declares holds at once.
      if (known.load.limit !== concurrent) known.load.limit = concurrent
      known.limit.setCap(concurrent ?? HIGHEST_LIMIT)
      return known
    }
    const { clock, random, onBreakerChange } = this.#deps
    const fresh = new PlatformHealth(name, this.#loadOf(provider.name, concurrent), {
      clock,
      random,
      onBreakerChange: (transition) => onBreakerChange({ ...transition, platform: name, atMs: clock.wallMs() }),
    })
    this.#platforms.set(name, fresh)
    return fresh
  }

  /** What is known of a platform, without remembering it. */
  known(name: string): PlatformHealth | undefined {
    return this.#platforms.peek(name)
  }

  get names(): readonly string[] {
    return this.#platforms.keys
  }

  /** Shared by all exchanges of a route. */
  budgetOf(route: string): RetryBudget {
    const known = this.#budgets.get(route)
    if (known !== undefined) return known
    const budget = new RetryBudget(this.#deps)
    this.#budgets.set(route, budget)
    return budget
  }

  get budgets(): ReadonlyMap<string, RetryBudget> {
    return new Map(
      this.#budgets.keys.flatMap((name) => {
        const budget = this.#budgets.peek(name)
        return budget === undefined ? [] : [[name, budget] as const]
      }),
    )
  }

  #loadOf(provider: string, limit: number | undefined): ProviderLoad {
    const known = this.#loads.get(provider)
    if (known !== undefined) return known
    const load: ProviderLoad = { inFlight: 0, limit }
    this.#loads.set(provider, load)
    return load
  }
}
