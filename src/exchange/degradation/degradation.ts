import type { Degraded, FinishedVerdict, Reason } from '../../evidence/index.ts'
import { type CoreResponse, isJsonObject, parseJson, textIn } from '../../protocols/core/index.ts'
import type { Inbound } from '../admission/inbound.ts'
import type { AttemptEnd } from '../attempt/attempt.ts'
import type { Failure } from '../delivery/failure.ts'
import type { AnswerCache } from './answer-cache.ts'
import { fixedAnswer } from './fixed-answer.ts'

/** What is given in place of an answer. */
export type Substitute =
  | { readonly degraded: 'cache' | 'answer'; readonly answer: CoreResponse }
  /** The request as a simpler model is asked, within what is left of the attempts. */
  | { readonly degraded: 'model'; readonly inbound: Inbound }

/**
 * What a workflow gives when everything else failed and nothing was delivered, from the best to the least: the answer that
 * the same request had before, a simpler model's, the operator's own words. Each is tried once.
 */
export class Degradation {
  readonly #inbound: Inbound
  readonly #cache: AnswerCache
  readonly #left: Degraded[] = ['cache', 'model', 'answer']

  constructor(inbound: Inbound, cache: AnswerCache) {
    this.#inbound = inbound
    this.#cache = cache
  }

  /** The next one there is; `made`: attempts so far. */
  async next(made: number): Promise<Substitute | undefined> {
    await this.#inbound.acceptance?.ready()
    for (let kind = this.#left.shift(); kind !== undefined; kind = this.#left.shift()) {
      const substitute = await this.#substitute(kind, made)
      if (substitute !== undefined) return substitute
    }
    return undefined
  }

  async #substitute(kind: Degraded, made: number): Promise<Substitute | undefined> {
    switch (kind) {
      case 'cache': {
        const answer = await this.#cache.find(this.#inbound)
        // What an answer has to be may have changed since.
        return answer !== undefined && isAcceptable(this.#inbound, answer) ? { degraded: kind, answer } : undefined
      }
      case 'model': {
        const inbound = askingSimpler(this.#inbound, made)
        return inbound === undefined ? undefined : { degraded: kind, inbound }
      }
      case 'answer': {
        const answer = fixedAnswerFor(this.#inbound)
        return answer === undefined ? undefined : { degraded: kind, answer }
      }
    }
  }
}

const SUBSTITUTE_VERDICT: FinishedVerdict = { name: 'complete', proof: 'body', stop: 'end' }

/** Whether words that are no model's answer would do as one: JSON where JSON was asked for, and what its caller accepts. */
export function isAcceptable({ facts, acceptance }: Inbound, answer: CoreResponse): boolean {
  const isInForm = !facts.structured || answer.choices.every(({ content }) => isJsonObject(parseJson(textIn(content))))
  return isInForm && acceptance?.judge(answer, SUBSTITUTE_VERDICT, false).rejected === undefined
}

/** As many as OpenAI gives for one request (`n`): a caller's number must not be multiplied by the operator's words without end. */
const MOST_CHOICES = 128

/** The operator's words; `undefined` where there are none, or where they would not do. */
export function fixedAnswerFor(inbound: Inbound): CoreResponse | undefined {
  const text = inbound.degrade?.answer
  const { choices } = inbound.facts
  const answer = text === undefined || choices > MOST_CHOICES ? undefined : fixedAnswer(text, choices)
  return answer !== undefined && isAcceptable(inbound, answer) ? answer : undefined
}

/** Less for the model that was asked, where a simpler one is to have an attempt, but never nothing. */
export function leavingOneForSimpler(inbound: Inbound): Inbound {
  const { policy, simpler, mayStillDie } = inbound
  if (simpler === undefined) return inbound
  const less = (count: number): number => Math.max(1, count - 1)
  return {
    ...inbound,
    policy: { ...policy, attempts: less(policy.attempts) },
    mayStillDie: mayStillDie === undefined ? undefined : less(mayStillDie),
  }
}

function askingSimpler(inbound: Inbound, made: number): Inbound | undefined {
  const { policy, simpler, pin } = inbound
  const attempts = policy.attempts - made
  // What hangs on one provider's storage only that one understands.
  if (simpler === undefined || pin !== undefined || attempts < 1) return undefined
  // Its session stays with the platform of its own model.
  return {
    ...inbound,
    route: simpler,
    session: undefined,
    preferred: undefined,
    simpler: undefined,
    policy: { ...policy, attempts },
  }
}

// ## What is degraded, and what is not

/** Failures of platforms, of keys and accounts, of load and time. What its caller did wrong stays an error. */
const OUTAGES: ReadonlySet<Failure['code']> = new Set([
  'no-complete-answer',
  'overloaded',
  'rate-limited',
  'out-of-time',
  'account-spent',
  'provider-rejected-key',
  'provider-lacks-model',
  'pinned-platform-failed',
  'dies-every-time',
])

const CALLERS_OWN: ReadonlySet<Reason> = new Set(['bad-request', 'policy', 'context-length', 'stopped-by-limit'])

/** Whether something else may be given in an answer's place: not where any platform found fault with the request itself. */
export function isOutage({ code }: Failure, ends: readonly AttemptEnd[]): boolean {
  return OUTAGES.has(code) && !ends.some(({ verdict }) => 'reason' in verdict && CALLERS_OWN.has(verdict.reason))
}
