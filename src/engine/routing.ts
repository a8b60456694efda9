import {
  type Config,
  type PlatformConfig,
  profiles,
  type ProviderConfig,
  type WorkflowConfig,
} from '../config/index.ts'
import { toLabel } from '../evidence/index.ts'
import { KeyRing, type Platform, type Provider, type Route, type Routing } from '../exchange/index.ts'
import type { OutputFormat, ProtocolName } from '../protocols/core/index.ts'
import { PROTOCOLS } from './protocols.ts'

/** A configuration as the exchange asks it. Unknown names have been refused when it was loaded. */
export function toRouting({ providers, models, families, defaults, workflows, clients, approvals }: Config): Routing {
  const ready = new Map([...providers].map(([name, provider]) => [name, toProvider(provider)]))
  const platform = ({ provider: name, model }: PlatformConfig): readonly Platform[] => {
    const provider = ready.get(name)
    return provider === undefined ? [] : [{ name: `${name}/${model}`, provider, model }]
  }
  const stage = (name: string): readonly Platform[] => models.get(name)?.platforms.flatMap(platform) ?? []
  // A fallback's own fallbacks are not followed: the list is what its author sees.
  const routes = new Map(
    [...models.values()].map(({ name, fallbacks, affinity }): [string, Route] => [
      name,
      { name, stages: [stage(name), ...fallbacks.map(stage)].filter(({ length }) => length > 0), affinity },
    ]),
  )
  const passThrough = (model: string, spoken: ProtocolName): Route | undefined => {
    // The name goes into headers and evidence as it came, where no text of a caller's has a place.
    if (toLabel(model) === undefined) return undefined
    const slash = model.indexOf('/')
    const named = slash > 0 ? platform({ provider: model.slice(0, slash), model: model.slice(slash + 1) }) : []
    const [first] = named
    if (first !== undefined) return { name: `${first.provider.name}/*`, stages: [named], affinity: 'none' }
    const family = families.find(({ prefix }) => model.startsWith(prefix))
    const served = (family?.providers ?? []).flatMap((provider) => platform({ provider, model }))
    // The same account may be reached in several protocols; in the client's own nothing is lost.
    const chosen = served.find(({ provider }) => provider.protocol.name === spoken) ?? served[0]
    if (chosen === undefined) return undefined
    return { name: `${chosen.provider.name}/*`, stages: [[chosen]], affinity: 'none' }
  }
  const policies = new Map(
    [...workflows].map(([name, workflow]) => [name, { ...workflow, format: formatOf(workflow) }]),
  )
  return {
    route: (model, spoken) => routes.get(model) ?? passThrough(model, spoken),
    modelNames: [...models.keys()],
    prefixes: families.map(({ prefix }) => prefix),
    provider: (name) => ready.get(name),
    defaults,
    workflow: (name) => policies.get(name),
    profile: (name) => PROFILES.get(name),
    canApprove: approvals.approvers.size > 0 && clients.size > 0,
    hasTenants: new Set([...clients.values()].map(({ tenant }) => tenant)).size > 1,
  }
}

const PROFILES = new Map(Object.entries(profiles))

/** Fields alone are no schema to hold a model to, which has its prompt to say what stands in them. */
function formatOf({ schemaFile, schema }: WorkflowConfig): OutputFormat | undefined {
  if (schema === undefined) return undefined
  return schemaFile === undefined ? { type: 'json' } : { type: 'json-schema', schema }
}

function toProvider(config: ProviderConfig): Provider {
  const { name, protocol, baseUrl, apiKeys, completion, timeouts, limits, contextWindow, prefill } = config
  const base = baseUrl.href.replace(/\/+$/, '')
  const keys = new KeyRing(apiKeys)
  const spoken = PROTOCOLS[protocol]
  return { name, protocol: spoken, baseUrl: base, keys, completion, timeouts, limits, contextWindow, prefill }
}
