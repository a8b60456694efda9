import type { Reason } from '../../evidence/index.ts'
import type { ProtocolName } from '../../protocols/core/index.ts'
import { backoffMs } from '../../resilience/index.ts'
import type { Refusal } from '../memory/platform-health.ts'
import { effectOf } from './reason-effects.ts'
import type { Platform, Route } from './routing.ts'

/** Why an attempt failed, as far as the next step depends on it. */
export interface AttemptFailure {
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
  | {
      readonly do: 'try'
      readonly platform: Platform
      readonly afterMs: number
      /** Nothing else of the route takes it. */
      readonly isLastResort: boolean
    }
  /** The same anywhere: the provider's answer is the caller's. */
  | { readonly do: 'pass-on' }
  /** `refusal`: what keeps it from an attempt that might help. */
  | { readonly do: 'give-up'; readonly refusal?: Refusal | undefined }

/** Which platforms take an attempt now, and whether another one is affordable. Asking changes nothing; paying does. */
export interface Gate {
  refusal(platform: Platform, isLastResort: boolean): Refusal | undefined
  pay(platform: Platform): Refusal | undefined
}

/** Everything is open and free. */
const NO_GATE: Gate = { refusal: () => undefined, pay: () => undefined }

/** Waiting longer than this for one platform is left to the caller, who is told how long. */
export const LONGEST_WAIT_MS = 10_000

/** A wait that is no reason to go to another model instead: about what the first repeated tries are spread over. */
const SHORT_WAIT_MS = 1_000

export interface ItineraryOptions {
  readonly route: Route
  /** The whole budget. */
  readonly attempts: number
  /** Tried first, where it is on the route: the name of the platform that a session was answered by. */
  readonly preferred?: string | undefined
  /** What the client speaks. */
  readonly spoken?: ProtocolName | undefined
  readonly random: () => number
  readonly gate?: Gate
}

/**
 * Walks a route: each platform of the model once (a lone one twice), then the fallbacks' likewise, then around again
 * while budget is left, leaving out what cannot help. One attempt budget counts whatever was sent. A platform that takes no
 * attempt now is gone around, which costs nothing; where all are, it is asked whether it takes one as the last resort.
 */
export class Itinerary {
  readonly #order: readonly Platform[]
  /** Of the model itself, not of its fallbacks. */
  readonly #own: ReadonlySet<Platform>
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
  #refusals: Refusal[] = []
  readonly #gate: Gate

  constructor({ route, attempts, preferred: name, spoken, random, gate = NO_GATE }: ItineraryOptions) {
    this.#spoken = spoken
    const order = route.stages.flatMap((stage) => (stage.length === 1 ? [...stage, ...stage] : stage))
    this.#own = new Set(route.stages[0])
    const preferred = order.find((platform) => platform.name === name)
    this.#order = preferred === undefined || preferred === order[0] ? order : [preferred, ...order]
    this.#budget = attempts
    this.#random = random
    this.#gate = gate
  }

  /** `isRetry`: another route was tried for the same request before. */
  first({ isRetry }: { readonly isRetry: boolean } = { isRetry: false }): NextStep {
    return isRetry ? this.#retry(0) : this.#advance(0)
  }

  /** What kept the last step from platforms that it would rather have gone to. */
  get refusals(): readonly Refusal[] {
    return this.#refusals
  }

  after(failure: AttemptFailure, nowMs: number): NextStep {
    // Never at the cost of a platform that was not asked at all.
    if (failure.mayTryAgainAtOnce === true && this.#budget > this.#untriedCount) return this.#again(failure.platform)
    switch (this.learn(failure, nowMs)) {
      case 'pass-on':
        return { do: 'pass-on' }
      case 'over':
        return { do: 'give-up' }
      case 'elsewhere':
        return this.#retry(nowMs)
      case 'elsewhere-or-pass-on': {
        const step = this.#retry(nowMs)
        return step.do === 'give-up' ? { do: 'pass-on' } : step
      }
    }
  }

  /** The same where nothing else is to be tried. */
  last(failure: AttemptFailure, nowMs: number): NextStep {
    const lesson = this.learn(failure, nowMs)
    return { do: lesson === 'pass-on' || lesson === 'elsewhere-or-pass-on' ? 'pass-on' : 'give-up' }
  }

  /** Takes note of a failure without a next step, as another attempt is under way `beside`; what it would mean for one. */
  learn({ platform, reason, retryAfterMs, isTranslated }: AttemptFailure, nowMs: number, beside?: Platform): Lesson {
    switch (effectOf(reason)) {
      case 'same-anywhere':
        return 'pass-on'
      case 'same-anywhere-untranslated':
        // What another model does not take (the beginning of its answer, say) must not hide why the model itself failed.
        if (this.#hasFailedElsewhere && !this.#own.has(platform)) {
          this.#deadPlatforms.add(platform)
          return 'elsewhere'
        }
        // What a translation is refused for may be the translation's: then who speaks the client's own protocol knows, and
        // after a failure elsewhere it is not the answer. Where nobody is left to ask, it is.
        if (isTranslated !== true || !(this.#hasFailedElsewhere || this.#hasSpeaker(beside))) return 'pass-on'
        this.#deadPlatforms.add(platform)
        return 'elsewhere-or-pass-on'
      case 'needs-larger-window':
        // The provider's word about the window is the caller's answer, unless somebody declares a larger one.
        this.#windowAbove = Math.max(this.#windowAbove ?? 0, platform.provider.contextWindow ?? 0)
        this.#deadPlatforms.add(platform)
        return 'elsewhere-or-pass-on'
      case 'provider-is-no-use':
        this.#deadProviders.add(platform.provider.name)
        return 'elsewhere'
      case 'platform-is-no-use':
        this.#deadPlatforms.add(platform)
        return 'elsewhere'
      case 'may-pass':
        this.#hasFailedElsewhere = true
        if (retryAfterMs !== undefined) this.#notBefore.set(platform, nowMs + retryAfterMs)
        return 'elsewhere'
      case 'over':
        return 'over'
    }
  }

  /** A platform turned out unable to carry the request before anything was sent: that costs no attempt. */
  notSent(platform: Platform, nowMs: number): NextStep {
    this.besideNotSent(platform)
    return this.#advance(nowMs)
  }

  /** The same, while the one that it was meant to stand beside goes on. */
  besideNotSent(platform: Platform): void {
    this.#budget += 1
    this.#deadPlatforms.add(platform)
  }

  /** While it was waited for, a platform ceased to take attempts: nothing was sent, and what was paid stays paid. */
  diverted(nowMs: number): NextStep {
    this.#budget += 1
    return this.#advance(nowMs)
  }

  /** A platform for an attempt beside one that is silent: one that was not tried, takes it at once, and is paid for. */
  beside(nowMs: number): Platform | undefined {
    if (this.#budget <= 0) return undefined
    const platform = this.#order.find(
      (each) =>
        !this.#tries.has(each) &&
        this.canHelp(each) &&
        this.#delayMs(each, nowMs) === 0 &&
        this.#gate.refusal(each, false) === undefined,
    )
    if (platform === undefined || this.#gate.pay(platform) !== undefined) return undefined
    this.#budget -= 1
    this.#tries.set(platform, 1)
    return platform
  }

  /**
   * Where to go on with what a platform began that has died: at one of those that `may`, in the route's order, the dead one last.
   * Counted and paid for as any other attempt. `isFree`: there was no failure, and so it is no retry.
   */
  onward(
    may: (platform: Platform) => boolean,
    dead: Platform | undefined,
    nowMs: number,
    { isFree = false }: { readonly isFree?: boolean } = {},
  ): NextStep {
    this.#refusals = []
    if (this.#budget <= 0) return { do: 'give-up' }
    const ready = [...new Set(this.#order)]
      .filter((each) => may(each) && this.canHelp(each))
      .toSorted((a, b) => Number(a === dead) - Number(b === dead))
      .map((platform) => ({ platform, afterMs: this.#delayMs(platform, nowMs) }))
      .filter(({ afterMs }) => afterMs <= LONGEST_WAIT_MS)
    for (const isLastResort of [false, true])
      for (const { platform, afterMs } of ready) {
        const refusal = this.#gate.refusal(platform, isLastResort)
        if (refusal === undefined) {
          const free: NextStep = { do: 'try', platform, afterMs, isLastResort }
          const step = isFree ? free : this.#paid(free)
          if (step.do === 'try') this.#count(platform)
          return step
        }
        this.#refusals.push(refusal)
      }
    return { do: 'give-up', refusal: this.#refusals[0] }
  }

  /** Nothing was sent after all; what was paid stays paid. */
  uncount(): void {
    this.#budget += 1
  }

  /** An attempt there failed for what was asked, not for the platform: going back to it costs no wait. */
  forgive(platform: Platform): void {
    this.#tries.set(platform, Math.max(0, (this.#tries.get(platform) ?? 0) - 1))
  }

  #count(platform: Platform): void {
    this.#budget -= 1
    this.#tries.set(platform, (this.#tries.get(platform) ?? 0) + 1)
  }

  /** Whether a platform that was not tried yet could be, instead of waiting for the one that is being tried. */
  get hasUntried(): boolean {
    return this.#budget > 0 && this.#untriedCount > 0
  }

  get #untried(): readonly Platform[] {
    return this.#order.filter((platform) => !this.#tries.has(platform) && this.canHelp(platform))
  }

  /** Of those that take an attempt now. */
  get #untriedCount(): number {
    return new Set(this.#untried.filter((platform) => this.#gate.refusal(platform, false) === undefined)).size
  }

  /** Whether one that speaks the client's own protocol was not asked yet, or is being asked. */
  #hasSpeaker(beside: Platform | undefined): boolean {
    const asked = beside === undefined ? this.#untried : [...this.#untried, beside]
    return asked.some(({ provider }) => provider.protocol.name === this.#spoken)
  }

  #retry(nowMs: number): NextStep {
    if (this.#budget <= 0) return { do: 'give-up' }
    const step = this.#advance(nowMs)
    return step.do === 'try' ? this.#paid(step) : step
  }

  #paid(step: Extract<NextStep, { do: 'try' }>): NextStep {
    const refusal = this.#gate.pay(step.platform)
    return refusal === undefined ? step : { do: 'give-up', refusal }
  }

  #advance(nowMs: number): NextStep {
    this.#refusals = []
    if (this.#budget <= 0) return { do: 'give-up' }
    const step = this.#findSoon(nowMs) ?? this.#findPatiently(nowMs)
    if (step !== undefined) return step
    const soonest = this.#refusals.toSorted((x, y) => x.retryAfterMs - y.retryAfterMs)[0]
    return { do: 'give-up', refusal: soonest }
  }

  /** Nobody waits for a provider that asked for time, while another platform can be tried at once. */
  #findSoon(nowMs: number): NextStep | undefined {
    return this.#notBefore.size === 0 ? undefined : this.#find(nowMs, { isLastResort: false, longestMs: SHORT_WAIT_MS })
  }

  #findPatiently(nowMs: number): NextStep | undefined {
    this.#refusals = []
    const step = this.#find(nowMs, { isLastResort: false, longestMs: LONGEST_WAIT_MS })
    if (step !== undefined || this.#refusals.length === 0) return step
    return this.#find(nowMs, { isLastResort: true, longestMs: LONGEST_WAIT_MS })
  }

  #find(nowMs: number, { isLastResort, longestMs }: FindOptions): NextStep | undefined {
    const { length } = this.#order
    for (let looked = 1; looked <= length; looked++) {
      const position = (this.#position + looked) % length
      const platform = this.#order[position]
      if (platform === undefined || !this.canHelp(platform)) continue
      const afterMs = this.#delayMs(platform, nowMs)
      if (afterMs > longestMs) continue
      const refusal = this.#gate.refusal(platform, isLastResort)
      if (refusal !== undefined) {
        this.#refusals.push(refusal)
        continue
      }
      this.#position = position
      this.#count(platform)
      return { do: 'try', platform, afterMs, isLastResort }
    }
    return undefined
  }

  /** The same platform at once, with another key: nothing is wrong with the platform. */
  #again(platform: Platform): NextStep {
    this.#budget -= 1
    return this.#paid({ do: 'try', platform, afterMs: 0, isLastResort: true })
  }

  /** As far as is known: it may still be unable to carry the request, or take no attempt now. */
  canHelp(platform: Platform): boolean {
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

interface FindOptions {
  /** Platforms are asked whether they take it as the last resort. */
  readonly isLastResort: boolean
  readonly longestMs: number
}

/** What a failure means for the next step. */
export type Lesson = 'pass-on' | 'elsewhere' | 'elsewhere-or-pass-on' | 'over'
