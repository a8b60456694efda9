import type {
  Completion,
  JsonObject,
  OutputFormat,
  PrefillStyle,
  Protocol,
  ProtocolName,
} from '../../protocols/core/index.ts'
import type { KeyRing } from './key-ring.ts'

/** One provider account, ready to be called. */
export interface Provider {
  readonly name: string
  readonly protocol: Protocol
  /** Without a slash at the end; the protocol's path follows it. */
  readonly baseUrl: string
  readonly keys: KeyRing
  readonly completion: Completion
  readonly timeouts: Timeouts
  /** Of attempts, over all models. */
  readonly limits: UseLimits
  /** Tokens, where declared. */
  readonly contextWindow: number | undefined
  /** Whether it continues a half answer that it is handed, as far as its models do, and how it is asked to. */
  readonly prefill: { readonly isAccepted: boolean; readonly style: PrefillStyle }
}

/** What an account or a client may use; `undefined`: as much as comes. */
export interface UseLimits {
  /** At once. */
  readonly concurrent: number | undefined
  /** Within any minute; tokens are input and output. */
  readonly requestsPerMinute: number | undefined
  readonly tokensPerMinute: number | undefined
}

export interface ClientLimits extends UseLimits {
  /** How often the same body may be sent within a minute. */
  readonly repeats: number
}

/** How long an attempt may take; `WatchdogOptions` in `resilience/watchdog.ts` says from when to when each one runs. */
export interface Timeouts {
  readonly firstEventMs: number
  readonly idleMs: number
  readonly totalMs: number
  /** Whether the operator set it; a request for reasoning stretches only what nobody set. */
  readonly declared: { readonly firstEvent: boolean; readonly idle: boolean }
}

/** One provider serving one model id. */
export interface Platform {
  /** `provider/model`. */
  readonly name: string
  readonly provider: Provider
  readonly model: string
}

/** Where a model can be answered: first its own platforms, then each fallback's. */
export interface Route {
  /** Requests of one name share a retry budget: the configured model's, or its provider's where none is configured. */
  readonly name: string
  /** At least one stage; no stage is empty. */
  readonly stages: readonly (readonly Platform[])[]
  /** Whether a session stays where it was answered last, while that answers. */
  readonly affinity: 'session' | 'none'
}

/** What applies to an exchange, after the request's headers have tightened it. */
export interface Policy {
  readonly delivery: 'hold' | 'guarded' | 'live'
  /** Under `guarded`: whether thinking waits for the text behind it. */
  readonly thinking: 'hold' | 'live'
  readonly attempts: number
  readonly deadlineMs: number
  /** Whether breakers, the retry budget and adaptive limits are heeded. */
  readonly overloadControl: boolean
  readonly hedge: 'off' | 'p95'
  /** Whether answers may be kept, for who asks for them again. */
  readonly replay: 'on' | 'off'
  /**
   * What a stop by a limit means. `pass`: as the protocol says it. `continue`: another attempt goes on with the text, see
   * `seam/seams.ts`; else as `pass`. `reroute`: a failed attempt, unless content was delivered. `error`: a failure.
   */
  readonly limited: 'pass' | 'continue' | 'reroute' | 'error'
  /** Whether a call's arguments have to meet its tool's schema. */
  readonly toolArguments: 'enforce' | 'pass'
  /** JSON Schema that answers have to meet; they are delivered whole or not at all. */
  readonly schema?: JsonObject | undefined
  /** Asked of platforms for a request that asks for none; one that refuses it is asked without. */
  readonly format?: OutputFormat | undefined
  /** How far a text that breaks off under `guarded`, or stops at a limit under `limited: continue`, may be gone on with; see `seam/seams.ts`. */
  readonly seam: 'off' | 'proven' | 'instruct'
  /** Nothing is delivered before a person has approved of it. */
  readonly needsApproval: boolean
  readonly approval: ApprovalTerms
  /** What is given where everything else failed. */
  readonly degrade?: DegradeTerms | undefined
}

export interface ApprovalTerms {
  /** From the answer's proof to its refusal, ms. */
  readonly timeoutMs: number
  /** Where nobody decided in time: an error, or the fixed answer. */
  readonly onTimeout: 'reject' | 'answer'
}

/** At least one of them. */
export interface DegradeTerms {
  /** A complete answer is kept for so long, ms, for the same request. */
  readonly cacheMs: number | undefined
  /** The name of a simpler model. */
  readonly model: string | undefined
  /** Fixed words. */
  readonly answer: string | undefined
}

/** What the configuration says about who may ask for what, and where it goes. */
export interface Routing {
  /** `undefined`: no such model. `spoken`: by the client, for models that are passed through by family. */
  route(model: string, spoken: ProtocolName): Route | undefined
  readonly modelNames: readonly string[]
  /** How names begin that are passed through though they are not listed. */
  readonly prefixes: readonly string[]
  provider(name: string): Provider | undefined
  readonly defaults: Policy
  /** More than one tenant may call, so what one of them made is not another's. */
  readonly hasTenants: boolean
  /** There are approvers, and who asks is known, so that nobody decides about what they asked for. */
  readonly canApprove: boolean
  workflow(name: string): (Policy & { readonly model: string | undefined }) | undefined
  /** What a profile stands for; `undefined`: no such profile. */
  profile(name: string): Policy | undefined
}

/** Who calls. */
export interface Caller {
  readonly client: string | undefined
  readonly tenant: string | undefined
  /** Of its key, as the configuration has it. */
  readonly keyHash: string | undefined
  /** `undefined`: all. */
  readonly workflows: readonly string[] | undefined
  /** `undefined`: none. */
  readonly limits: ClientLimits | undefined
}
