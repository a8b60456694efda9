import { FullstopError } from '../../errors.ts'
import type { Conditions } from '../ports.ts'
import type { Caller, Policy, Routing } from './routing.ts'

/**
 * The workflow's policy, else the defaults, as headers tighten it, and the model that is asked. Throws `workflow-not-allowed`,
 * `unknown-workflow`, or `invalid-request`.
 */
export function resolvePolicy(
  headers: Headers,
  requested: string,
  routing: Routing,
  caller: Caller,
): { readonly policy: Policy; readonly model: string } {
  const name = headers.get('x-fullstop-workflow')
  if (name === null && caller.workflows !== undefined)
    throw new FullstopError('workflow-not-allowed', 'This key is for named workflows; x-fullstop-workflow is missing.')
  if (name !== null && caller.workflows !== undefined && !caller.workflows.includes(name))
    throw new FullstopError('workflow-not-allowed', `This key may not use the workflow that x-fullstop-workflow names.`)
  const workflow = name === null ? undefined : routing.workflow(name)
  if (name !== null && workflow === undefined)
    throw new FullstopError('unknown-workflow', `x-fullstop-workflow: no workflow ${quoted(name)} is configured.`)
  const base = workflow ?? routing.defaults
  const profiled = underProfile(base, headers.get('x-fullstop-profile'), routing)
  return {
    policy: tightened(profiled, headers.get('x-fullstop-delivery')),
    model: workflow?.model ?? requested,
  }
}

/** A profile in a header adds what it protects from, and takes nothing away: the policy is the operator's word. */
function underProfile(policy: Policy, name: string | null, routing: Routing): Policy {
  if (name === null) return policy
  const profile = routing.profile(name)
  if (profile === undefined)
    throw new FullstopError(
      'invalid-request',
      `x-fullstop-profile: expected prototype, batch, internal, customer or critical; ${quoted(name)} came.`,
    )
  const limited = stricter(policy.limited, profile.limited)
  const stricted = limited === policy.limited ? policy : { ...policy, limited }
  const approved = profile.needsApproval && !policy.needsApproval ? awaitingApproval(stricted) : stricted
  if (!profile.overloadControl || approved.overloadControl) return approved
  const { attempts, deadlineMs } = approved
  return {
    ...approved,
    overloadControl: true,
    attempts: Math.min(attempts, profile.attempts),
    deadlineMs: Math.min(deadlineMs, profile.deadlineMs),
  }
}

function stricter(one: Policy['limited'], other: Policy['limited']): Policy['limited'] {
  return LIMITED.indexOf(one) > LIMITED.indexOf(other) ? one : other
}

/** From the loosest to the tightest, as the deliveries are. */
const LIMITED: readonly Policy['limited'][] = ['pass', 'continue', 'reroute', 'error']

/** Nothing can be taken back from a client, so nothing is delivered before it is approved. */
function awaitingApproval(policy: Policy): Policy {
  return { ...policy, needsApproval: true, delivery: 'hold' }
}

/** From the loosest to the tightest. */
const DELIVERIES: readonly Policy['delivery'][] = ['live', 'guarded', 'hold']

/** A header may tighten: `hold` over `guarded` over `live`. The reverse is ignored, as the policy is the operator's word. */
function tightened(policy: Policy, asked: string | null): Policy {
  if (asked === null || asked === policy.delivery) return policy
  const delivery = DELIVERIES.find((each) => each === asked)
  if (delivery === undefined)
    throw new FullstopError(
      'invalid-request',
      `x-fullstop-delivery: expected hold, guarded or live; ${quoted(asked)} came.`,
    )
  return DELIVERIES.indexOf(delivery) > DELIVERIES.indexOf(policy.delivery) ? { ...policy, delivery } : policy
}

/** Conditions tighten, as headers do. */
export function withinConditions(policy: Policy, conditions: Conditions | undefined): Policy {
  if (conditions === undefined) return policy
  const { attempts = policy.attempts, deadlineMs = policy.deadlineMs } = conditions
  return {
    ...policy,
    // A caller that gets a bare value could not tell it from the real one.
    degrade: undefined,
    attempts: Math.min(attempts, policy.attempts),
    deadlineMs: Math.min(deadlineMs, policy.deadlineMs),
  }
}

export function unknownModel(model: string, { modelNames, prefixes }: Routing): FullstopError {
  const some = modelNames.slice(0, 10).join(', ')
  const known = [
    ...(some === '' ? [] : [`configured: ${some}${modelNames.length > 10 ? ', …' : ''}`]),
    ...(prefixes.length === 0 ? [] : [`passed through: names that begin with ${prefixes.join(', ')}`]),
  ]
  const all = known.length === 0 ? 'none is configured' : known.join('; ')
  return new FullstopError('unknown-model', `model: ${quoted(model)} is not one of the models here (${all}).`)
}

/** A caller's own word in a message, short and on one line. */
function quoted(value: string): string {
  return JSON.stringify(value.length > 64 ? `${value.slice(0, 64)}…` : value)
}
