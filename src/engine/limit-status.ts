import type { Config, LimitsConfig } from '../config/index.ts'
import type { ClientLoads, Health } from '../exchange/index.ts'

/** What somebody uses of what is limited: at once, and within the last minute. */
export interface LimitUse {
  /** Of a provider or a client. */
  readonly name: string
  readonly concurrent?: Use
  readonly requestsPerMinute?: Use
  readonly tokensPerMinute?: Use
}

export interface Use {
  readonly used: number
  readonly limit: number
}

/** Providers with declared limits. */
export function providerUses({ providers }: Config, health: Health): readonly LimitUse[] {
  const { loads } = health
  return [...providers.values()].flatMap(({ name, limits }) => {
    const load = loads.get(name)
    const used = { concurrent: load?.inFlight, requests: load?.requests.used, tokens: load?.tokens.used }
    return toUses(name, limits, used)
  })
}

/** Clients with limits. */
export function clientUses({ clients }: Config, loads: ClientLoads): readonly LimitUse[] {
  return [...clients.values()].flatMap(({ name, limits }) =>
    limits === undefined ? [] : toUses(name, limits, loads.known(name)?.used ?? {}),
  )
}

interface Used {
  readonly concurrent?: number | undefined
  readonly requests?: number | undefined
  readonly tokens?: number | undefined
}

function toUses(name: string, limits: LimitsConfig, { concurrent, requests, tokens }: Used): readonly LimitUse[] {
  const uses = {
    ...use('concurrent', concurrent, limits.concurrent),
    ...use('requestsPerMinute', requests, limits.requestsPerMinute),
    ...use('tokensPerMinute', tokens, limits.tokensPerMinute),
  }
  return Object.keys(uses).length === 0 ? [] : [{ name, ...uses }]
}

function use(key: keyof LimitsConfig, used = 0, limit: number | undefined): Partial<Record<typeof key, Use>> {
  return limit === undefined ? {} : { [key]: { used, limit } }
}
