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
  /** Whose ways the upstream has, where its address does not say: who runs vllm or ollama names it. Default: known by the address. */
  readonly host?: HostName | undefined
  /** Default: none, requests are sent without. */
  readonly apiKey?: string | undefined
  /** Instead of `apiKey`: several keys of one account, used in turn. */
  readonly apiKeys?: readonly string[] | undefined
  /** Which proof of completeness it gives. Default: a known host's own, else `finish-only` for openai-chat and `strict` for the others. */
  readonly completion?: Completion | undefined
  readonly timeouts?: TimeoutSettings | undefined
  /** What the account takes; more goes elsewhere, or is refused with the time. Default: no limits. */
  readonly limits?: LimitSettings | undefined
  /** The longest request that its models take, tokens; lets a too long one go to a larger model. Default: not known. */
  readonly contextWindow?: number | undefined
  /** Whether a half answer may be handed over to be continued. Default: `never`. */
  readonly prefill?: Prefill | undefined
}

/** Durations of one attempt. A request for reasoning stretches `firstEvent` and `idle` to `5m` where they are left out. */
export interface TimeoutSettings {
  /** From sending the request to the first event with content. Default: `1m`. */
  readonly firstEvent?: string | undefined
  /** Between two events of a stream. Default: `30s`. */
  readonly idle?: string | undefined
  /** The whole attempt; the only limit for an answer that is not streamed. Default: `10m`. */
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
  /** Names of other models, asked in order when no platform of this one answers. Default: none. */
  readonly fallbacks?: readonly string[] | undefined
  /** Default: `session`. */
  readonly affinity?: Affinity | undefined
}

/** A workflow has what it leaves out from `defaults`, and what those leave out from its profile. */
export interface PolicySettings {
  /** The scenario in one word. Default: `prototype`. */
  readonly profile?: ProfileName | undefined
  /** Default: the profile's, which is `guarded`, and `hold` for critical. */
  readonly delivery?: Delivery | undefined
  /** Default: the profile's, which is `live`, and `hold` for critical. */
  readonly thinking?: ThinkingDelivery | undefined
  /** The whole budget of an exchange, fallbacks included, 1 to 10. Default: 4, for the profile batch 6. */
  readonly attempts?: number | undefined
  /** A duration, from the request's arrival over all attempts. Default: `10m`, for the profile batch `1h`. */
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
  /** How long an answer under the profile `critical` waits for a person, and what then. */
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
  /** Where nobody decided in time: an error, or the fixed `answer` of `degrade`. Default: `reject`. */
  readonly onTimeout?: 'reject' | 'answer' | undefined
}

/** What is given where everything else failed, labelled as what it is; at least one of them. */
export interface DegradeSettings {
  /** A duration for which complete answers are kept in memory, for the same request. */
  readonly cache?: string | undefined
  /** The name of another model, which is asked last. */
  readonly model?: string | undefined
  /** Fixed words, 1 to 65536 characters. */
  readonly answer?: string | undefined
}

export interface WorkflowSettings extends PolicySettings {
  /** One of `models`, or `provider/model`. Default: what the request names. */
  readonly model?: string | undefined
  /** A file with the JSON Schema that answers have to meet; relative to the configuration's folder, or the process's. */
  readonly schema?: string | undefined
  /** Instead: fields that the one JSON object of an answer has to have. */
  readonly expect?: readonly string[] | undefined
  /** What an answer is worth; `fullstop check` advises a profile by it. */
  readonly value?: WorkflowValue | undefined
  /** Default: nothing, an error. */
  readonly degrade?: DegradeSettings | undefined
}

export interface ClientSettings {
  /** `sha256:` and the 64 hexadecimal digits of its key's SHA-256. */
  readonly keyHash: string
  /** Those that it may use. Default: all. */
  readonly workflows?: readonly string[] | undefined
  /** Whose requests these are: what one tenant made or stored is nothing that another can see. */
  readonly tenant?: string | undefined
  /** What it may use; more is refused with 429 and the time. */
  readonly limits?: ClientLimitSettings | undefined
}

export interface ControlSettings {
  /** As a client's. Default: none, and only the machine itself may use it. */
  readonly keyHash?: string | undefined
  /** `host:port`; another host than loopback needs `keyHash`. Default: the data plane's. */
  readonly listen?: string | undefined
}

export interface ApprovalsSettings {
  /** Who decides, by name, each with a key of their own. Default: nobody, so that nothing can be critical. */
  readonly approvers?: Readonly<Record<string, ApproverSettings>> | undefined
  /** Told of each answer that begins to wait. Default: nobody is. */
  readonly webhook?: WebhookSettings | undefined
}

export interface ApproverSettings {
  /** As a client's. */
  readonly keyHash: string
  /** Whose answers, and of which workflows, they see and decide about. Default: all. */
  readonly tenants?: readonly string[] | undefined
  readonly workflows?: readonly string[] | undefined
}

export interface WebhookSettings {
  /** https, or http on loopback. */
  readonly url: string
  /** What messages are signed with (Standard Webhooks), 16 to 512 characters. */
  readonly secret: string
  /** Whether request and answer are sent along. Default: `off`. */
  readonly content?: 'on' | 'off' | undefined
}
