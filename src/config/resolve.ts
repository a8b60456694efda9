import type { JsonObject } from '../protocols/core/index.ts'
import { schemaOfFields } from '../schema/index.ts'
import type {
  ApprovalsInput,
  ClientInput,
  ConfigInput,
  DegradeInput,
  LimitsInput,
  ModelInput,
  PolicyInput,
  ProviderInput,
  ReplayInput,
  WorkflowInput,
} from './config-input.ts'
import { defaultCompletion, officialBaseUrls, prefillStyle } from './known-hosts.ts'
import {
  defaultFirstEventMs,
  defaultIdleMs,
  defaultPolicy,
  defaultRepeats,
  defaultReplay,
  defaultTotalMs,
} from './policy-defaults.ts'
import { profiles } from './profiles.ts'
import { apiFamilies } from './types.ts'
import type {
  ApprovalsConfig,
  ClientConfig,
  Config,
  DegradeConfig,
  LimitsConfig,
  ModelConfig,
  PolicyConfig,
  ProviderConfig,
  ReplayConfig,
  WorkflowConfig,
} from './types.ts'

/** Puts the defaults into a checked configuration. `schemas`: by the files' paths as written. */
export function resolveConfig(input: ConfigInput, source: string, schemas: ReadonlyMap<string, JsonObject>): Config {
  return {
    source,
    providers: toMap(input.providers, resolveProvider),
    models: toMap(input.models, resolveModel),
    families: [],
    defaults: resolvePolicy(input.defaults ?? {}, {}),
    workflows: toMap(input.workflows, (name, workflow) =>
      resolveWorkflow(name, workflow, input.defaults ?? {}, schemas),
    ),
    clients: toMap(input.clients, resolveClient),
    control: { keyHash: input.control?.keyHash, listen: input.control?.listen },
    replay: resolveReplay(input.replay ?? {}),
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
    limits: resolveLimits(input.limits ?? {}),
    contextWindow: input.contextWindow,
    prefill: { isAccepted: input.prefill === 'accepted', style: prefillStyle(protocol, baseUrl, input.host) },
  }
}

function resolveLimits({ concurrent, requestsPerMinute, tokensPerMinute }: LimitsInput): LimitsConfig {
  return { concurrent, requestsPerMinute, tokensPerMinute }
}

function resolveClient(name: string, { keyHash, workflows, tenant, limits }: ClientInput): ClientConfig {
  const resolved =
    limits === undefined ? undefined : { ...resolveLimits(limits), repeats: limits.repeats ?? defaultRepeats }
  return { name, keyHash, workflows, tenant, limits: resolved }
}

function resolveModel(name: string, { platforms, fallbacks, affinity }: ModelInput): ModelConfig {
  return { name, platforms, fallbacks: fallbacks ?? [], affinity: affinity ?? 'session' }
}

function resolveWorkflow(
  name: string,
  workflow: WorkflowInput,
  defaults: PolicyInput,
  schemas: ReadonlyMap<string, JsonObject>,
): WorkflowConfig {
  const { model, schema: schemaFile, expect, value } = workflow
  const schema = schemaFile === undefined ? expect && schemaOfFields(expect) : schemas.get(schemaFile)
  const policy = resolvePolicy(workflow, defaults)
  // Half an object is none, whatever others may do with half an answer, and none may be seen before it is judged.
  const isLoose = policy.limited === 'pass' || policy.limited === 'continue'
  const limited = schema !== undefined && isLoose ? 'reroute' : policy.limited
  const delivery = schema === undefined ? policy.delivery : 'hold'
  const degrade = resolveDegrade(workflow.degrade)
  return { name, model, ...policy, delivery, limited, schema, schemaFile, expect, value, degrade }
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
    replay: input.replay ?? otherwise.replay ?? bundle.replay,
    limited: input.limited ?? otherwise.limited ?? bundle.limited,
    toolArguments: input.toolArguments ?? otherwise.toolArguments ?? bundle.toolArguments,
    seam: input.seam ?? otherwise.seam ?? bundle.seam,
    needsApproval: bundle.needsApproval,
    approval: {
      timeoutMs: input.approval?.timeout ?? otherwise.approval?.timeout ?? bundle.approval.timeoutMs,
      onTimeout: input.approval?.onTimeout ?? otherwise.approval?.onTimeout ?? bundle.approval.onTimeout,
    },
  }
}

function resolveReplay({ window, keyWindow, megabytes }: ReplayInput): ReplayConfig {
  const { windowMs, keyWindowMs, limitBytes } = defaultReplay
  return {
    windowMs: window ?? windowMs,
    keyWindowMs: keyWindow ?? keyWindowMs,
    limitBytes: megabytes === undefined ? limitBytes : megabytes * 1_048_576,
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
