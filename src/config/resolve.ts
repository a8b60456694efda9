import type {
  ApprovalsInput,
  ConfigInput,
  DegradeInput,
  ModelInput,
  PolicyInput,
  ProviderInput,
} from './config-input.ts'
import { defaultCompletion, officialBaseUrls } from './known-hosts.ts'
import { defaultFirstEventMs, defaultIdleMs, defaultPolicy, defaultTotalMs } from './policy-defaults.ts'
import { profiles } from './profiles.ts'
import { apiFamilies } from './types.ts'
import type { ApprovalsConfig, Config, DegradeConfig, ModelConfig, PolicyConfig, ProviderConfig } from './types.ts'

/** Puts the defaults into a checked configuration. */
export function resolveConfig(input: ConfigInput, source: string): Config {
  return {
    source,
    providers: toMap(input.providers, resolveProvider),
    models: toMap(input.models, resolveModel),
    families: [],
    defaults: resolvePolicy(input.defaults ?? {}, {}),
    workflows: toMap(input.workflows, (name, workflow) => ({
      name,
      model: workflow.model,
      degrade: resolveDegrade(workflow.degrade),
      ...resolvePolicy(workflow, input.defaults ?? {}),
    })),
    clients: toMap(input.clients, (name, { keyHash, workflows, tenant }) => ({ name, keyHash, workflows, tenant })),
    control: { keyHash: input.control?.keyHash, listen: input.control?.listen },
    approvals: resolveApprovals(input.approvals ?? {}),
    passthrough: new Map(
      apiFamilies.flatMap((family) => {
        const provider = input.passthrough?.[family]
        return provider === undefined ? [] : [[family, provider] as const]
      }),
    ),
  }
}

/** One provider with everything it did not say filled in. */
export function resolveProvider(name: string, input: ProviderInput): ProviderConfig {
  const { protocol, timeouts, apiKey } = input
  const baseUrl = input.baseUrl ?? new URL(officialBaseUrls[protocol])
  return {
    name,
    protocol,
    baseUrl,
    apiKeys: input.apiKeys ?? (apiKey === undefined ? [] : [apiKey]),
    completion: input.completion ?? defaultCompletion(protocol, baseUrl, input.host),
    timeouts: {
      firstEventMs: timeouts?.firstEvent ?? defaultFirstEventMs,
      idleMs: timeouts?.idle ?? defaultIdleMs,
      totalMs: timeouts?.total ?? defaultTotalMs,
      declared: { firstEvent: timeouts?.firstEvent !== undefined, idle: timeouts?.idle !== undefined },
    },
    limits: { concurrent: input.limits?.concurrent },
    contextWindow: input.contextWindow,
  }
}

function resolveModel(name: string, { platforms, fallbacks, affinity }: ModelInput): ModelConfig {
  return { name, platforms, fallbacks: fallbacks ?? [], affinity: affinity ?? 'session' }
}

/** What neither says is the profile's. */
function resolvePolicy(input: PolicyInput, otherwise: PolicyInput): PolicyConfig {
  const profile = input.profile ?? otherwise.profile ?? defaultPolicy.profile
  const bundle = profiles[profile]
  return {
    profile,
    // Nothing can be taken back from a client, so where a person decides first, nothing is delivered before.
    delivery: bundle.needsApproval ? 'hold' : (input.delivery ?? otherwise.delivery ?? bundle.delivery),
    thinking: input.thinking ?? otherwise.thinking ?? bundle.thinking,
    attempts: input.attempts ?? otherwise.attempts ?? bundle.attempts,
    deadlineMs: input.deadline ?? otherwise.deadline ?? bundle.deadlineMs,
    overloadControl: bundle.overloadControl,
    hedge: input.hedge ?? otherwise.hedge ?? bundle.hedge,
    needsApproval: bundle.needsApproval,
    approval: {
      timeoutMs: input.approval?.timeout ?? otherwise.approval?.timeout ?? bundle.approval.timeoutMs,
      onTimeout: input.approval?.onTimeout ?? otherwise.approval?.onTimeout ?? bundle.approval.onTimeout,
    },
  }
}

function resolveDegrade(input: DegradeInput | undefined): DegradeConfig | undefined {
  return input === undefined ? undefined : { cacheMs: input.cache, model: input.model, answer: input.answer }
}

function resolveApprovals({ approvers, webhook }: ApprovalsInput): ApprovalsConfig {
  return {
    approvers: toMap(approvers, (name, { keyHash, tenants, workflows }) => ({ name, keyHash, tenants, workflows })),
    webhook: webhook && { url: webhook.url, secret: webhook.secret, content: webhook.content === 'on' },
  }
}

function toMap<From, To>(
  record: Readonly<Record<string, From>> | undefined,
  resolve: (name: string, value: From) => To,
): ReadonlyMap<string, To> {
  return new Map(Object.entries(record ?? {}).map(([name, value]) => [name, resolve(name, value)]))
}
