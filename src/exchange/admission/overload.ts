import type { Health } from '../memory/health.ts'
import type { EnterOptions, Refusal, Visit } from '../memory/platform-health.ts'
import type { RetryBudget } from '../../resilience/index.ts'
import type { Gate } from './itinerary.ts'
import type { Platform, Policy, Route } from './routing.ts'

export interface OverloadOptions {
  readonly route: Route
  readonly policy: Policy
  /** The client has tried this before. */
  readonly isClientRetry: boolean
}

/** Nobody is told to come back sooner than this, ms. */
const SOONEST_RETRY_MS = 1_000

/**
 * One exchange's view of the load: which platforms take it, and whether another attempt is affordable. Where the policy heeds
 * no breakers and budgets, only what the operator declared as a limit holds.
 */
export class Overload implements Gate {
  readonly #health: Health
  readonly #policy: Policy
  readonly #budget: RetryBudget
  readonly #planned: readonly Platform[]
  readonly #isClientRetry: boolean

  constructor({ route, policy, isClientRetry }: OverloadOptions, health: Health) {
    this.#health = health
    this.#policy = policy
    this.#planned = route.stages.length === 1 ? (route.stages[0] ?? []) : route.stages.flat()
    this.#isClientRetry = isClientRetry
    this.#budget = health.budgetOf(route.name)
  }

  /** The first attempt is to be made. */
  onRequest(): void {
    // Otherwise retries would pay for retries.
    if (this.#policy.overloadControl && !this.#isClientRetry) this.#budget.onRequest()
  }

  /** Every planned platform has only failed for long. */
  get isDark(): boolean {
    return this.#policy.overloadControl && this.#planned.every((platform) => this.#health.of(platform).darkness.isDark)
  }

  refusal(platform: Platform, isLastResort: boolean): Refusal | undefined {
    return this.#outOfTurn(platform) ?? this.#health.of(platform).refusal(this.#entry(isLastResort))
  }

  /** Takes another attempt from the retry budget; why not, where it does not suffice. */
  pay(platform: Platform): Refusal | undefined {
    if (!this.#policy.overloadControl) return undefined
    const { isDark } = this
    if (this.#budget.withdraw({ isDark })) return undefined
    const inMs = isDark ? this.#soonestProbeMs() : this.#budget.refillsInMs
    return { platform: platform.name, by: 'retry-budget', retryAfterMs: Math.max(SOONEST_RETRY_MS, inMs) }
  }

  enter(platform: Platform, isLastResort: boolean): Visit | Refusal {
    return this.#outOfTurn(platform) ?? this.#health.of(platform).enter(this.#entry(isLastResort))
  }

  /** From an attempt's start to its hedge, ms; `undefined`: none is made. */
  hedgeAfterMs(platform: Platform): number | undefined {
    return this.#policy.hedge === 'p95' ? this.#health.of(platform).p95FirstContentMs : undefined
  }

  #entry(isLastResort: boolean): EnterOptions {
    return { overloadControl: this.#policy.overloadControl, isLastResort }
  }

  /**
   * In the dark a client's retry is a probe only when nobody has probed any planned platform for as long as each waits:
   * otherwise clients that retry would set the pace. Where they are all there is, they still find out.
   */
  #outOfTurn(platform: Platform): Refusal | undefined {
    if (!this.#isClientRetry || !this.isDark) return undefined
    const waits = this.#planned.map((each) => this.#health.of(each).breaker.opensInMs({ isLastResort: false }))
    const longest = Math.max(...waits)
    return longest > 0 ? { platform: platform.name, by: 'breaker', retryAfterMs: longest } : undefined
  }

  #soonestProbeMs(): number {
    const waits = this.#planned.map((platform) => this.#health.of(platform).breaker.opensInMs({ isLastResort: true }))
    return Math.min(...waits)
  }
}
