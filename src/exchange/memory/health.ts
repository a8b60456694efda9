import { BoundedMap } from '../../collections/index.ts'
import { type BreakerTransition, type Clock, HIGHEST_LIMIT, RetryBudget } from '../../resilience/index.ts'
import type { Platform } from '../admission/routing.ts'
import { PlatformHealth } from './platform-health.ts'
import { ProviderLoad } from './provider-load.ts'

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
    const health = this.#platforms.getOrMake(name, () => this.#fresh(name, provider.name))
    // What the newest configuration declares holds at once.
    health.load.limits = provider.limits
    health.limit.setCap(provider.limits.concurrent ?? HIGHEST_LIMIT)
    return health
  }

  #fresh(name: string, provider: string): PlatformHealth {
    const { clock, random, onBreakerChange } = this.#deps
    const load = this.#loads.getOrMake(provider, () => new ProviderLoad({ clock }))
    return new PlatformHealth(name, load, {
      clock,
      random,
      onBreakerChange: (transition) => onBreakerChange({ ...transition, platform: name, atMs: clock.wallMs() }),
    })
  }

  /** What the providers carry, by name. */
  get loads(): ReadonlyMap<string, ProviderLoad> {
    return new Map(this.#loads.entries)
  }

  /** What is known of a platform, without remembering it. */
  known(name: string): PlatformHealth | undefined {
    return this.#platforms.peek(name)
  }

  get names(): readonly string[] {
    return this.#platforms.entries.map(([name]) => name)
  }

  /** Shared by all exchanges of a route. */
  budgetOf(route: string): RetryBudget {
    return this.#budgets.getOrMake(route, () => new RetryBudget(this.#deps))
  }

  get budgets(): ReadonlyMap<string, RetryBudget> {
    return new Map(this.#budgets.entries)
  }
}
