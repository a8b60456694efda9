import type { SeamEvidence, SeamKind, Usage } from '../../evidence/index.ts'
import { isFinished } from '../../evidence/index.ts'
import { addUsage, type CoreRequest } from '../../protocols/core/index.ts'
import type { Inbound } from '../admission/inbound.ts'
import { LONGEST_TEXT } from '../delivery/kept-text.ts'
import { withoutLastWord } from '../delivery/words.ts'
import type { Platform } from '../admission/routing.ts'
import type { Attempt, AttemptEnd, TextAtLimit } from '../attempt/attempt.ts'
import type { Outbound } from '../operations/operation.ts'
import { asked, continued, instructed } from './asking.ts'
import { Continuation } from './continuation.ts'
import { Delivered, type DeliveredText } from './delivered.ts'
import { acceptsPrefill } from './prefill.ts'

interface SeamOptions {
  /** Whether anybody may go on behind a death. */
  readonly isForDeaths: boolean
  readonly eventLimitBytes: number
}

const KINDS: readonly SeamKind[] = ['prefill', 'regenerate', 'instruct']

/** An attempt that has ended, as far as seams ask. */
interface Ended {
  readonly attempt: Attempt
  readonly continuation: Continuation | undefined
  readonly end: AttemptEnd
}

/** An answer that ended at a limit, and that nobody has gone on behind yet. */
export interface LimitedAnswer extends TextAtLimit {
  readonly attempt: Attempt
  readonly end: AttemptEnd
}

/** What there is of an answer. */
interface Begun {
  /** What its client has; `undefined`: nothing. */
  readonly delivered: DeliveredText | undefined
  /** What comes behind that. */
  readonly held: string
  /** The word at its end is left out, to be written again. */
  readonly lacksWord: boolean
  readonly text: string
}

/**
 * What one exchange knows of going on with the beginning of a text: one that its client has when the platform that wrote it has died, or
 * one that a limit stopped where the policy says `continue`. In this order, each on every platform that may at most once as long as
 * nothing is added:
 *
 *  1. `prefill`     a platform of the same model gets the text as its own half answer, and writes the rest
 *  2. `regenerate`  any platform of the route answers anew; it goes on where its text has begun with exactly what is there. Not
 *                   behind a limit, at which it would stop again
 *  3. `instruct`    where opted in: a model is told to go on; its opening is looked at before it flows
 */
export class Seams {
  /** How it ended when something was with the client for the first time: the real failure, whatever comes of the seams. */
  cut: AttemptEnd | undefined
  /** Where it stands, should nobody go on. */
  limited: LimitedAnswer | undefined
  /** Whether anybody may go on behind a limit at all. */
  readonly isForLimits: boolean
  readonly evidence: SeamEvidence[] = []
  readonly #inbound: Inbound
  readonly #isForDeaths: boolean
  readonly #eventLimitBytes: number
  readonly #delivered = new Delivered()
  #hasDelivered = false
  /** What the attempts were billed that have a part in the answer. */
  #billed: Usage = {}
  /** Whose text was delivered last, and the text of those before it. */
  #author: Attempt | undefined
  #textBefore: string | undefined = ''
  #begun: Begun | undefined
  readonly #tried = new Set<string>()
  /** One has begun to answer, and nothing of it had a part, since something was delivered last. */
  #wasInVain = false
  /** A platform refused the half answer: so will the model's others. */
  #isPrefillRefused = false

  private constructor(inbound: Inbound, options: Pick<Seams, 'isForLimits'> & SeamOptions) {
    this.#inbound = inbound
    this.isForLimits = options.isForLimits
    this.#isForDeaths = options.isForDeaths
    this.#eventLimitBytes = options.eventLimitBytes
  }

  /** `undefined` where an answer of this request can only be whole or broken off. */
  static of(inbound: Inbound, eventLimitBytes: number): Seams | undefined {
    const { facts, policy, pin, operation, acceptance } = inbound
    const isText = facts.choices === 1 && !facts.structured && operation.name === 'answer'
    if (!isText || pin !== undefined) return undefined
    const isForDeaths = facts.stream && policy.seam !== 'off' && policy.delivery === 'guarded'
    const isLive = facts.stream && policy.delivery === 'live'
    const isForLimits = policy.limited === 'continue' && !isLive && acceptance?.judgesText !== true
    return isForDeaths || isForLimits ? new Seams(inbound, { isForDeaths, isForLimits, eventLimitBytes }) : undefined
  }

  // ## What happens

  onDelivered(attempt: Attempt, bytes: Uint8Array): void {
    this.#delivered.push(bytes, attempt.isPlain)
    this.#hasDelivered = true
    this.#author = attempt
    this.limited = undefined
  }

  onEnd({ attempt, continuation, end }: Ended): void {
    const hasPart = this.#hasDelivered
    this.#hasDelivered = false
    if (hasPart || isFinished(end.verdict)) {
      this.#billed = addUsage(this.#billed, end.evidence.usage ?? {})
      this.#tried.clear()
      this.#wasInVain = false
      this.#begun = undefined
    }
    if (hasPart) {
      const more = attempt.releasedText
      this.#textBefore = this.#textBefore === undefined || more === undefined ? undefined : this.#textBefore + more
    }
    if (continuation?.kind === 'prefill' && !isFinished(end.verdict) && end.verdict.reason === 'bad-request')
      this.#isPrefillRefused = true
    else if (continuation !== undefined && !hasPart && !isFinished(end.verdict))
      this.#wasInVain ||= end.evidence.firstContentMs !== undefined
    if (continuation !== undefined) {
      const given = hasPart ? Math.max(0, (attempt.releasedText?.length ?? 0) - continuation.held.length) : 0
      const added = isFinished(end.verdict) ? continuation.added : given
      this.evidence.push(toEvidence(continuation, end, { hasPart, added }))
    }
    if (hasPart && !isFinished(end.verdict)) this.cut ??= end
    if (!isFinished(end.verdict)) return
    this.limited = attempt.atLimit === undefined ? undefined : { attempt, end, ...attempt.atLimit }
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
    const { limited } = this
    if (limited === undefined && (!this.#isForDeaths || (this.#wasInVain && this.#inbound.mayReplay))) return []
    this.#begun ??= this.#read()
    const core = this.#core()
    const text = this.#begun?.text
    if (text === undefined || core === undefined) return []
    return KINDS.filter((kind) => {
      if (kind === 'prefill') return text.trim() !== '' && !this.#inbound.facts.reasoning
      if (kind === 'instruct') return this.#inbound.policy.seam === 'instruct' && mayBeTold(core, text)
      return limited === undefined
    })
  }

  /** `undefined` where nobody can go on behind what there is. */
  #read(): Begun | undefined {
    const before = this.#textBefore
    if (before === undefined) return undefined
    if (this.limited !== undefined && !this.limited.text.startsWith(before)) return undefined
    // Each part is sent all of those before it, and whole ones are held until the last.
    if (this.limited !== undefined && this.limited.text.length > LONGEST_TEXT) return undefined
    // A limit stops in the middle of a word, which who goes on writes again.
    const rest = this.limited?.text.slice(before.length) ?? ''
    const held = withoutLastWord(rest)
    const lacksWord = held.length < rest.length
    if (before === '' && this.limited !== undefined) return { delivered: undefined, held, lacksWord, text: held }
    const delivered = this.#delivered.read(before, this.#inbound.protocol, this.#eventLimitBytes)
    return delivered === undefined ? undefined : { delivered, held, lacksWord, text: before + held }
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
    return this.limited === undefined ? this.#author?.platform : undefined
  }

  #isSameModel(platform: Platform): boolean {
    const { stages } = this.#inbound.route
    const author = (this.limited?.attempt ?? this.#author)?.platform.name
    return stages.some((stage) => stage.includes(platform) && stage.some(({ name }) => name === author))
  }

  onTried(kind: SeamKind, platform: Platform): void {
    this.#tried.add(`${kind} ${platform.name}`)
  }

  /** The request for a platform, from what it would be sent as a first one. */
  outbound(kind: SeamKind, outbound: Outbound, platform: Platform): Outbound {
    const text = this.#begun?.text ?? ''
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
    if (this.#begun === undefined) return undefined
    const { delivered, held, lacksWord } = this.#begun
    return new Continuation({ kind, delivered, held, lacksWord, billed: this.#billed })
  }
}

/** Told to go on, a model writes prose, whatever it would have done: only where nothing but prose can be meant. */
function mayBeTold({ tools, format }: CoreRequest, text: string): boolean {
  if (tools.length > 0 || format !== undefined || text.trim() === '') return false
  const hasOpenFence = (text.match(/^\s*(?:```|~~~)/gm)?.length ?? 0) % 2 === 1
  return !hasOpenFence && !/^\s*[{[<]/.test(text)
}

interface Gift {
  /** Something that came by it is with the client, if only what was held before. */
  readonly hasPart: boolean
  /** Characters of its own that it has given. */
  readonly added: number
}

function toEvidence(
  continuation: Continuation,
  { verdict, evidence }: AttemptEnd,
  { hasPart, added }: Gift,
): SeamEvidence {
  const isJoined = hasPart || isFinished(verdict)
  return {
    kind: continuation.kind,
    attempt: evidence.ordinal,
    outcome: isJoined ? 'joined' : continuation.failure === undefined ? 'failed' : 'diverged',
    charactersBefore: continuation.text.length,
    charactersAdded: added,
  }
}
