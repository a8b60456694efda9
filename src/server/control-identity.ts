import { timingSafeEqual } from 'node:crypto'
import { type ApproverConfig, isLoopbackAddress } from '../config/index.ts'
import { type Engine, keyOf } from '../engine/index.ts'
import { sha256Hex } from '../exchange/index.ts'
import { FullstopError } from '../errors.ts'
import { refuseForeignCaller } from './loopback-guard.ts'

/** Who uses the control plane. */
export type ControlIdentity =
  /** Runs this gateway: sees everything that has no content, and decides about no answer. */
  | { readonly kind: 'operator' }
  /** Sees the answers that wait, with their content, and nothing else. */
  | { readonly kind: 'approver'; readonly approver: ApproverConfig }

export interface ControlCaller {
  readonly headers: Headers
  /** `undefined` where the runtime does not know it. */
  readonly remoteAddress: string | undefined
}

/** Who calls: by the key, or the machine itself where there is no control key. Throws where nobody who may. */
export async function identify({ config }: Engine, caller: ControlCaller): Promise<ControlIdentity> {
  const key = keyOf(caller.headers)
  const hash = key === undefined ? undefined : await sha256Hex(key)
  const approver = [...config.approvals.approvers.values()].find(({ keyHash }) => isSame(hash, keyHash))
  if (approver !== undefined) return { kind: 'approver', approver }
  const { keyHash } = config.control
  if (keyHash === undefined) return fromOwnMachine(caller)
  if (hash === undefined)
    throw new FullstopError('missing-key', 'Expected the control key (control.keyHash); the request has none.')
  if (!isSame(hash, keyHash)) throw new FullstopError('unknown-key', 'Expected the control key; another key came.')
  return { kind: 'operator' }
}

function fromOwnMachine({ headers, remoteAddress }: ControlCaller): ControlIdentity {
  if (remoteAddress === undefined || !isLoopbackAddress(remoteAddress))
    throw new FullstopError('host-not-allowed', 'The control plane has no key, so only the machine itself may use it.')
  const foreign = refuseForeignCaller(headers)
  if (foreign !== undefined) throw foreign
  return { kind: 'operator' }
}

function isSame(hash: string | undefined, keyHash: string): boolean {
  return hash !== undefined && timingSafeEqual(Buffer.from(hash), Buffer.from(keyHash))
}
