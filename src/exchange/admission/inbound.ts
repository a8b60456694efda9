import { FullstopError } from '../../errors.ts'
import type { Address, OutputFormat, Protocol, RequestFacts } from '../../protocols/core/index.ts'
import type { Clock } from '../../resilience/index.ts'
import type { Repeats } from '../memory/repeats.ts'
import type { Origins } from '../memory/origins.ts'
import type { SessionKey, Sessions } from '../memory/sessions.ts'
import type { Operation } from '../operations/operation.ts'
import type { Conditions, IncomingRequest, SchemaJudge } from '../ports.ts'
import type { RequestId } from '../replay/loop-guard.ts'
import { readIdempotencyKey, readReplay } from '../replay/request-headers.ts'
import { Acceptance } from './acceptance.ts'
import { type CallLabels, clientTimeoutMs, readLabels, readRetryCount, sessionOf } from './call-headers.ts'
import { bounded, type InboundBody, readBody } from './inbound-body.ts'
import { findPin, type Pin } from './pin.ts'
import { resolvePolicy, unknownModel, withinConditions } from './policy.ts'
import type { ApprovalTerms, Caller, DegradeTerms, Policy, Route, Routing } from './routing.ts'

/** A request that was understood and has somewhere to go. */
export interface Inbound {
  readonly id: string
  /** What the client speaks. */
  readonly protocol: Protocol
  readonly operation: Operation
  readonly facts: RequestFacts
  /** The logical model; a workflow may have set it. */
  readonly model: string
  readonly route: Route
  /** Where it must go, if anywhere. */
  readonly pin: Pin | undefined
  /** Under which its session is remembered; `undefined` where it has none. */
  readonly session: SessionKey | undefined
  /** The name of the platform that answered its session last. */
  readonly preferred: string | undefined
  readonly policy: Policy
  /** What its answer has to be beyond finished; `undefined`: nothing. */
  readonly acceptance: Acceptance | undefined
  /** Somebody has to see the answer in the core's words before or after it is delivered. */
  readonly needsAnswer: boolean
  /** What is given where everything else failed. */
  readonly degrade: DegradeTerms | undefined
  /** Where the simpler model is, which is asked last. */
  readonly simpler: Route | undefined
  /** Its answer waits for a person, under these terms. */
  readonly approval: ApprovalTerms | undefined
  /** A platform that refuses the request may get it without its format. */
  readonly isFormatOptional: boolean
  /** The workflow's, where the request asks for none. */
  readonly format: OutputFormat | undefined
  readonly caller: Caller
  readonly labels: CallLabels
  readonly headers: Headers
  readonly signal: AbortSignal
  /** On the clock's monotonic and wall time. */
  readonly receivedAtMs: number
  readonly receivedAtWallMs: number
  readonly deadlineAtMs: number
  /** Until when its client waits: the deadline, unless the exchange is to outlive its client. */
  readonly awaitedUntilMs: number
  /** The client allows less time than the policy. */
  readonly hasOwnDeadline: boolean
  /** How often the client says that it has tried this already. */
  readonly clientRetry: number | undefined
  /** Requests like this one, from the same client, that failed within the last minute. */
  readonly repeats: number
  /** The client's own word for the request, under which it may be sent again. */
  readonly idempotencyKey: string | undefined
  /** The answer may be finished, kept and replayed where Fullstop breaks it off. */
  readonly mayReplay: boolean
  /** Of a request like one that failed lately: what identifies it. */
  readonly replayId: RequestId | undefined
  /** So many of its answers may still die before no further attempt is made; `undefined`: as many as there are attempts. */
  readonly mayStillDie: number | undefined
  /** The exchange that broke off and is finished by this one, for which nobody waits. */
  readonly finishOf: string | undefined
  readonly body: InboundBody
  /** The body goes out as it was read here: of a name that stands twice, say, a provider may take the other one. */
  readonly sendsAsRead: boolean
}

export interface AdmitOptions {
  readonly id: string
  readonly request: IncomingRequest
  readonly protocol: Protocol
  readonly operation: Operation
  /** What the request's own address says, where its protocol says it there. */
  readonly address: Address | undefined
  readonly routing: Routing
  readonly caller: Caller
  readonly bodyLimitBytes: number
  readonly conditions?: Conditions | undefined
}

export interface AdmitDeps {
  readonly clock: Clock
  readonly origins: Origins
  readonly sessions: Sessions
  readonly repeats: Repeats
  readonly schemas: SchemaJudge
}

/** Reads and understands a request once. Throws a `FullstopError` that says what is wrong with it. */
export async function admit(options: AdmitOptions, deps: AdmitDeps): Promise<Inbound> {
  const { clock, origins, sessions, repeats, schemas } = deps
  const { id, request, protocol, operation, address, routing, caller } = options
  const { headers, signal } = request
  const receivedAtMs = clock.nowMs()
  const receivedAtWallMs = clock.wallMs()
  const idempotencyKey = readIdempotencyKey(headers)
  const mayReplay = readReplay(headers)
  // Nothing but the body may hold what was parsed: closures here live as long as the exchange.
  const body = await readBody(request, options, clock)
  const inspected = bounded(() => operation.inspect(protocol, body.json, address))
  if (!inspected.ok)
    throw new FullstopError('invalid-request', `${inspected.problem.field}: ${inspected.problem.message}`)
  const facts = inspected.value
  const ownTimeoutMs = Math.min(clientTimeoutMs(headers), options.conditions?.deadlineMs ?? Number.POSITIVE_INFINITY)
  const { policy: base, model } = resolvePolicy(headers, facts.model, routing, caller)
  const policy = withinConditions(base, options.conditions)
  const acceptance =
    operation.name === 'answer'
      ? Acceptance.of(
          { policy, facts, judge: options.conditions?.accept, readTerms: () => protocol.readTerms(body.json) },
          schemas,
        )
      : undefined
  const format = operation.name === 'answer' && !facts.structured ? policy.format : undefined
  const ready = acceptance?.ready()
  if (ready !== undefined) await ready
  const route = routing.route(model, protocol.name)
  if (route === undefined) throw unknownModel(model, routing)
  const references = bounded(() => operation.findState(protocol, body.json, body.text))
  const { hasTenants } = routing
  const deadlineAtMs = receivedAtMs + Math.min(policy.deadlineMs, ownTimeoutMs)
  const isAnswer = operation.name === 'answer'
  const approval = isAnswer && policy.needsApproval ? policy.approval : undefined
  if (approval !== undefined && !routing.canApprove) throw cannotApprove()
  const degrade = isAnswer ? policy.degrade : undefined
  const simpler = degrade?.model === undefined ? undefined : routing.route(degrade.model, protocol.name)
  const session = route.affinity === 'session' ? sessionOf(headers, facts, caller, model) : undefined
  return {
    id,
    protocol,
    operation,
    facts,
    model,
    route: operation.mayFallBack ? route : { ...route, stages: route.stages.slice(0, 1) },
    pin: findPin({ references, protocol, route, caller, hasTenants }, origins),
    session,
    preferred: session === undefined ? undefined : sessions.platformOf(session),
    policy,
    acceptance,
    needsAnswer:
      acceptance?.reads === 'all' ||
      approval !== undefined ||
      degrade?.cacheMs !== undefined ||
      (isAnswer && policy.limited === 'continue'),
    degrade,
    simpler: simpler === undefined ? undefined : { ...simpler, stages: simpler.stages.slice(0, 1) },
    approval,
    isFormatOptional: options.conditions?.isFormatOptional ?? format !== undefined,
    format,
    caller,
    labels: readLabels(headers),
    headers,
    signal,
    receivedAtMs,
    receivedAtWallMs,
    deadlineAtMs,
    awaitedUntilMs: deadlineAtMs,
    hasOwnDeadline: ownTimeoutMs < base.deadlineMs,
    clientRetry: readRetryCount(headers),
    repeats: repeats.of(ownerOf(caller), body.text),
    idempotencyKey: policy.replay === 'off' ? undefined : idempotencyKey,
    mayReplay: policy.replay === 'on' && operation.name === 'answer' && mayReplay,
    replayId: undefined,
    mayStillDie: undefined,
    finishOf: undefined,
    body,
    sendsAsRead: hasTenants,
  }
}

function cannotApprove(): FullstopError {
  return new FullstopError(
    'approval-not-possible',
    'The profile critical lets a person decide about each answer, and nobody here could.',
  )
}

/** Whose requests are compared with each other. */
export function ownerOf({ tenant, client }: Caller): string {
  return JSON.stringify([tenant ?? null, client ?? null])
}
