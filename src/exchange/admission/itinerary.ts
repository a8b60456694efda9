import type { Reason } from '../../evidence/index.ts'
import type { ProtocolName } from '../../protocols/core/index.ts'
import { backoffMs } from '../../resilience/index.ts'
import type { Platform, Route } from './routing.ts'

/** Why an attempt failed, as far as the next step depends on it. */
export interface Failure {
  readonly platform: Platform
  readonly reason: Reason
  /** What the provider asked for with `retry-after`. */
  readonly retryAfterMs?: number | undefined
  /** The provider was sent a translation, so what it found wrong may not be the caller's. */
  readonly isTranslated?: boolean
  /** Something other than the platform was at fault, and can be exchanged: its key, or a part that it does not know. */
  readonly mayTryAgainAtOnce?: boolean
}

/** What to do after a failed attempt. */
export type NextStep =
  | { readonly do: 'try'; readonly platform: Platform; readonly afterMs: number }
  /** The same anywhere: the provider's answer is the caller's. */
  | { readonly do: 'pass-on' }
  | { readonly do: 'give-up' }

/** Waiting longer than this for one platform is left to the caller, who is told how long. */
export const LONGEST_WAIT_MS = 10_000

export interface ItineraryOptions {
  readonly route: Route
  /** The whole budget. */
  readonly attempts: number
  /** Tried first, where it is on the route: the name of the platform that a session was answered by. */
  readonly preferred?: string | undefined
  /** What the client speaks. */
  readonly spoken?: ProtocolName | undefined
  readonly random: () => number
}

/**
 * Walks a route: each platform of the model once (a lone one twice), then the fallbacks' likewise, then around again
 * while budget is left, leaving out what cannot help. One attempt budget counts whatever was sent.
 */
export class Itinerary {
  readonly #order: readonly Platform[]
  readonly #tries = new Map<Platform, number>()
  readonly #deadProviders = new Set<string>()
  readonly #deadPlatforms = new Set<Platform>()
  readonly #notBefore = new Map<Platform, number>()
  readonly #random: () => number
  readonly #spoken: ProtocolName | undefined
  #budget: number
  #position = -1
  #windowAbove: number | undefined
  #hasFailedElsewhere = false

  constructor({ route, attempts, preferred: name, spoken, random }: ItineraryOptions) {
    this.#spoken = spoken
    const order = route.stages.flatMap((stage) => (stage.length === 1 ? [...stage, ...stage] : stage))
    const preferred = order.find((platform) => platform.name === name)
    this.#order = preferred === undefined || preferred === order[0] ? order : [preferred, ...order]
    this.#budget = attempts
    this.#random = random
  }

  first(): NextStep {
    return this.#advance(0)
  }

  after(failure: Failure, nowMs: number): NextStep {
    const { platform, reason, retryAfterMs } = failure
    // Never at the cost of a platform that was not asked at all.
    if (failure.mayTryAgainAtOnce === true && this.#budget > this.#untriedCount) return this.#again(platform)
    switch (effectOf(reason)) {
      case 'same-anywhere':
        // What a translation is refused for may be the translation's: then who speaks the client's own protocol knows, and
        // after a failure elsewhere it is not the answer. Where nobody is left to ask, it is.
        if (failure.isTranslated !== true || !(this.#hasFailedElsewhere || this.#hasUntriedSpeaker))
          return { do: 'pass-on' }
        this.#deadPlatforms.add(platform)
        return this.#orPassOn(this.#advance(nowMs))
      case 'needs-larger-window':
        // The provider's word about the window is the caller's answer, unless somebody declares a larger one.
        this.#windowAbove = Math.max(this.#windowAbove ?? 0, platform.provider.contextWindow ?? 0)
        this.#deadPlatforms.add(platform)
        return this.#orPassOn(this.#advance(nowMs))
      case 'provider-is-no-use':
        this.#deadProviders.add(platform.provider.name)
        return this.#advance(nowMs)
      case 'platform-is-no-use':
        this.#deadPlatforms.add(platform)
        return this.#advance(nowMs)
      case 'may-pass':
        this.#hasFailedElsewhere = true
        if (retryAfterMs !== undefined) this.#notBefore.set(platform, nowMs + retryAfterMs)
        return this.#advance(nowMs)
      case 'over':
        return { do: 'give-up' }
    }
  }

  /** A platform turned out unable to carry the request before anything was sent: that costs no attempt. */
  notSent(platform: Platform, nowMs: number): NextStep {
    this.#budget += 1
    this.#deadPlatforms.add(platform)
    return this.#advance(nowMs)
  }

  /** Whether a platform that was not tried yet could be, instead of waiting for the one that is being tried. */
  get hasUntried(): boolean {
    return this.#budget > 0 && this.#untried.length > 0
  }

  get #untried(): readonly Platform[] {
    return this.#order.filter((platform) => !this.#tries.has(platform) && this.#canHelp(platform))
  }

  get #untriedCount(): number {
    return new Set(this.#untried).size
  }

  get #hasUntriedSpeaker(): boolean {
    return this.#untried.some(({ provider }) => provider.protocol.name === this.#spoken)
  }

  #orPassOn(step: NextStep): NextStep {
    return step.do === 'give-up' ? { do: 'pass-on' } : step
  }

  #advance(nowMs: number): NextStep {
    if (this.#budget <= 0) return { do: 'give-up' }
    for (let looked = 0; looked < this.#order.length; looked++) {
      this.#position = (this.#position + 1) % this.#order.length
      const platform = this.#order[this.#position]
      if (platform === undefined || !this.#canHelp(platform)) continue
      const afterMs = this.#delayMs(platform, nowMs)
      if (afterMs > LONGEST_WAIT_MS) continue
      this.#budget -= 1
      this.#tries.set(platform, (this.#tries.get(platform) ?? 0) + 1)
      return { do: 'try', platform, afterMs }
    }
    return { do: 'give-up' }
  }

  /** The same platform at once, with another key: nothing is wrong with the platform. */
  #again(platform: Platform): NextStep {
    this.#budget -= 1
    return { do: 'try', platform, afterMs: 0 }
  }

  #canHelp(platform: Platform): boolean {
    if (this.#deadPlatforms.has(platform) || this.#deadProviders.has(platform.provider.name)) return false
    return this.#windowAbove === undefined || (platform.provider.contextWindow ?? 0) > this.#windowAbove
  }

  /** Going elsewhere costs no wait; going back does. */
  #delayMs(platform: Platform, nowMs: number): number {
    const tries = this.#tries.get(platform) ?? 0
    const backoff = tries === 0 ? 0 : backoffMs(tries, this.#random)
    return Math.max(backoff, (this.#notBefore.get(platform) ?? nowMs) - nowMs)
  }
}

type Effect =
  | 'same-anywhere'
  | 'needs-larger-window'
  | 'provider-is-no-use'
  | 'platform-is-no-use'
  | 'may-pass'
  | 'over'

function effectOf(reason: Reason): Effect {
  switch (reason) {
    case 'bad-request':
    case 'policy':
      return 'same-anywhere'
    case 'context-length':
      return 'needs-larger-window'
    case 'authentication':
    case 'account-spent':
      return 'provider-is-no-use'
    case 'permission':
    case 'not-found':
    case 'not-expressible':
    case 'redirected':
      return 'platform-is-no-use'
    case 'deadline':
    case 'client-gone':
    case 'shutdown':
      return 'over'
    case 'ended-before-proof':
    case 'ended-inside-event':
    case 'connection-lost':
    case 'first-event-timeout':
    case 'idle-timeout':
    case 'total-timeout':
    case 'not-json':
    case 'not-this-protocol':
    case 'wrong-content-type':
    case 'event-order':
    case 'arguments-not-json':
    case 'too-large':
    case 'bad-encoding':
    case 'schema-violation':
    case 'in-band-error':
    case 'failed-finish':
    case 'connect-failed':
    case 'rate-limit':
    case 'overloaded':
    case 'server-error':
    case 'upstream-timeout':
    case 'internal':
      return 'may-pass'
  }
}
