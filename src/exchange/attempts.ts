import { type AttemptCause, isFinished, type Reason, type SeamKind } from '../evidence/index.ts'
import type { RequestProblem } from '../protocols/core/index.ts'
import { wait } from '../resilience/index.ts'
import type { Inbound } from './admission/inbound.ts'
import { type AttemptFailure, Itinerary, type NextStep } from './admission/itinerary.ts'
import { Overload } from './admission/overload.ts'
import type { Platform } from './admission/routing.ts'
import type { AttemptEnd } from './attempt/attempt.ts'
import { billedTokens } from './attempt/billed-tokens.ts'
import { Hedge } from './attempt/hedge.ts'
import { OutboundRequests } from './attempt/outbound-requests.ts'
import { Run } from './attempt/run.ts'
import { signalOf } from './attempt/signal.ts'
import { startAttempt } from './attempt/start.ts'
import { describeFailure, type Failure } from './delivery/failure.ts'
import type { Refusal, Visit } from './memory/platform-health.ts'
import type { Outbound } from './operations/operation.ts'
import type { ExchangeDeps } from './ports.ts'
import { diedIn } from './replay/loop-guard.ts'
import { Seams } from './seam/seams.ts'

/** The attempts of one exchange: where each is made, what is learned from its end, and which one is read. */
export class Attempts {
  readonly ends: AttemptEnd[] = []
  /** What kept it from an attempt, or from another one. */
  refusal: Refusal | undefined
  /** What the first attempt went around. */
  diverted: readonly Refusal[] = []
  /** Those of the model that was asked for, where these are a simpler one's. */
  readonly earlier: Attempts | undefined
  /** `undefined` where a text that breaks off stays so. */
  readonly seams: Seams | undefined
  readonly #inbound: Inbound
  readonly #deps: ExchangeDeps
  readonly #overload: Overload
  readonly #itinerary: Itinerary
  readonly #requests: OutboundRequests
  /** The provider's own answer is the caller's. */
  #passOn = false
  /** Why the last platform that was not sent the request could not carry it. */
  #notExpressible: RequestProblem | undefined
  #run: Run | undefined
  /** Made when the first attempt that may need one is silent. */
  #hedge: Hedge | undefined
  /** Of the last end. */
  #last: Run | undefined
  #begun: number
  #isStopped = false
  #stopWaiting: (() => void) | undefined

  constructor(inbound: Inbound, deps: ExchangeDeps, earlier?: Attempts) {
    this.earlier = earlier
    this.#begun = earlier?.count ?? 0
    this.#inbound = inbound
    this.#deps = deps
    this.#requests = new OutboundRequests(inbound, deps)
    this.seams = Seams.of(inbound, deps.limits.eventBytes)
    const { pin, preferred, policy } = inbound
    const route = pin === undefined ? inbound.route : { ...inbound.route, stages: [[pin.platform]] }
    const isClientRetry = inbound.repeats > 0 || (inbound.clientRetry ?? 0) > 0
    this.#overload = new Overload({ route, policy, isClientRetry }, deps.health)
    this.#itinerary = new Itinerary({
      route,
      attempts: policy.attempts,
      preferred,
      spoken: inbound.protocol.name,
      random: deps.random,
      gate: this.#overload,
    })
  }

  /** The one that is read; `undefined` before the first, and between two. */
  get current(): Run | undefined {
    return this.#run
  }

  /** With those before them. */
  get count(): number {
    return this.#begun
  }

  /** With those before them. */
  get allEnds(): readonly AttemptEnd[] {
    return this.earlier === undefined ? this.ends : [...this.earlier.allEnds, ...this.ends]
  }

  // ## Where next

  /** The next attempt, once its wait is over; `undefined` where there is none to be made. */
  async begin(): Promise<Run | undefined> {
    const { clock } = this.#deps
    const { signal, deadlineAtMs } = this.#inbound
    let step = this.#nextStep()
    if (this.#begun === 0) {
      this.#overload.onRequest()
      this.diverted = this.#itinerary.refusals
    }
    while (step.do === 'try') {
      const { platform, afterMs, isLastResort } = step
      if (clock.nowMs() + afterMs >= deadlineAtMs) return undefined
      if (afterMs > 0) await this.#wait(afterMs)
      if (signal.aborted || this.#isStopped) return undefined
      const outbound = this.#outbound(platform)
      if (!outbound.ok) {
        this.#notExpressible = outbound.problem
        step = this.#itinerary.notSent(platform, clock.nowMs())
        continue
      }
      const visit = this.#overload.enter(platform, isLastResort)
      if ('by' in visit) {
        step = this.#itinerary.diverted(clock.nowMs())
        continue
      }
      this.#run = this.#start(platform, outbound, visit, this.#begun === 0 ? 'first' : 'retry')
      return this.#run
    }
    this.#passOn = step.do === 'pass-on'
    if (step.do === 'give-up') this.refusal = step.refusal
    return undefined
  }

  // ## Where on, once there is the beginning of a text

  /** An attempt that goes on behind what there is, once its wait is over; `undefined` where the answer ends here. */
  async goOn(): Promise<Run | undefined> {
    if (this.seams === undefined || !this.#mayGoOn()) return undefined
    for (const kind of this.seams.kinds()) {
      const run = await this.#seam(kind, this.seams)
      if (run !== undefined) return run
      if (this.refusal?.by === 'retry-budget' || this.#inbound.signal.aborted) return undefined
    }
    return undefined
  }

  /** Whether what ended the last attempt leaves something for another one. */
  #mayGoOn(): boolean {
    const run = this.#last
    const end = this.ends.at(-1)
    if (run === undefined || end === undefined || this.#isStopped) return false
    if (isFinished(end.verdict)) {
      // A limit of the answer's: going back to its platform costs no wait.
      this.#itinerary.forgive(run.platform)
      return true
    }
    const failure = this.#failureOf(run, end)
    if (failure === undefined || this.#mayStillDie === 0) return false
    this.#requests.restKey(run, failure)
    // What a platform finds wrong with a seam is no fault of the request, and nothing that its client has to know.
    if (run.continuation !== undefined && isAboutRequest(failure.reason)) {
      this.#itinerary.forgive(run.platform)
      return true
    }
    return this.#itinerary.learn(failure, this.#deps.clock.nowMs()) === 'elsewhere'
  }

  async #seam(kind: SeamKind, seams: Seams): Promise<Run | undefined> {
    const { clock } = this.#deps
    const { signal, deadlineAtMs } = this.#inbound
    const end = this.ends.at(-1)
    // Retries for those that fail are not to be spent on what a healthy platform's limits make.
    const isFree = end !== undefined && isFinished(end.verdict)
    for (;;) {
      const may = (platform: Platform): boolean => seams.may(kind, platform)
      const step = this.#itinerary.onward(may, seams.dead, clock.nowMs(), { isFree })
      if (step.do !== 'try') {
        this.refusal = step.do === 'give-up' ? step.refusal : undefined
        return undefined
      }
      const { platform, afterMs, isLastResort } = step
      seams.onTried(kind, platform)
      if (clock.nowMs() + afterMs >= deadlineAtMs) return undefined
      if (afterMs > 0) await this.#wait(afterMs)
      if (signal.aborted || this.#isStopped) return undefined
      const outbound = seams.outbound(kind, this.#outbound(platform), platform)
      const visit = outbound.ok ? this.#overload.enter(platform, isLastResort) : undefined
      if (!outbound.ok || visit === undefined || 'by' in visit) {
        this.#itinerary.uncount()
        continue
      }
      // What kept it from another kind of seam, it did without.
      this.refusal = undefined
      this.#run = this.#start(platform, outbound, visit, 'seam', kind)
      return this.#run
    }
  }

  /** Shorter where its client leaves or the process stops: after either nothing is sent any more. */
  async #wait(ms: number): Promise<void> {
    const stopped = new AbortController()
    this.#stopWaiting = () => stopped.abort()
    try {
      await wait(ms, this.#deps.clock, AbortSignal.any([this.#inbound.signal, stopped.signal]))
    } finally {
      this.#stopWaiting = undefined
    }
  }

  #outbound(platform: Platform): Outbound {
    return this.#requests.for(platform, { wasSent: this.#begun > 0 })
  }

  #start(
    platform: Platform,
    outbound: Extract<Outbound, { ok: true }>,
    visit: Visit,
    cause: AttemptCause,
    seam?: SeamKind,
  ): Run {
    const inbound = this.#inbound
    const { stream, reasoning } = inbound.facts
    this.#begun += 1
    // Only a stream shows its first content when it comes, and a think before it says nothing about the next request's.
    const isTypical = stream && !reasoning
    const mayHedge = isTypical && cause !== 'hedge' && cause !== 'seam'
    const hedgeAfterMs = mayHedge ? this.#overload.hedgeAfterMs(platform) : undefined
    const continuation = seam === undefined ? undefined : this.seams?.continuation(seam)
    const { apiKey, sameProtocol } = outbound
    const run = new Run({ visit, apiKey, isTranslated: !sameProtocol, hedgeAfterMs, continuation })
    const onFirstContent = (firstContentMs: number): void => {
      run.onFirstContent()
      if (stream) visit.onFirstContent(firstContentMs, { isTypical })
    }
    const noContentMs = this.#patienceMs()
    const { isProbe } = visit
    const ordinal = this.#begun
    const keepsText = this.seams !== undefined
    const mayGoOnAtLimit = this.seams?.isForLimits ?? false
    const options = { inbound, platform, outbound, ordinal, noContentMs, cause, isProbe, onFirstContent }
    return run.begin(startAttempt({ ...options, keepsText, continuation, mayGoOnAtLimit }, this.#deps))
  }

  /** While another platform could answer, silence gets at most half of what is left of its client's wait, or of the deadline. */
  #patienceMs(): number {
    if (!this.#itinerary.hasUntried && this.#inbound.simpler === undefined) return Number.POSITIVE_INFINITY
    const { awaitedUntilMs, deadlineAtMs } = this.#inbound
    const nowMs = this.#deps.clock.nowMs()
    return ((nowMs < awaitedUntilMs ? awaitedUntilMs : deadlineAtMs) - nowMs) / 2
  }

  /** So many more answers to the request may die; `undefined`: as many as there are attempts. */
  get #mayStillDie(): number | undefined {
    const { mayStillDie } = this.#inbound
    return mayStillDie === undefined
      ? undefined
      : Math.max(0, mayStillDie - diedIn(this.allEnds.map(({ evidence }) => evidence)))
  }

  #nextStep(): NextStep {
    const run = this.#last
    const end = this.ends.at(-1)
    if (run === undefined || end === undefined) return this.#itinerary.first({ isRetry: this.#begun > 0 })
    const failure = this.#isStopped ? undefined : this.#failureOf(run, end)
    if (failure === undefined) return { do: 'give-up' }
    const hasOtherKey = this.#requests.restKey(run, failure)
    const nowMs = this.#deps.clock.nowMs()
    // In the background another try is another exchange.
    if (this.#inbound.finishOf !== undefined || this.#mayStillDie === 0) return this.#itinerary.last(failure, nowMs)
    const mayTryAgainAtOnce = hasOtherKey || this.#requests.leaveFormatOut(failure)
    return this.#itinerary.after({ ...failure, mayTryAgainAtOnce }, nowMs)
  }

  #failureOf({ platform, isTranslated }: Run, { verdict, providerError }: AttemptEnd): AttemptFailure | undefined {
    if (isFinished(verdict)) return undefined
    if (verdict.reason === 'stopped-by-limit' && this.#inbound.policy.limited === 'error') return undefined
    return { platform, reason: verdict.reason, retryAfterMs: providerError?.retryAfterMs, isTranslated }
  }

  // ## Hedging

  /** The run to read from: this one, or another that is made beside it. `isOver`: nobody waits for it any longer. */
  hedged(run: Run, isOver: () => boolean): Promise<Run> {
    this.#hedge ??= new Hedge({
      clock: this.#deps.clock,
      beginRival: () => this.#beginRival(),
      mayHelp: ({ platform }, ended, end) => this.#mayHelp(platform, ended, end),
      onDecided: (winner, loser, end) => {
        this.settle(loser, end)
        this.#run = winner
      },
    })
    return this.#hedge.race(run, isOver)
  }

  #beginRival(): Run | undefined {
    // Both may die.
    if (this.#isStopped || (this.#mayStillDie ?? 2) < 2) return undefined
    const platform = this.#itinerary.beside(this.#deps.clock.nowMs())
    if (platform === undefined) return undefined
    const outbound = this.#outbound(platform)
    if (!outbound.ok) {
      this.#itinerary.besideNotSent(platform)
      return undefined
    }
    const visit = this.#overload.enter(platform, false)
    return 'by' in visit ? undefined : this.#start(platform, outbound, visit, 'hedge')
  }

  /** Whether an attempt that is under way there may help after this end of another one. */
  #mayHelp(platform: Platform, ended: Run, end: AttemptEnd): boolean {
    const failure = this.#failureOf(ended, end)
    if (failure === undefined || this.#isStopped) return false
    this.#requests.restKey(ended, failure)
    const lesson = this.#itinerary.learn(failure, this.#deps.clock.nowMs(), platform)
    return lesson === 'elsewhere' || (lesson === 'elsewhere-or-pass-on' && this.#itinerary.canHelp(platform))
  }

  // ## Ends

  settle(run: Run, end: AttemptEnd): void {
    if (isFinished(end.verdict)) this.#requests.onFinished(run)
    const tokens = run.visit.countsTokens ? billedTokens(end, this.#inbound) : 0
    run.visit.end(signalOf(end, this.#inbound), end.providerError?.retryAfterMs, tokens)
    if (this.#run === run) this.#run = undefined
    this.#last = run
    this.ends.push(end)
    this.seams?.onEnd({ attempt: run.attempt, continuation: run.continuation, end })
  }

  /** Why there is no answer, as its client is told. */
  describe(): Failure {
    const { refusal } = this
    return describeFailure({
      exchange: this.#inbound.id,
      ends: this.ends,
      cut: this.seams?.cut,
      notExpressible: this.#notExpressible,
      passOn: this.#passOn,
      pin: this.#inbound.pin,
      refusal,
      isDark: refusal !== undefined && this.#overload.isDark,
    })
  }

  /** Input and output tokens of all that has ended. */
  billedTokens(): number {
    return this.allEnds.reduce((sum, end) => sum + billedTokens(end, this.#inbound), 0)
  }

  /** The process stops and waits no longer: what runs ends as a failure does. */
  stop(): void {
    this.#isStopped = true
    this.#stopWaiting?.()
    for (const run of this.#running) run.attempt.abort({ name: 'failed', reason: 'shutdown' })
  }

  /** Frees the upstreams at once. */
  abandon(reason: 'client-gone' | 'internal'): void {
    const running = this.#running
    this.#hedge?.giveUp()
    for (const run of running) this.settle(run, run.attempt.conclude({ name: 'failed', reason }))
  }

  /** The one whose answer it would be comes last. */
  get #running(): readonly Run[] {
    return [this.#hedge?.rival, this.#run].filter((run) => run !== undefined)
  }
}

function isAboutRequest(reason: Reason): boolean {
  return reason === 'bad-request' || reason === 'policy' || reason === 'context-length'
}
