import { Counters } from '../counts.ts'
import type { PlatformCounts } from '../counts.ts'
import { caseOf } from './requests.ts'
import { ProviderSite } from '../provider-site.ts'
import { createRandom } from '../random.ts'
import { defaultPlatforms } from '../scenarios.ts'
import type { Scenario } from '../scenarios.ts'
import { fetchInMemory } from '../virtual/memory-http.ts'
import type { MemoryRequestInit } from '../virtual/memory-http.ts'
import { VirtualTime } from '../virtual/virtual-time.ts'

export interface WorldOptions {
  readonly seed: number
  readonly scenario: Scenario
  readonly tokenDelayMs: number
}

/** Providers in memory, on time of their own. */
export interface DrillWorld {
  readonly time: VirtualTime
  /** `${url}/${platform}` is a base URL for Anthropic's SDK, `${url}/${platform}/v1` for OpenAI's; only `fetch` knows the host. */
  readonly url: string
  readonly platforms: readonly string[]
  /** Rejects and breaks off as a socket's would. */
  readonly fetch: (url: string, init: MemoryRequestInit) => Promise<Response>
  /** In [0, 1), seeded: for a gateway's jitter. */
  readonly random: () => number
  readonly counts: () => Readonly<Record<string, PlatformCounts>>
  /** When requests arrived at the providers, ms. */
  readonly arrivalsMs: readonly number[]
  /** How many arrived for one and the same question, whoever sent them. */
  readonly arrivalsByCase: ReadonlyMap<string, number>
}

// Reserved by RFC 6761: whatever is asked elsewhere than in memory fails.
const WORLD_URL = 'http://providers.invalid'

/** The same seed, scenario and requests give the same answers, faults and times. */
export function createWorld({ seed, scenario, tokenDelayMs }: WorldOptions): DrillWorld {
  const time = new VirtualTime()
  const counters = new Counters(defaultPlatforms)
  const site = new ProviderSite(
    { platforms: defaultPlatforms, seed, scenario, tokenDelayMs },
    { counters, nowMs: () => time.wallMs(), sleep: time.sleep },
  )
  const arrivalsMs: number[] = []
  const arrivalsByCase = new Map<string, number>()
  const gatewayRandom = createRandom('gateway', seed)
  return {
    time,
    url: WORLD_URL,
    platforms: defaultPlatforms,
    fetch: (url, init) => {
      arrivalsMs.push(time.nowMs())
      const asked = caseOf(init.body)
      arrivalsByCase.set(asked, (arrivalsByCase.get(asked) ?? 0) + 1)
      return fetchInMemory((request, response) => void site.serve(request, response), url, init)
    },
    random: () => gatewayRandom.next(),
    counts: () => counters.snapshot(),
    arrivalsMs,
    arrivalsByCase,
  }
}
