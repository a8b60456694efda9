import type { Completion, ProtocolName } from '../protocols/core/index.ts'
import type { HostName } from './known-hosts.ts'
import type {
  Affinity,
  ApiFamily,
  Delivery,
  Hedge,
  Limited,
  PlatformConfig,
  Prefill,
  ProfileName,
  Replay,
  Seam,
  ThinkingDelivery,
  ToolArguments,
  WorkflowValue,
} from './types.ts'

// What a file says once each value is read (durations in milliseconds, addresses as URL), before defaults are put in.

export interface ProviderInput {
  readonly protocol: ProtocolName
  readonly baseUrl?: URL | undefined
  readonly host?: HostName | undefined
  readonly apiKey?: string | undefined
  readonly apiKeys?: readonly string[] | undefined
  readonly completion?: Completion | undefined
  readonly timeouts?: TimeoutsInput | undefined
  readonly limits?: LimitsInput | undefined
  readonly contextWindow?: number | undefined
  readonly prefill?: Prefill | undefined
}

export interface TimeoutsInput {
  readonly firstEvent?: number | undefined
  readonly idle?: number | undefined
  readonly total?: number | undefined
}

export interface LimitsInput {
  readonly concurrent?: number | undefined
  readonly requestsPerMinute?: number | undefined
  readonly tokensPerMinute?: number | undefined
}

export interface ClientLimitsInput extends LimitsInput {
  readonly repeats?: number | undefined
}

export interface ModelInput {
  readonly platforms: readonly PlatformConfig[]
  readonly fallbacks?: readonly string[] | undefined
  readonly affinity?: Affinity | undefined
}

export interface PolicyInput {
  readonly profile?: ProfileName | undefined
  readonly delivery?: Delivery | undefined
  readonly thinking?: ThinkingDelivery | undefined
  readonly attempts?: number | undefined
  readonly deadline?: number | undefined
  readonly hedge?: Hedge | undefined
  readonly replay?: Replay | undefined
  readonly limited?: Limited | undefined
  readonly toolArguments?: ToolArguments | undefined
  readonly seam?: Seam | undefined
  readonly approval?: ApprovalInput | undefined
}

export interface ReplayInput {
  readonly window?: number | undefined
  readonly keyWindow?: number | undefined
  readonly megabytes?: number | undefined
}

export interface ApprovalInput {
  readonly timeout?: number | undefined
  readonly onTimeout?: 'reject' | 'answer' | undefined
}

export interface DegradeInput {
  readonly cache?: number | undefined
  readonly model?: string | undefined
  readonly answer?: string | undefined
}

export interface WorkflowInput extends PolicyInput {
  readonly model?: string | undefined
  readonly schema?: string | undefined
  readonly expect?: readonly string[] | undefined
  readonly value?: WorkflowValue | undefined
  readonly degrade?: DegradeInput | undefined
}

export interface ClientInput {
  readonly keyHash: string
  readonly workflows?: readonly string[] | undefined
  readonly tenant?: string | undefined
  readonly limits?: ClientLimitsInput | undefined
}

export interface ControlInput {
  readonly keyHash?: string | undefined
  readonly listen?: { readonly hostname: string; readonly port: number } | undefined
}

export interface ApproverInput {
  readonly keyHash: string
  readonly tenants?: readonly string[] | undefined
  readonly workflows?: readonly string[] | undefined
}

export interface WebhookInput {
  readonly url: URL
  readonly secret: string
  readonly content?: 'on' | 'off' | undefined
}

export interface ApprovalsInput {
  readonly approvers?: Readonly<Record<string, ApproverInput>> | undefined
  readonly webhook?: WebhookInput | undefined
}

export interface ConfigInput {
  readonly providers: Readonly<Record<string, ProviderInput>>
  readonly models?: Readonly<Record<string, ModelInput>> | undefined
  readonly defaults?: PolicyInput | undefined
  readonly workflows?: Readonly<Record<string, WorkflowInput>> | undefined
  readonly clients?: Readonly<Record<string, ClientInput>> | undefined
  readonly control?: ControlInput | undefined
  readonly replay?: ReplayInput | undefined
  readonly approvals?: ApprovalsInput | undefined
  readonly passthrough?: Readonly<Partial<Record<ApiFamily, string | undefined>>> | undefined
}
