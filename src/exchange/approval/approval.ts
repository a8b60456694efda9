import { FullstopError } from '../../errors.ts'
import {
  type ApprovalEvidence,
  type ApprovalOutcome,
  type Degraded,
  type Label,
  toLabel,
} from '../../evidence/index.ts'
import type { CoreResponse, JsonObject } from '../../protocols/core/index.ts'
import type { Clock } from '../../resilience/index.ts'
import { canonicalJson, sha256Hex } from '../digest.ts'
import { editedAnswer } from './edited-answer.ts'

/** Who decides. */
export interface Approver {
  /** Configured. */
  readonly name: string
  readonly keyHash: string
}

/** About the answer that has this digest. */
export type Decision =
  | { readonly decision: 'approve'; readonly digest: string }
  | { readonly decision: 'edit'; readonly digest: string; readonly text: string }
  /** `reason`: for the caller. */
  | { readonly decision: 'reject'; readonly digest: string; readonly reason?: string | undefined }

/** What an approval is about. */
export interface ApprovalSubject {
  /** Of the exchange, and of the approval. */
  readonly id: string
  readonly protocol: string
  readonly model: string
  readonly workflow: string | undefined
  readonly platform: string | undefined
  readonly degraded: Degraded | undefined
  readonly client: string | undefined
  readonly clientKeyHash: string | undefined
  readonly tenant: string | undefined
  /** As the client sent it. */
  readonly request: JsonObject
  /** What is delivered if it is approved. */
  readonly answer: CoreResponse
  /** Whether other words would do in its place. */
  readonly accepts: (answer: CoreResponse) => boolean
}

/** How it came out, for who waits for the answer. */
export interface Resolution {
  readonly evidence: ApprovalEvidence
  /** What may be delivered; `undefined`: nothing. */
  readonly answer: CoreResponse | undefined
  /** The approver's words for the caller. */
  readonly reason: string | undefined
}

export interface ApprovalOptions {
  readonly subject: ApprovalSubject
  /** Of `subject.answer`. */
  readonly digest: Label
  /** From now, ms. */
  readonly timeoutMs: number
}

/**
 * One answer that waits for a person. It ends once: by a decision, by its time, by its client or with the process; whatever
 * comes later is told that it is over. A decision counts for the answer with the digest that it names and for no other.
 */
export class Approval {
  readonly subject: ApprovalSubject
  readonly digest: Label
  readonly createdAtWallMs: number
  readonly expiresAtWallMs: number
  readonly result: Promise<Resolution>
  readonly #clock: Clock
  readonly #createdAtMs: number
  readonly #cancelTimer: () => void
  #resolve: (resolution: Resolution) => void = () => undefined
  #evidence: ApprovalEvidence | undefined

  constructor({ subject, digest, timeoutMs }: ApprovalOptions, { clock }: { readonly clock: Clock }) {
    this.subject = subject
    this.digest = digest
    this.#clock = clock
    this.#createdAtMs = clock.nowMs()
    this.createdAtWallMs = clock.wallMs()
    this.expiresAtWallMs = this.createdAtWallMs + timeoutMs
    this.result = new Promise((resolve) => {
      this.#resolve = resolve
    })
    this.#cancelTimer = clock.setTimer(() => this.#end('timed-out', {}), timeoutMs)
  }

  get isPending(): boolean {
    return this.#evidence === undefined
  }

  /** How it came out; `undefined` while it waits. */
  get evidence(): ApprovalEvidence | undefined {
    return this.#evidence
  }

  // ## Pending → approved, edited, rejected

  /** Throws a `FullstopError` where this approver, or this decision, will not do; nothing has changed then. */
  async decide(approver: Approver, decision: Decision): Promise<void> {
    this.#refuseSelf(approver)
    this.#expectPending()
    if (decision.digest !== this.digest)
      throw new FullstopError('approval-conflict', 'digest: expected the one of the answer that waits; another came.')
    const { answer, accepts } = this.subject
    switch (decision.decision) {
      case 'approve':
        return this.#end('approved', { approver, answer })
      case 'reject':
        return this.#end('rejected', { approver, reason: decision.reason })
      case 'edit': {
        const edited = editedAnswer(answer, decision.text)
        if (!accepts(edited))
          throw new FullstopError(
            'invalid-request',
            'text: expected what the request asked for (its format); got something else.',
          )
        const editedDigest = await sha256Hex(canonicalJson(edited))
        // Somebody may have been faster.
        this.#expectPending()
        return this.#end('edited', { approver, answer: edited, editedDigest })
      }
    }
  }

  /** Whoever asked, under whatever name or key, does not decide. */
  #refuseSelf({ name, keyHash }: Approver): void {
    const { client, clientKeyHash } = this.subject
    if (name !== client && keyHash !== clientKeyHash) return
    throw new FullstopError('self-approval', 'The one who asked cannot decide about the answer.')
  }

  #expectPending(): void {
    if (this.#evidence === undefined) return
    const { outcome } = this.#evidence
    throw new FullstopError('approval-conflict', `Expected an answer that waits; this one is over (${outcome}).`)
  }

  // ## Pending → cancelled, shutdown

  /** Nobody waits for the answer any longer. */
  cancel(outcome: 'cancelled' | 'shutdown'): void {
    this.#end(outcome, {})
  }

  // ## Pending → timed-out is the timer's

  #end(outcome: ApprovalOutcome, { approver, answer, reason, editedDigest }: Ending): void {
    if (this.#evidence !== undefined) return
    this.#cancelTimer()
    this.#evidence = {
      outcome,
      waitedMs: this.#clock.nowMs() - this.#createdAtMs,
      approver: toLabel(approver?.name),
      digest: this.digest,
      editedDigest,
    }
    this.#resolve({ evidence: this.#evidence, answer, reason })
  }
}

interface Ending {
  readonly approver?: Approver
  readonly answer?: CoreResponse
  readonly reason?: string | undefined
  readonly editedDigest?: Label
}
