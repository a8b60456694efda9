import type { ApprovalEvidence, Degraded } from '../../evidence/index.ts'
import type { CoreResponse } from '../../protocols/core/index.ts'
import { type Inbound, ownerOf } from '../admission/inbound.ts'
import { bounded } from '../admission/inbound-body.ts'
import type { ApprovalTerms } from '../admission/routing.ts'
import { canonicalJson } from '../digest.ts'
import type { Approval, Resolution } from './approval.ts'
import type { Approvals } from './approvals.ts'

export interface AwaitedOptions {
  /** `provider/model` that gave the answer. */
  readonly platform: string | undefined
  readonly degraded: Degraded | undefined
  /** Whether other words would do in the answer's place. */
  readonly accepts: (answer: CoreResponse) => boolean
}

/** The part of one exchange in which its answer waits for a person. */
export class AwaitedApproval {
  readonly #inbound: Inbound
  readonly #terms: ApprovalTerms
  readonly #approvals: Approvals
  #giveBack: (() => void) | undefined
  #approval: Approval | undefined
  /** Nobody waits any more, perhaps since before it began. */
  #ended: 'cancelled' | 'shutdown' | undefined

  constructor(inbound: Inbound, terms: ApprovalTerms, approvals: Approvals) {
    this.#inbound = inbound
    this.#terms = terms
    this.#approvals = approvals
  }

  /** Before anything is asked for that nobody could look at. Throws `approvals-full`, or `invalid-request`. */
  reserve(): void {
    if (this.#giveBack !== undefined) return
    const { caller, body } = this.#inbound
    bounded(() => canonicalJson(body.json))
    this.#giveBack = this.#approvals.reserve(ownerOf(caller))
  }

  /** The deadline of the exchange does not count this time. Throws `approvals-full`. */
  async of(answer: CoreResponse, { platform, degraded, accepts }: AwaitedOptions): Promise<Resolution> {
    const { id, protocol, model, labels, caller, body } = this.#inbound
    const { client, tenant, keyHash } = caller
    const subject = {
      id,
      protocol: protocol.name,
      model,
      workflow: labels.workflow,
      platform,
      degraded,
      client,
      clientKeyHash: keyHash,
      tenant,
      request: body.json,
      answer,
      accepts,
    }
    this.#approval = await this.#approvals.submit(subject, this.#terms.timeoutMs)
    if (this.#ended !== undefined) this.#approval.cancel(this.#ended)
    return this.#approval.result
  }

  /** Once it has come out. */
  get evidence(): ApprovalEvidence | undefined {
    return this.#approval?.evidence
  }

  get onTimeout(): ApprovalTerms['onTimeout'] {
    return this.#terms.onTimeout
  }

  cancel(outcome: 'cancelled' | 'shutdown'): void {
    this.#ended ??= outcome
    this.#approval?.cancel(outcome)
  }

  /** The exchange is over, whatever became of it. */
  over(): void {
    this.#giveBack?.()
  }
}
