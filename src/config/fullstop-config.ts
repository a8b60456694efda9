import type { HostName } from './known-hosts.ts'
import type {
  Affinity,
  ApiFamily,
  CompletionProfile,
  Delivery,
  Hedge,
  Prefill,
  ProfileName,
  ProtocolName,
  Seam,
  ThinkingDelivery,
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
  readonly completion?: CompletionProfile | undefined
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
  /** Under `guarded`: how far a text that breaks off may be continued. Default: `proven`, `off` for the profile prototype. */
  readonly seam?: Seam | undefined
}

export interface WorkflowSettings extends PolicySettings {
  readonly model?: string | undefined
}

export interface ClientSettings {
  readonly keyHash: string
  readonly workflows?: readonly string[] | undefined
  readonly tenant?: string | undefined
}

export interface ControlSettings {
  readonly keyHash?: string | undefined
  readonly listen?: string | undefined
}
