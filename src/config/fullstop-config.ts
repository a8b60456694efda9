import type { Completion, ProtocolName } from '../protocols/core/index.ts'
import type { HostName } from './known-hosts.ts'
import type {
  Affinity,
  ApiFamily,
  Delivery,
  Hedge,
  Limited,
  Prefill,
  ProfileName,
  Replay,
  Seam,
  ThinkingDelivery,
  ToolArguments,
  WorkflowValue,
} from './types.ts'

/**
 * `fullstop.yaml` as an object: what is written there, before anything is read into something else. Durations are
 * `250ms`, `10s`, `5m`, `1h`; `${NAME}` in any text is the environment's variable. `docs/configuration.md` has every
 * key's unit, range and default.
 */
export interface FullstopConfig {
  /** Upstream accounts by name; at least one. */
  readonly providers: Readonly<Record<string, ProviderSettings>>
  /** Logical models by name. Without any, requests name `provider/model`. */
  readonly models?: Readonly<Record<string, ModelSettings>> | undefined
  /** What applies to requests that name no workflow. */
  readonly defaults?: PolicySettings | undefined
  /** Named uses of models. */
  readonly workflows?: Readonly<Record<string, WorkflowSettings>> | undefined
  /** Who may call over the network; says nothing in-process. */
  readonly clients?: Readonly<Record<string, ClientSettings>> | undefined
  /** The control plane over the network; says nothing in-process. */
  readonly control?: ControlSettings | undefined
  /** Answers that are kept for who asks for them again. */
  readonly replay?: ReplaySettings | undefined
  /** Who decides about the answers of the profile `critical` over the network; says nothing in-process. */
  readonly approvals?: ApprovalsSettings | undefined
  /** Other families of calls, each passed through whole to one provider. */
  readonly passthrough?: Readonly<Partial<Record<ApiFamily, string | undefined>>> | undefined
}

export interface ProviderSettings {
  readonly protocol: ProtocolName
  /** What the protocol's official SDK takes: OpenAI's with `/v1`, the others' without. Default: the official host. */
  readonly baseUrl?: string | undefined
  /** Whose ways the upstream has, where its address does not say. */
  readonly host?: HostName | undefined
  readonly apiKey?: string | undefined
  /** Instead of `apiKey`: several keys of one account, used in turn. */
  readonly apiKeys?: readonly string[] | undefined
  readonly completion?: Completion | undefined
  readonly timeouts?: TimeoutSettings | undefined
  /** What the account takes; more goes elsewhere, or is refused with the time. */
  readonly limits?: LimitSettings | undefined
  /** Tokens. */
  readonly contextWindow?: number | undefined
  /** Whether a half answer may be handed over to be continued. Default: `never`. */
  readonly prefill?: Prefill | undefined
}

/** Durations. */
export interface TimeoutSettings {
  readonly firstEvent?: string | undefined
  readonly idle?: string | undefined
  readonly total?: string | undefined
}

export interface LimitSettings {
  /** Attempts at once, over all its models, 1 to 100000. */
  readonly concurrent?: number | undefined
  /** Within any minute, 1 to 1000000. */
  readonly requestsPerMinute?: number | undefined
  /** Input and output, within any minute, 1 to 1000000000. */
  readonly tokensPerMinute?: number | undefined
}

export interface ClientLimitSettings extends LimitSettings {
  /** How often it may send the same body within a minute, 1 to 100000. Default: 30. */
  readonly repeats?: number | undefined
}

export interface ModelSettings {
  /** `provider/model`, at least one; all the same model. */
  readonly platforms: readonly string[]
  /** Names of other models, in order. */
  readonly fallbacks?: readonly string[] | undefined
  /** Default: `session`. */
  readonly affinity?: Affinity | undefined
}

export interface PolicySettings {
  readonly profile?: ProfileName | undefined
  readonly delivery?: Delivery | undefined
  readonly thinking?: ThinkingDelivery | undefined
  /** The whole budget of an exchange, 1 to 10. */
  readonly attempts?: number | undefined
  /** A duration, over all attempts. */
  readonly deadline?: string | undefined
  /** Default: `off`. */
  readonly hedge?: Hedge | undefined
  /** Default: `on`. */
  readonly replay?: Replay | undefined
  /** Default: the profile's; `reroute` where answers have to meet a schema. */
  readonly limited?: Limited | undefined
  /** Default: `enforce`. */
  readonly toolArguments?: ToolArguments | undefined
  /** Under `guarded`: how far a text that breaks off may be continued. Default: `proven`, `off` for the profile prototype. */
  readonly seam?: Seam | undefined
  /** Of answers under the profile `critical`. */
  readonly approval?: ApprovalSettings | undefined
}

/** Kept answers. */
export interface ReplaySettings {
  /** A duration, after an answer broke off. Default: `10m`. */
  readonly window?: string | undefined
  /** A duration, under an `Idempotency-Key`. Default: `24h`. */
  readonly keyWindow?: string | undefined
  /** MiB of all kept answers together, 1 to 4096. Default: 64. */
  readonly megabytes?: number | undefined
}

export interface ApprovalSettings {
  /** A duration; default: `10m`. */
  readonly timeout?: string | undefined
  /** Default: `reject`. */
  readonly onTimeout?: 'reject' | 'answer' | undefined
}

/** What is given where everything else failed, labelled as what it is; at least one of them. */
export interface DegradeSettings {
  /** A duration for which complete answers are kept in memory, for the same request. */
  readonly cache?: string | undefined
  /** The name of another model, which is asked last. */
  readonly model?: string | undefined
  readonly answer?: string | undefined
}

export interface WorkflowSettings extends PolicySettings {
  readonly model?: string | undefined
  /** A file with the JSON Schema that answers have to meet; relative to the configuration's folder, or the process's. */
  readonly schema?: string | undefined
  /** Instead: fields that the one JSON object of an answer has to have. */
  readonly expect?: readonly string[] | undefined
  /** What an answer is worth. */
  readonly value?: WorkflowValue | undefined
  readonly degrade?: DegradeSettings | undefined
}

export interface ClientSettings {
  readonly keyHash: string
  readonly workflows?: readonly string[] | undefined
  readonly tenant?: string | undefined
  /** What it may use; more is refused with 429 and the time. */
  readonly limits?: ClientLimitSettings | undefined
}

export interface ControlSettings {
  readonly keyHash?: string | undefined
  readonly listen?: string | undefined
}

export interface ApprovalsSettings {
  readonly approvers?: Readonly<Record<string, ApproverSettings>> | undefined
  readonly webhook?: WebhookSettings | undefined
}

export interface ApproverSettings {
  readonly keyHash: string
  /** Default: all. */
  readonly tenants?: readonly string[] | undefined
  readonly workflows?: readonly string[] | undefined
}

export interface WebhookSettings {
  readonly url: string
  readonly secret: string
  /** Default: `off`. */
  readonly content?: 'on' | 'off' | undefined
}
