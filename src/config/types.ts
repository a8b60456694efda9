import type { Completion, JsonObject, PrefillStyle, ProtocolName } from '../protocols/core/index.ts'

/**
 * `hold`: the answer is kept until it is proven. `guarded`: text is passed on a sentence late at first and a word late then,
 * structured output only when it is proven. `live`: passed on as it comes.
 */
export type Delivery = 'hold' | 'guarded' | 'live'

/** Whether thinking is passed on as it comes, or with the text behind it; says nothing where everything is held or live. */
export type ThinkingDelivery = 'hold' | 'live'

/** A scenario in one word. */
export type ProfileName = 'prototype' | 'batch' | 'internal' | 'customer' | 'critical'

/**
 * What an answer that a limit stopped means. `pass`: it is passed on as the protocol says it. `continue`: a text is gone on
 * with where somebody can, and passed on where nobody does. `reroute`: it is asked for elsewhere, and refused where that does not help, unless text of it was delivered already. `error`: it is an error.
 */
export type Limited = 'pass' | 'continue' | 'reroute' | 'error'

/** Whether the arguments of tool calls have to meet their tool's schema. */
export type ToolArguments = 'enforce' | 'pass'

/** When a second attempt is made beside a silent one: never, or after the platform's own 95th percentile of first content. */
export type Hedge = 'off' | 'p95'

/** Whether answers may be kept, for who asks for them again. */
export type Replay = 'on' | 'off'

/** For how long, and how much of them. */
export interface ReplayConfig {
  /** After an answer broke off. */
  readonly windowMs: number
  /** Under an `Idempotency-Key`. */
  readonly keyWindowMs: number
  /** Of all kept answers together. */
  readonly limitBytes: number
}

/**
 * How far a text that breaks off may be continued. `proven`: where the rest is the model's own or follows exactly what was
 * delivered. `instruct`: also by telling a model to go on.
 */
export type Seam = 'off' | 'proven' | 'instruct'

/** Whether a provider continues a half answer that it is handed. */
export type Prefill = 'never' | 'accepted'

/** How long an attempt may take, in milliseconds. */
export interface TimeoutsConfig {
  /** From sending the request to the first event with content. */
  readonly firstEventMs: number
  /** Between two events of a stream. */
  readonly idleMs: number
  /** The whole attempt; the only one that counts for an answer that is not streamed. */
  readonly totalMs: number
  /** Whether the user set it: a request that asks for reasoning stretches only those that were not. */
  readonly declared: { readonly firstEvent: boolean; readonly idle: boolean }
}

/** An upstream account. */
export interface ProviderConfig {
  readonly name: string
  readonly protocol: ProtocolName
  /** What the protocol's official SDK takes: OpenAI's with `/v1`, the others' without. No slash at the end, except for `/`. */
  readonly baseUrl: URL
  /** Keys of one account, used in turn; none: requests are sent without. */
  readonly apiKeys: readonly string[]
  readonly completion: Completion
  readonly timeouts: TimeoutsConfig
  readonly limits: LimitsConfig
  /** In tokens; `undefined` when not declared. */
  readonly contextWindow: number | undefined
  readonly prefill: { readonly isAccepted: boolean; readonly style: PrefillStyle }
}

/** What an account takes. */
export interface LimitsConfig {
  /** Attempts at once, over all its models; `undefined`: as many as come. */
  readonly concurrent: number | undefined
  /** Within any minute, over all its models; `undefined`: as many as come. */
  readonly requestsPerMinute: number | undefined
  readonly tokensPerMinute: number | undefined
}

/** What a client may use. */
export interface ClientLimitsConfig extends LimitsConfig {
  /** How often it may send the same body within a minute. */
  readonly repeats: number
}

/** One provider serving one model id: `provider/model`, split at the first slash. */
export interface PlatformConfig {
  readonly provider: string
  readonly model: string
}

/** A logical name that applications ask for. */
export interface ModelConfig {
  readonly name: string
  /** Interchangeable; never empty. */
  readonly platforms: readonly PlatformConfig[]
  /** Names of other models, in order. */
  readonly fallbacks: readonly string[]
  /** `session`: a session goes where its last answer came from, while that answers. */
  readonly affinity: Affinity
}

export type Affinity = 'session' | 'none'

/** What applies to an exchange. */
export interface PolicyConfig {
  readonly profile: ProfileName
  readonly delivery: Delivery
  readonly thinking: ThinkingDelivery
  /** The exchange's whole budget of attempts, 1 to 10. */
  readonly attempts: number
  /** From the request's arrival to its end, over all attempts. */
  readonly deadlineMs: number
  /** Whether breakers, the retry budget and adaptive limits are heeded; the profile says. */
  readonly overloadControl: boolean
  readonly hedge: Hedge
  readonly replay: Replay
  readonly limited: Limited
  readonly toolArguments: ToolArguments
  readonly seam: Seam
  /** Nothing is delivered before a person has approved of it; the profile says. */
  readonly needsApproval: boolean
  readonly approval: ApprovalConfig
}

/** How long an answer waits for a person, and what then. */
export interface ApprovalConfig {
  readonly timeoutMs: number
  /** `reject`: an error; `answer`: the workflow's fixed answer. */
  readonly onTimeout: 'reject' | 'answer'
}

/** What a workflow gives where everything else failed, from the best to the least; at least one of them. */
export interface DegradeConfig {
  /** A complete answer is kept for so long, in milliseconds, for the same request. */
  readonly cacheMs: number | undefined
  /** A simpler model, which is asked last. */
  readonly model: string | undefined
  /** Fixed words. */
  readonly answer: string | undefined
}

/** A named use of a model; what it does not say comes from `defaults`. */
export interface WorkflowConfig extends PolicyConfig {
  readonly name: string
  /** `undefined`: the request's own. */
  readonly model: string | undefined
  /** JSON Schema that its answers have to meet, from `schemaFile` or `expect`; `undefined`: none. */
  readonly schema: JsonObject | undefined
  /** As it was written: relative to the configuration's folder. */
  readonly schemaFile: string | undefined
  readonly expect: readonly string[] | undefined
  /** `undefined`: not declared. */
  readonly value: WorkflowValue | undefined
  readonly degrade: DegradeConfig | undefined
}

/** What an answer is worth: each one, or a whole run. */
export interface WorkflowValue {
  /** ISO 4217. */
  readonly currency: string
  readonly amount: number
  readonly per: 'run' | 'exchange'
}

/** Who may call the data plane. */
export interface ClientConfig {
  readonly name: string
  /** Lower-case hexadecimal of the key's SHA-256. */
  readonly keyHash: string
  /** `undefined`: all. */
  readonly workflows: readonly string[] | undefined
  readonly tenant: string | undefined
  /** `undefined`: none. */
  readonly limits: ClientLimitsConfig | undefined
}

/** Who may call the control plane, and where. */
export interface ControlConfig {
  /** Lower-case hexadecimal of the key's SHA-256. */
  readonly keyHash: string | undefined
  /** `undefined`: on the data plane's port, loopback only. */
  readonly listen: { readonly hostname: string; readonly port: number } | undefined
}

/** Who may decide about the answers that wait for a person. */
export interface ApproverConfig {
  readonly name: string
  /** Lower-case hexadecimal of the key's SHA-256. */
  readonly keyHash: string
  /** Whose answers; `undefined`: all. */
  readonly tenants: readonly string[] | undefined
  readonly workflows: readonly string[] | undefined
}

/** Where new approvals are told. */
export interface WebhookConfig {
  readonly url: URL
  /** What messages are signed with. */
  readonly secret: string
  /** Whether request and answer are sent along. */
  readonly content: boolean
}

export interface ApprovalsConfig {
  readonly approvers: ReadonlyMap<string, ApproverConfig>
  readonly webhook: WebhookConfig | undefined
}

/** Passes models through by the beginning of their name (`claude` to anthropic, `gpt` to openai). */
export interface FamilyRoute {
  readonly prefix: string
  /** One account, in each protocol that it speaks; the client's own is preferred. */
  readonly providers: readonly string[]
}

/** A complete, checked configuration: every reference in it exists. */
export interface Config {
  /** Where it came from, for messages: a file's path, or `environment`, `simulated`, `object`. */
  readonly source: string
  readonly providers: ReadonlyMap<string, ProviderConfig>
  readonly models: ReadonlyMap<string, ModelConfig>
  readonly families: readonly FamilyRoute[]
  readonly defaults: PolicyConfig
  readonly workflows: ReadonlyMap<string, WorkflowConfig>
  readonly clients: ReadonlyMap<string, ClientConfig>
  readonly control: ControlConfig
  readonly replay: ReplayConfig
  readonly approvals: ApprovalsConfig
  /** Other families of calls, each passed through whole to one provider. */
  readonly passthrough: ReadonlyMap<ApiFamily, string>
}

/** Families of calls that Fullstop does not understand, and passes through only where the configuration says so. */
export const apiFamilies = [
  'files',
  'batches',
  'audio',
  'images',
  'moderations',
  'completions',
  'fine-tuning',
  'vector-stores',
  'containers',
  'conversations',
] as const
export type ApiFamily = (typeof apiFamilies)[number]
