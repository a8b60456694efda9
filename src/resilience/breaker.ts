import type { AcquireOptions, BreakerReason, BreakerState, BreakerTransition, Permit, Signal } from './breaker-state.ts'
import type { Clock } from './clock.ts'
import { ProbeBackoff } from './probe-backoff.ts'
import { RollingWindow } from './rolling-window.ts'

/** Failures in a row that open a breaker: Envoy's `consecutive_5xx` (linkerd2-proxy takes 7). */
export const CONSECUTIVE_FAILURES = 5
/** Over which outcomes are counted, ms: Polly's `SamplingDuration`. */
export const OUTCOME_WINDOW_MS = 30_000
const OUTCOME_BUCKETS = 15
/**
 * A share of successes below this opens. It is what the retry budget leaves: a platform that fails more often than retries
 * are paid for is cheaper to go around, which costs none.
 */
export const LOWEST_SUCCESS_RATE = 0.8
/** Fewer outcomes in the window say nothing about a rate: Envoy's `failure_percentage_request_volume`. */
export const LEAST_OUTCOMES = 50
/** So long after its probe was due, nobody having tried, what an open breaker knows is too old to keep anybody out, ms. */
export const FORGOTTEN_AFTER_MS = 60_000

export interface BreakerDeps {
  readonly clock: Pick<Clock, 'nowMs'>
  /** In [0, 1). */
  readonly random: () => number
  readonly onChange?: (transition: BreakerTransition) => void
}

/**
 * Keeps traffic from a platform that fails. Two signals open it, whichever comes first: failures in a row (an outage), or the
 * success rate of a window (a platform that half works). It is for one platform among others: where it is the last resort, a
 * low rate does not close the door, and after failures in a row a probe passes every `PROBE_BASE_MS`.
 */
export class Breaker {
  readonly #clock: Pick<Clock, 'nowMs'>
  readonly #onChange: (transition: BreakerTransition) => void
  readonly #successes: RollingWindow
  readonly #failures: RollingWindow
  readonly #backoff: ProbeBackoff
  #state: BreakerState = 'closed'
  #reason: BreakerReason | undefined
  #openedFor: 'consecutive-failures' | 'success-rate' = 'consecutive-failures'
  #sinceMs: number
  #consecutive = 0
  /** The probe that was begun last. */
  #probe = 0
  #showsLife = false
  #epoch = 0
  #nextId = 1

  constructor({ clock, random, onChange = () => undefined }: BreakerDeps) {
    this.#clock = clock
    this.#onChange = onChange
    this.#sinceMs = clock.nowMs()
    this.#backoff = new ProbeBackoff({ clock, random })
    const window = { windowMs: OUTCOME_WINDOW_MS, bucketCount: OUTCOME_BUCKETS }
    this.#successes = new RollingWindow(window, { clock })
    this.#failures = new RollingWindow(window, { clock })
  }

  get state(): BreakerState {
    this.#forget()
    return this.#state
  }

  /** Of the last change; `undefined` where there was none. */
  get reason(): BreakerReason | undefined {
    this.#forget()
    return this.#reason
  }

  /** Of the last change, on the clock's monotonic time. */
  get sinceMs(): number {
    this.#forget()
    return this.#sinceMs
  }

  /** Until somebody may try, ms; 0: now. */
  opensInMs(options: AcquireOptions): number {
    this.#forget()
    if (this.#state === 'closed') return 0
    if (options.isLastResort && (this.#showsLife || this.#openedFor === 'success-rate')) return 0
    return this.#backoff.remainingMs(options)
  }

  /** `undefined`: not now, see `opensInMs`. */
  acquire(options: AcquireOptions): Permit | undefined {
    if (this.opensInMs(options) > 0) return undefined
    const id = this.#nextId++
    if (this.#state === 'closed') return { isProbe: false, epoch: this.#epoch, id }
    const isDue = this.#backoff.remainingMs(options) === 0
    if (isDue) {
      // ## Open => Probing, and Probing => Probing where the last probe takes longer than the wait
      this.#probe = id
      this.#backoff.restart()
      if (this.#state === 'open') this.#change('probing', 'probe')
    }
    return { isProbe: isDue || this.#showsLife, epoch: this.#epoch, id }
  }

  /** Whether the attempt began after the last opening or closing: only then it tells of the time that is now. */
  isCurrent({ epoch }: Permit): boolean {
    return epoch === this.#epoch
  }

  /** The attempt shows content, whether or not it will be whole: a last resort need not wait for the proof. */
  onLife(permit: Permit): void {
    if (permit.isProbe && this.isCurrent(permit)) this.#showsLife = true
  }

  /** The attempt is over. `retryAfterMs`: what the platform asked for; it is not tried before, within the cap. */
  settle(permit: Permit, signal: Signal, retryAfterMs = 0): void {
    if (!this.isCurrent(permit)) return
    if (this.#state === 'closed') this.#count(signal, retryAfterMs)
    else this.#judge(permit, signal, retryAfterMs)
  }

  // ## Closed => (Closed | Open)

  #count(signal: Signal, retryAfterMs: number): void {
    if (signal === 'nothing') return
    if (signal === 'success') {
      this.#successes.add()
      this.#consecutive = 0
      return
    }
    this.#failures.add()
    if (signal === 'failure') this.#consecutive += 1
    if (this.#consecutive >= CONSECUTIVE_FAILURES) this.#open('consecutive-failures', retryAfterMs)
    else if (this.#isRateLow()) this.#open('success-rate', retryAfterMs)
  }

  #isRateLow(): boolean {
    const successes = this.#successes.total
    const outcomes = successes + this.#failures.total
    return outcomes >= LEAST_OUTCOMES && successes < LOWEST_SUCCESS_RATE * outcomes
  }

  #open(reason: 'consecutive-failures' | 'success-rate', retryAfterMs: number): void {
    // Soon after it closed it was the same trouble: the waits go on growing where they were.
    const isLonger = this.#reason !== undefined && this.#clock.nowMs() - this.#sinceMs < OUTCOME_WINDOW_MS
    this.#openedFor = reason
    this.#epoch += 1
    this.#consecutive = 0
    this.#backoff.pause({ isLonger, retryAfterMs })
    this.#change('open', reason)
  }

  // ## (Open | Probing) => (Open | Probing | Closed)

  #judge({ id, isProbe }: Permit, signal: Signal, retryAfterMs: number): void {
    const isCurrent = id === this.#probe && this.#state === 'probing'
    switch (signal) {
      case 'success':
        // A last resort that a low rate let through was no probe: that it works at times was known.
        if (isProbe) this.#close('probe-succeeded')
        else this.#consecutive = 0
        return
      case 'failure':
        this.#consecutive += 1
        if (isCurrent) this.#reopen('probe-failed', retryAfterMs)
        else if (this.#isShutNow && this.#state === 'open') this.#reopen('consecutive-failures', retryAfterMs)
        return
      case 'soft-failure':
        if (isCurrent) this.#reopen('probe-failed', retryAfterMs)
        return
      case 'nothing':
        if (!isCurrent) return
        this.#backoff.end()
        this.#change('open', 'probe-without-result')
    }
  }

  #reopen(reason: 'probe-failed' | 'consecutive-failures', retryAfterMs: number): void {
    if (this.#isShutNow) this.#openedFor = 'consecutive-failures'
    this.#showsLife = false
    this.#backoff.pause({ isLonger: true, retryAfterMs })
    this.#change('open', reason)
  }

  /** A low rate lets a last resort through; its failures in a row shut that door too. */
  get #isShutNow(): boolean {
    return this.#openedFor === 'success-rate' && this.#consecutive >= CONSECUTIVE_FAILURES
  }

  #close(reason: 'probe-succeeded' | 'forgotten'): void {
    this.#epoch += 1
    this.#showsLife = false
    this.#successes.clear()
    this.#failures.clear()
    this.#consecutive = 0
    this.#change('closed', reason)
  }

  // ## (Open | Probing) => Closed, by time alone

  #forget(): void {
    if (this.#state === 'closed' || this.#backoff.overdueMs < FORGOTTEN_AFTER_MS) return
    this.#close('forgotten')
    // What is not known to be well is not given five more chances.
    this.#consecutive = CONSECUTIVE_FAILURES - 1
  }

  #change(to: BreakerState, reason: BreakerReason): void {
    const from = this.#state
    this.#state = to
    this.#reason = reason
    this.#sinceMs = this.#clock.nowMs()
    this.#onChange({ from, to, reason })
  }
}
