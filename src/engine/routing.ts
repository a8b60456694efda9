import type { Config, PlatformConfig, ProtocolName, ProviderConfig } from '../config/index.ts'
import { toLabel } from '../evidence/index.ts'
import type { Platform, Provider, Route, Routing } from '../exchange/index.ts'
import { anthropic } from '../protocols/anthropic/index.ts'
import type { Protocol } from '../protocols/core/index.ts'
import { openAiChat } from '../protocols/openai-chat/index.ts'

/** What this version speaks. The simulated providers speak more already; what is served in it alone is left out. */
export const PROTOCOLS: Readonly<Partial<Record<ProtocolName, Protocol>>> = { anthropic, 'openai-chat': openAiChat }

/** A configuration as the exchange asks it. Unknown names have been refused when it was loaded. */
export function toRouting({ providers, models, families, defaults, workflows }: Config): Routing {
  const ready = new Map(
    [...providers].flatMap(([name, provider]): [string, Provider][] => {
      const spoken = PROTOCOLS[provider.protocol]
      return spoken === undefined ? [] : [[name, toProvider(provider, spoken)]]
    }),
  )
  const platform = ({ provider: name, model }: PlatformConfig): readonly Platform[] => {
    const provider = ready.get(name)
    return provider === undefined ? [] : [{ name: `${name}/${model}`, provider, model }]
  }
  const stage = (name: string): readonly Platform[] => models.get(name)?.platforms.flatMap(platform) ?? []
  // A fallback's own fallbacks are not followed: the list is what its author sees.
  const routes = new Map(
    [...models.values()].flatMap(({ name, fallbacks }): [string, Route][] =>
      stage(name).length === 0
        ? []
        : [[name, { stages: [stage(name), ...fallbacks.map(stage)].filter(({ length }) => length > 0) }]],
    ),
  )
  const passThrough = (model: string): Route | undefined => {
    // The name goes into headers and evidence as it came, where no text of a caller's has a place.
    if (toLabel(model) === undefined) return undefined
    const slash = model.indexOf('/')
    const named = slash > 0 ? platform({ provider: model.slice(0, slash), model: model.slice(slash + 1) }) : []
    const family = families.find(({ prefix }) => model.startsWith(prefix))
    const stage = named.length > 0 || family === undefined ? named : platform({ provider: family.provider, model })
    return stage.length === 0 ? undefined : { stages: [stage] }
  }
  return {
    route: (model) => routes.get(model) ?? passThrough(model),
    modelNames: [...routes.keys()],
    defaults,
    workflow: (name) => workflows.get(name),
  }
}

function toProvider(
  { name, baseUrl, apiKey, completion, timeouts, contextWindow }: ProviderConfig,
  spoken: Protocol,
): Provider {
  const base = baseUrl.href.replace(/\/+$/, '')
  return { name, protocol: spoken, baseUrl: base, apiKey, completion, timeouts, contextWindow }
}
