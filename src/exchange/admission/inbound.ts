import { FullstopError } from '../../errors.ts'
import { toLabel } from '../../evidence/index.ts'
import {
  type Address,
  type Checked,
  type CoreRequest,
  isJsonObject,
  type JsonObject,
  type OutputFormat,
  parseJson,
  type Protocol,
  type RequestFacts,
} from '../../protocols/core/index.ts'
import type { Clock } from '../../resilience/index.ts'
import type { Repeats } from '../memory/repeats.ts'
import type { Origins } from '../memory/origins.ts'
import type { SessionKey, Sessions } from '../memory/sessions.ts'
import type { Operation } from '../operations/operation.ts'
import type { Conditions, IncomingRequest, SchemaJudge } from '../ports.ts'
import type { RequestId } from '../replay/loop-guard.ts'
import { readIdempotencyKey, readReplay } from '../replay/request-headers.ts'
import { Acceptance } from './acceptance.ts'
import { readBounded } from './bounded-body.ts'
import { findPin, type Pin } from './pin.ts'
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
  /** The exchange that broke off and is finished by this one, for which nobody waits. */
  readonly finishOf: string | undefined
  readonly body: InboundBody
  /** The body goes out as it was read here: of a name that stands twice, say, a provider may take the other one. */
  readonly sendsAsRead: boolean
}

/** What the caller says about the call, as far as it is a short machine word. */
export interface CallLabels {
  readonly workflow: string | undefined
  readonly run: string | undefined
  readonly step: string | undefined
  readonly session: string | undefined
}

/** The body as it came. What was made of it is let go of while an answer is waited for, and made again where it is needed. */
export class InboundBody {
  readonly text: string
  readonly #parse: (json: JsonObject) => Checked<CoreRequest>
  #json: JsonObject | undefined
  #core: CoreRequest | undefined

  /** `json`: the text, parsed. */
  constructor(text: string, json: JsonObject, parse: (json: JsonObject) => Checked<CoreRequest>) {
    this.text = text
    this.#json = json
    this.#parse = parse
  }

  get json(): JsonObject {
    this.#json ??= parsedAgain(this.text)
    return this.#json
  }

  /** It was sent: requests may be large, and answers take long. */
  release(): void {
    this.#json = undefined
    this.#core = undefined
  }

  /** Throws `invalid-request` where the request is not one of its protocol. */
  core(): CoreRequest {
    if (this.#core !== undefined) return this.#core
    const parsed = this.#parse(this.json)
    if (!parsed.ok) throw new FullstopError('invalid-request', `${parsed.problem.field}: ${parsed.problem.message}`)
    this.#core = parsed.value
    return parsed.value
  }
}

function parsedAgain(text: string): JsonObject {
  const json = parseJson(text)
  if (!isJsonObject(json)) throw new Error('a body that was an object is none any more')
  return json
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
    finishOf: undefined,
    body,
    sendsAsRead: hasTenants,
  }
}

/** Bodies are gone through by recursion, and nobody needs thousands of levels. */
export function bounded<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (error instanceof RangeError) throw new FullstopError('invalid-request', 'The body is nested too deeply.')
    throw error
  }
}

/** Longer words for a session are not kept. */
const LONGEST_SESSION = 256

/** The caller's word in the header, else what its protocol or its agent has for one (Codex sends `session_id`). */
function sessionOf(headers: Headers, facts: RequestFacts, { tenant }: Caller, model: string): SessionKey | undefined {
  const session = headers.get('x-fullstop-session') ?? facts.session ?? headers.get('session_id')
  if (session === null || session === '' || session.length > LONGEST_SESSION) return undefined
  return { tenant, model, session }
}

/** A request has this long to arrive whole, ms. */
const REQUEST_BODY_MS = 120_000

async function readBody(
  request: IncomingRequest,
  { bodyLimitBytes, operation, protocol, address }: AdmitOptions,
  clock: Clock,
): Promise<InboundBody> {
  const text = await readBounded(request, { limitBytes: bodyLimitBytes, limitMs: REQUEST_BODY_MS }, clock)
  const json = parseJson(text)
  if (isJsonObject(json))
    return new InboundBody(text, json, (own) => bounded(() => operation.parse(protocol, own, address)))
  if (text === '') throw new FullstopError('invalid-json', 'Expected a JSON object as the body; it is empty.')
  const came =
    json === undefined
      ? 'something that is not JSON'
      : Array.isArray(json)
        ? 'an array'
        : `a ${json === null ? 'null' : typeof json}`
  throw new FullstopError(
    'invalid-json',
    `Expected a JSON object as the body; ${came} of ${text.length} characters came.`,
  )
}

function readLabels(headers: Headers): CallLabels {
  return {
    workflow: toLabel(headers.get('x-fullstop-workflow')),
    run: toLabel(headers.get('x-fullstop-run')),
    step: toLabel(headers.get('x-fullstop-step')),
    session: toLabel(headers.get('x-fullstop-session')),
  }
}

function resolvePolicy(
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

function cannotApprove(): FullstopError {
  return new FullstopError(
    'approval-not-possible',
    'The profile critical lets a person decide about each answer, and nobody here could.',
  )
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
function withinConditions(policy: Policy, conditions: Conditions | undefined): Policy {
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

/** The Stainless SDKs say how long they will wait, in seconds. */
function clientTimeoutMs(headers: Headers): number {
  const seconds = Number(headers.get('x-stainless-timeout') ?? Number.NaN)
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1_000 : Number.POSITIVE_INFINITY
}

/** The Stainless SDKs number their own retries, the first request being 0. */
function readRetryCount(headers: Headers): number | undefined {
  const text = headers.get('x-stainless-retry-count')
  const count = text === null || text.trim() === '' ? Number.NaN : Number(text)
  return Number.isSafeInteger(count) && count >= 0 ? count : undefined
}

/** Whose requests are compared with each other. */
export function ownerOf({ tenant, client }: Caller): string {
  return JSON.stringify([tenant ?? null, client ?? null])
}

function unknownModel(model: string, { modelNames, prefixes }: Routing): FullstopError {
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
