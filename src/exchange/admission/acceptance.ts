import {
  type FinishedVerdict,
  type Label,
  toLabel,
  type Unchecked,
  type UnfinishedVerdict,
} from '../../evidence/index.ts'
import {
  type AnswerTerms,
  type Checked,
  type CoreChoice,
  type CoreResponse,
  isClientCall,
  type Json,
  jsonInput,
  parseJson,
  type RequestFacts,
  textIn,
  type ToolCallPart,
} from '../../protocols/core/index.ts'
import type { AnswerJudge, Finding, SchemaJudge } from '../ports.ts'
import { isWritable } from '../digest.ts'
import type { Policy } from './routing.ts'

/** What a finished answer proved to be beyond that. */
export interface Judgement {
  /** Why it counts as a failed attempt. */
  readonly rejected?: UnfinishedVerdict
  /** Why it was not held to a schema of its caller's. */
  readonly unchecked?: Unchecked
}

export interface AcceptanceOptions {
  readonly policy: Policy
  readonly facts: RequestFacts
  /** A caller in this process judges itself what it asked for. */
  readonly judge: AnswerJudge | undefined
  /** Reads what the request asks for; once, when an answer is to be judged by it. */
  readonly readTerms: () => Checked<AnswerTerms>
}

const WILL_DO: Judgement = {}
const UNREADABLE: Judgement = { rejected: { name: 'malformed', reason: 'not-this-protocol' } }
/** Instead of a path into a schema. */
const NOT_JSON = toLabel('not-json')

/**
 * What a finished answer has to be to count as one: stopped by no limit, where the policy takes only whole answers; what its
 * workflow, its caller and the tools that it calls have schemas for. Each attempt's answer is judged before what its proof
 * releases is delivered.
 */
export class Acceptance {
  /** What has to be read of an answer: all of it, calls alone, or only how it ended. */
  readonly reads: 'all' | 'calls' | 'nothing'
  /** Its words may be refused, which nobody can say of a part of them. */
  readonly judgesText: boolean
  readonly #options: AcceptanceOptions
  readonly #schemas: SchemaJudge
  #terms: Checked<AnswerTerms> | undefined

  /** `undefined` where every finished answer will do. */
  static of(options: AcceptanceOptions, schemas: SchemaJudge): Acceptance | undefined {
    const { policy, facts, judge } = options
    const { limited, schema, needsApproval } = policy
    const readsText = judge !== undefined || schema !== undefined || facts.structured || needsApproval
    if (!readsText && !judgesCalls(options) && limited === 'pass') return undefined
    return new Acceptance(options, schemas)
  }

  private constructor(options: AcceptanceOptions, schemas: SchemaJudge) {
    const { policy, facts, judge } = options
    this.#options = options
    this.#schemas = schemas
    this.judgesText = judge !== undefined || policy.schema !== undefined || facts.structured
    // A person reads it too.
    const readsText = this.judgesText || policy.needsApproval
    this.reads = readsText ? 'all' : judgesCalls(options) ? 'calls' : 'nothing'
  }

  /** Has to be waited for before `judge`; `undefined` where there is nothing to wait for. */
  ready(): Promise<void> | undefined {
    return this.reads === 'nothing' ? undefined : this.#schemas.ready()
  }

  /**
   * `answer`: as much of it as `reads` says; `undefined` where that is not there. `hasDelivered`: some of its content is with
   * the client.
   */
  judge(answer: CoreResponse | undefined, verdict: FinishedVerdict, hasDelivered: boolean): Judgement {
    if (verdict.stop === 'limit' && this.#isRefusedAsLimited(hasDelivered))
      return { rejected: { name: 'limited', reason: 'stopped-by-limit' } }
    if (answer === undefined) return this.reads === 'all' ? UNREADABLE : WILL_DO
    const { judge, policy } = this.#options
    if (policy.needsApproval && !isWritable(answer)) return UNREADABLE
    const reason = judge?.(answer, verdict)
    if (reason !== undefined) return { rejected: { name: 'malformed', reason } }
    return this.#bySchemas(answer)
  }

  /**
   * With text delivered, the provider's own word for it is the honest ending: breaking off would only make clients ask again
   * for what stops at the same limit. Who wants that all the same says `error`.
   */
  #isRefusedAsLimited(hasDelivered: boolean): boolean {
    const { limited } = this.#options.policy
    return limited === 'error' || (limited === 'reroute' && !hasDelivered)
  }

  // ## Schemas

  #bySchemas({ choices }: CoreResponse): Judgement {
    let unchecked: Unchecked | undefined
    for (const choice of choices)
      for (const { reason, finding } of this.#findingsIn(choice)) {
        if (finding.unchecked === undefined) return { rejected: toRejection(reason, finding.violation) }
        unchecked ??= finding.unchecked
      }
    return unchecked === undefined ? WILL_DO : { unchecked }
  }

  *#findingsIn(choice: CoreChoice): Generator<Found> {
    const calls = choice.content.filter(isClientCall)
    // Words beside a call, a refusal and what stopped in the middle are not the answer that was asked for.
    const isAnswer = calls.length === 0 && (choice.stop.kind === 'end' || choice.stop.kind === 'stop-sequence')
    const finding = isAnswer ? this.#findingInText(choice) : undefined
    if (finding !== undefined) yield { reason: 'schema-violation', finding }
    if (!judgesCalls(this.#options)) return
    for (const call of calls) {
      const found = this.#findingInCall(call)
      if (found !== undefined) yield { reason: 'arguments-violation', finding: found }
    }
  }

  #findingInText({ content }: CoreChoice): Finding | undefined {
    const { policy, facts, judge } = this.#options
    const byCaller = facts.structured && judge === undefined
    if ((policy.schema === undefined && !byCaller) || content.some(({ type }) => type === 'refusal')) return undefined
    const text = textIn(content)
    const value = parseJson(text)
    const finding =
      policy.schema === undefined
        ? undefined
        : value === undefined
          ? { violation: NOT_JSON }
          : this.#schemas.judge(value, policy.schema)
    return finding ?? (byCaller ? this.#findingByCaller(value, text.length) : undefined)
  }

  #findingByCaller(value: Json | undefined, length: number): Finding | undefined {
    const terms = this.#readTerms()
    if (!terms.ok) return { unchecked: 'not-compilable' }
    const { format } = terms.value
    // A kind of output that is not JSON (one word out of a list), which only its own protocol knows.
    if (format === undefined) return undefined
    if (value === undefined) return { violation: NOT_JSON }
    return format.type === 'json' ? undefined : this.#schemas.judgeBounded(value, length, format.schema)
  }

  #findingInCall({ kind, name, input }: ToolCallPart): Finding | undefined {
    if (kind !== 'json') return undefined
    const terms = this.#readTerms()
    if (!terms.ok) return { unchecked: 'not-compilable' }
    const tool = terms.value.tools.find((each) => each.kind === 'json' && each.name === name)
    // Tools whose schema only the provider knows, or that nobody has declared: for whoever runs them to judge.
    if (tool?.kind !== 'json') return undefined
    const args = parseJson(jsonInput(input))
    if (args === undefined) return undefined
    const finding = this.#schemas.judgeBounded(args, input.length, tool.schema)
    if (finding?.violation === undefined) return finding
    return { violation: toLabel(`${toLabel(name) ?? '_'}${finding.violation}`) ?? finding.violation }
  }

  #readTerms(): Checked<AnswerTerms> {
    this.#terms ??= this.#options.readTerms()
    return this.#terms
  }
}

interface Found {
  readonly reason: 'schema-violation' | 'arguments-violation'
  readonly finding: Finding
}

function judgesCalls({ facts, policy }: Pick<AcceptanceOptions, 'facts' | 'policy'>): boolean {
  return facts.tools && policy.toolArguments === 'enforce'
}

function toRejection(reason: Found['reason'], violation: Label | undefined): UnfinishedVerdict {
  return { name: 'malformed', reason, ...(violation !== undefined && { violation }) }
}
