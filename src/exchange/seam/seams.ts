import type { SeamEvidence, SeamKind, Usage } from '../../evidence/index.ts'
import { isFinished } from '../../evidence/index.ts'
import { addUsage, type CoreRequest } from '../../protocols/core/index.ts'
import type { Inbound } from '../admission/inbound.ts'
import type { Platform } from '../admission/routing.ts'
import type { Attempt, AttemptEnd } from '../attempt/attempt.ts'
import type { Outbound } from '../operations/operation.ts'
import { asked, continued, instructed } from './asking.ts'
import { Continuation } from './continuation.ts'
import { Delivered, type DeliveredText } from './delivered.ts'
import { acceptsPrefill } from './prefill.ts'

const KINDS: readonly SeamKind[] = ['prefill', 'regenerate', 'instruct']

/** An attempt that has ended, as far as seams ask. */
interface Ended {
  readonly continuation: Continuation | undefined
  readonly end: AttemptEnd
}

/**
 * What one exchange knows of going on with a text that its client has the beginning of, when the platform that wrote it has died. In
 * this order, each on every platform that may at most once as long as nothing is added:
 *
 *  1. `prefill`     a platform of the same model gets the text as its own half answer, and writes the rest
 *  2. `regenerate`  any platform of the route answers anew; it goes on where its text has begun with exactly what is there
 *  3. `instruct`    where opted in: a model is told to go on; its opening is looked at before it flows
 */
export class Seams {
  /** How it ended when something was with the client for the first time: the real failure, whatever comes of the seams. */
  cut: AttemptEnd | undefined
  readonly evidence: SeamEvidence[] = []
  readonly #inbound: Inbound
  readonly #eventLimitBytes: number
  readonly #delivered = new Delivered()
  #hasDelivered = false
  /** What the attempts were billed that have a part in the answer. */
  #billed: Usage = {}
  /** Whose text was delivered last, and the text of those before it. */
  #author: Attempt | undefined
  #textBefore: string | undefined = ''
  #text: DeliveredText | undefined
  readonly #tried = new Set<string>()
  /** One has begun to answer, and nothing of it had a part, since something was delivered last. */
  #wasInVain = false
  /** A platform refused the half answer: so will the model's others. */
  #isPrefillRefused = false

  private constructor(inbound: Inbound, eventLimitBytes: number) {
    this.#inbound = inbound
    this.#eventLimitBytes = eventLimitBytes
  }

  /** `undefined` where an answer of this request can only be whole or broken off. */
  static of(inbound: Inbound, eventLimitBytes: number): Seams | undefined {
    const { facts, policy, pin, operation } = inbound
    const isText = facts.stream && facts.choices === 1 && !facts.structured && operation.name === 'answer'
    if (!isText || policy.seam === 'off' || policy.delivery !== 'guarded' || pin !== undefined) return undefined
    return new Seams(inbound, eventLimitBytes)
  }

  // ## What happens

  onDelivered(attempt: Attempt, bytes: Uint8Array): void {
    this.#delivered.push(bytes, attempt.isPlain)
    this.#hasDelivered = true
    this.#author = attempt
  }

  onEnd({ continuation, end }: Ended): void {
    const hasPart = this.#hasDelivered
    this.#hasDelivered = false
    if (hasPart || isFinished(end.verdict)) {
      this.#billed = addUsage(this.#billed, end.evidence.usage ?? {})
      this.#tried.clear()
      this.#wasInVain = false
      const more = this.#author?.releasedText
      this.#textBefore = this.#textBefore === undefined || more === undefined ? undefined : this.#textBefore + more
      this.#text = undefined
    }
    if (continuation?.kind === 'prefill' && !isFinished(end.verdict) && end.verdict.reason === 'bad-request')
      this.#isPrefillRefused = true
    else if (continuation !== undefined && !hasPart && !isFinished(end.verdict))
      this.#wasInVain ||= end.evidence.firstContentMs !== undefined
    if (continuation !== undefined) {
      const given = hasPart ? (this.#author?.releasedText?.length ?? 0) : 0
      this.evidence.push(toEvidence(continuation, end, isFinished(end.verdict) ? continuation.added : given))
    }
    if (hasPart && !isFinished(end.verdict)) this.cut ??= end
  }

  /** What the client's answer was billed, over all attempts that have a part in it; `undefined`: one alone. */
  get billed(): Usage | undefined {
    return this.evidence.length === 0 ? undefined : this.#billed
  }

  // ## What may follow

  /**
   * The kinds of seam that the text allows now, in order; none where it is no plain text, and none behind one in vain where the
   * answer can be finished in the background: whoever asks again has more of that than of one more that hardly ever fits.
   */
  kinds(): readonly SeamKind[] {
    if (this.#wasInVain && this.#inbound.mayReplay) return []
    if (this.#textBefore !== undefined)
      this.#text ??= this.#delivered.read(this.#textBefore, this.#inbound.protocol, this.#eventLimitBytes)
    const core = this.#core()
    const text = this.#text?.text
    if (text === undefined || core === undefined) return []
    return KINDS.filter((kind) => {
      if (kind === 'prefill') return text.trim() !== '' && !this.#inbound.facts.reasoning
      if (kind === 'instruct') return this.#inbound.policy.seam === 'instruct' && mayBeTold(core, text)
      return true
    })
  }

  /** A request that cannot be read has been passed on as it is, and nothing of it can be said anew. */
  #core(): CoreRequest | undefined {
    try {
      return this.#inbound.body.core()
    } catch {
      return undefined
    }
  }

  may(kind: SeamKind, platform: Platform): boolean {
    if (this.#tried.has(`${kind} ${platform.name}`)) return false
    if (kind !== 'prefill') return true
    return !this.#isPrefillRefused && acceptsPrefill(platform) && this.#isSameModel(platform)
  }

  /** The platform that died. */
  get dead(): Platform | undefined {
    return this.#author?.platform
  }

  #isSameModel(platform: Platform): boolean {
    const { stages } = this.#inbound.route
    return stages.some((stage) => stage.includes(platform) && stage.some(({ name }) => name === this.dead?.name))
  }

  onTried(kind: SeamKind, platform: Platform): void {
    this.#tried.add(`${kind} ${platform.name}`)
  }

  /** The request for a platform, from what it would be sent as a first one. */
  outbound(kind: SeamKind, outbound: Outbound, platform: Platform): Outbound {
    const text = this.#text?.text ?? ''
    switch (kind) {
      case 'prefill':
        return continued(outbound, platform, text)
      case 'regenerate':
        return asked(outbound)
      case 'instruct':
        return instructed(outbound, platform, text)
    }
  }

  continuation(kind: SeamKind): Continuation | undefined {
    const delivered = this.#text
    return delivered === undefined ? undefined : new Continuation({ kind, delivered, billed: this.#billed })
  }
}

/** Told to go on, a model writes prose, whatever it would have done: only where nothing but prose can be meant. */
function mayBeTold({ tools, format }: CoreRequest, text: string): boolean {
  if (tools.length > 0 || format !== undefined || text.trim() === '') return false
  const hasOpenFence = (text.match(/^\s*(?:```|~~~)/gm)?.length ?? 0) % 2 === 1
  return !hasOpenFence && !/^\s*[{[<]/.test(text)
}

/** `given`: characters that it has given to the client. */
function toEvidence(continuation: Continuation, { verdict, evidence }: AttemptEnd, given: number): SeamEvidence {
  const isJoined = given > 0 || isFinished(verdict)
  return {
    kind: continuation.kind,
    attempt: evidence.ordinal,
    outcome: isJoined ? 'joined' : continuation.failure === undefined ? 'failed' : 'diverged',
    charactersBefore: continuation.delivered.text.length,
    charactersAdded: given,
  }
}
