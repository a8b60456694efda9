import { type Inbound, ownerOf } from '../admission/inbound.ts'
import { bounded } from '../admission/inbound-body.ts'
import { canonicalJson, sha256Hex } from '../digest.ts'

/**
 * Under which a key is known: a tenant's client, a route and the key. What a person has to approve of is apart: an answer
 * that nobody looked at is not given in its place. So is what takes no half answer.
 */
export function keyScope(inbound: Inbound, key: string): string {
  const { caller, protocol, operation } = inbound
  return JSON.stringify([
    'key',
    ownerOf(caller),
    protocol.name,
    operation.name,
    isLookedAt(inbound),
    takesHalf(inbound),
    key,
  ])
}

/** Among which requests without a key are compared: of one tenant's client, one route, and one call of its agent. */
export function cutScope(inbound: Inbound): string {
  const { caller, protocol, operation, model, labels } = inbound
  const { workflow, run, step, session } = labels
  const route = [ownerOf(caller), protocol.name, operation.name, isLookedAt(inbound), takesHalf(inbound)]
  return JSON.stringify(['cut', ...route, model, workflow, run, step, session])
}

function isLookedAt({ approval }: Inbound): boolean {
  return approval !== undefined
}

/** A request's headers may be stricter about what a limit stopped. */
function takesHalf({ policy: { limited } }: Inbound): boolean {
  return limited === 'pass' || limited === 'continue'
}

/**
 * SHA-256, in hexadecimal, of what makes two requests of one route the same: all of the body but how its answer is to be
 * framed, in whatever order its keys come, and what the address and the headers say that changes the answer.
 */
export async function identityOf(inbound: Inbound): Promise<string> {
  const { protocol, facts, labels, headers, body } = inbound
  const { stream: _stream, stream_options: _options, ...asked } = body.json
  // Where the address says whether it is streamed, the body does not.
  const content = protocol.modelField === undefined ? body.json : asked
  const sent = protocol.requestHeaders({ apiKey: undefined, clientHeaders: headers })
  const all = [facts.model, labels.workflow ?? null, sent, content] as const
  return sha256Hex(bounded(() => canonicalJson(all)))
}
