import { Recent, Slots } from '../../collections/index.ts'
import { FullstopError } from '../../errors.ts'
import type { ApprovalEvidence } from '../../evidence/index.ts'
import type { Clock } from '../../resilience/index.ts'
import { Approval, type ApprovalSubject, type Approver, type Decision } from './approval.ts'
import { canonicalJson, sha256Hex } from '../digest.ts'

/** Exchanges whose answer waits or will wait for a person: in all, and of one client. */
export const WAITING_AT_ONCE = 1_000
export const WAITING_AT_ONCE_PER_CLIENT = 200
/** Requests and answers that wait, together, roughly: two bytes a character. */
export const WAITING_BYTES: number = 128 * 1024 * 1024
/** Decided ones that are listed, without their content; the oldest goes first. */
const RECENT_DECIDED = 200

/** An approval without its content: for whoever may see that there is one. */
export interface ApprovalSummary {
  readonly id: string
  readonly state: 'pending' | ApprovalEvidence['outcome']
  readonly protocol: string
  readonly model: string
  readonly workflow: string | undefined
  readonly platform: string | undefined
  readonly degraded: ApprovalSubject['degraded']
  readonly client: string | undefined
  readonly tenant: string | undefined
  /** Wall clock, ms since the epoch. */
  readonly createdAtMs: number
  readonly expiresAtMs: number
  readonly digest: string
  /** Of one that is over. */
  readonly decision: ApprovalEvidence | undefined
}

/** With what is to be decided about: for approvers. */
export interface ApprovalDetail extends ApprovalSummary {
  readonly request: ApprovalSubject['request']
  readonly answer: ApprovalSubject['answer']
}

/** Of whom somebody sees approvals; left out: of all. */
export interface ApprovalView {
  readonly tenants?: readonly string[] | undefined
  readonly workflows?: readonly string[] | undefined
}

export interface ApprovalsDeps {
  readonly clock: Clock
  /** A new one waits; must return at once. `isPending`: whether it still does. */
  readonly onPending: (summary: ApprovalDetail, isPending: () => boolean) => void
}

/** The answers that wait for a person, in this process's memory: bounded, each for its time, and lost with a restart. */
export class Approvals {
  readonly #deps: ApprovalsDeps
  readonly #slots = new Slots({ total: WAITING_AT_ONCE, perOwner: WAITING_AT_ONCE_PER_CLIENT })
  readonly #pending = new Map<string, Approval>()
  readonly #decided = new Recent<ApprovalSummary>(RECENT_DECIDED)
  #bytes = 0

  constructor(deps: ApprovalsDeps) {
    this.#deps = deps
  }

  /** A place for an answer that is going to wait, and what gives it back. Throws `approvals-full`. */
  reserve(owner: string): () => void {
    const giveBack = this.#slots.take(owner)
    if (giveBack !== undefined) return giveBack
    throw new FullstopError(
      'approvals-full',
      `${WAITING_AT_ONCE} answers, or ${WAITING_AT_ONCE_PER_CLIENT} of this client, wait for a person already.`,
    )
  }

  /** Lets an answer wait. Throws `approvals-full` where there is no room for it. */
  async submit(subject: ApprovalSubject, timeoutMs: number): Promise<Approval> {
    const text = canonicalJson(subject.answer)
    const bytes = 2 * (text.length + JSON.stringify(subject.request).length)
    if (this.#bytes + bytes > WAITING_BYTES)
      throw new FullstopError('approvals-full', `Answers of ${WAITING_BYTES} bytes together wait for a person already.`)
    this.#bytes += bytes
    const digest = await sha256Hex(text)
    const approval = new Approval({ subject, digest, timeoutMs }, this.#deps)
    this.#pending.set(subject.id, approval)
    void approval.result.then(({ evidence }) => {
      this.#bytes -= bytes
      this.#pending.delete(subject.id)
      this.#decided.add(summaryOf(approval, evidence))
    })
    this.#deps.onPending(detailOf(approval), () => approval.isPending)
    return approval
  }

  get pendingCount(): number {
    return this.#pending.size
  }

  /** The oldest first: it is over first. */
  pending(view: ApprovalView): readonly ApprovalSummary[] {
    return [...this.#pending.values()].filter(({ subject }) => isSeen(subject, view)).map((each) => summaryOf(each))
  }

  /** Newest first. */
  decided(view: ApprovalView): readonly ApprovalSummary[] {
    return this.#decided.list(RECENT_DECIDED).filter((each) => isSeen(each, view))
  }

  /** Throws `unknown-approval`; what has been decided has no content any more. */
  get(id: string, view: ApprovalView): ApprovalDetail | ApprovalSummary {
    const pending = this.#pending.get(id)
    if (pending !== undefined && isSeen(pending.subject, view)) return detailOf(pending)
    const decided = this.#decided.find((each) => each.id === id)
    if (decided !== undefined && isSeen(decided, view)) return decided
    throw unknown()
  }

  /** Throws a `FullstopError` that says why it is not decided by this. */
  async decide(id: string, approver: Approver & ApprovalView, decision: Decision): Promise<ApprovalSummary> {
    const approval = this.#pending.get(id)
    if (approval === undefined || !isSeen(approval.subject, approver)) {
      const { state } = this.get(id, approver)
      throw new FullstopError('approval-conflict', `Expected an answer that waits; this one is over (${state}).`)
    }
    await approval.decide(approver, decision)
    const { evidence } = await approval.result
    return summaryOf(approval, evidence)
  }
}

function isSeen(
  { tenant, workflow }: Pick<ApprovalSummary, 'tenant' | 'workflow'>,
  { tenants, workflows }: ApprovalView,
): boolean {
  const isIn = (name: string | undefined, names: readonly string[] | undefined): boolean =>
    names === undefined || (name !== undefined && names.includes(name))
  return isIn(tenant, tenants) && isIn(workflow, workflows)
}

function unknown(): FullstopError {
  return new FullstopError('unknown-approval', 'No answer of this id waits for a person, or did so recently.')
}

function summaryOf(
  { subject, digest, createdAtWallMs, expiresAtWallMs }: Approval,
  decision?: ApprovalEvidence,
): ApprovalSummary {
  const { id, protocol, model, workflow, platform, degraded, client, tenant } = subject
  return {
    id,
    state: decision?.outcome ?? 'pending',
    protocol,
    model,
    workflow,
    platform,
    degraded,
    client,
    tenant,
    createdAtMs: createdAtWallMs,
    expiresAtMs: expiresAtWallMs,
    digest,
    decision,
  }
}

function detailOf(approval: Approval): ApprovalDetail {
  const { request, answer } = approval.subject
  return { ...summaryOf(approval), request, answer }
}
