import { DRILL_CLIENT_BEHAVIOUR, playDrillRequest } from './drill-client.ts'
import type { DrillClientOptions, DrillOutcome } from './drill-client.ts'
import { DRILL_MIX, DRILL_MODEL, drillRequest } from './drill-requests.ts'
import { failingShareOf, findScenario } from './scenarios.ts'
import type { Scenario } from './scenarios.ts'
import { startSimulatedProviders } from './simulated-providers.ts'
import type { SimulatedProviders } from './simulated-providers.ts'

export type DrillPhase = 'direct' | 'fullstop'

export interface DrillOptions {
  /** A scenario or its name. */
  readonly scenario: Scenario | string
  /** Requests in each of the two runs. Default 2000. */
  readonly requests?: number
  /** Default 1. */
  readonly seed?: number
  /** How Fullstop delivers; sent with every request of the protected run. Default `hold`. */
  readonly delivery?: 'hold' | 'guarded' | 'live'
  /** Clients at once. Default 32. */
  readonly concurrency?: number
  /** After which a client gives up; counts as an error. Default 60,000. */
  readonly clientTimeoutMs?: number
  /** The pause of the simulated models before each token. Default 0. */
  readonly tokenDelayMs?: number
}

/** A gateway that a drill may send its clients to. */
export interface DrillGateway {
  /** Where `/v1/messages` and `/v1/chat/completions` are served. */
  readonly url: string
  readonly stop: () => Promise<void>
}

export interface DrillDeps {
  /** Starts a gateway whose platforms are the simulated ones: `${upstreamUrl}/${platform}` for each of `platforms`. */
  readonly startGateway: (upstreamUrl: string, platforms: readonly string[]) => Promise<DrillGateway>
  readonly onProgress?: (phase: DrillPhase, done: number, total: number) => void
  /** Monotonic; default `performance.now`. */
  readonly nowMs?: () => number
}

/** What the clients of one run got, and what the providers counted. */
export interface DrillRun {
  /** The client reported success, and the answer proves itself whole. */
  readonly complete: number
  /** The client reported success, and the answer is not whole. */
  readonly truncatedAsSuccess: number
  /** The client saw an error. */
  readonly errors: number
  /** Model requests that arrived at the simulated providers. */
  readonly upstreamRequests: number
  /** The same by platform. */
  readonly upstreamByPlatform: Readonly<Record<string, number>>
  /** Faults that struck, by name. */
  readonly faults: Readonly<Record<string, number>>
  readonly durationMs: number
}

export interface DrillConditions {
  readonly description: string
  /** Platform → the share of its requests that the scenario strikes. */
  readonly failingShare: Readonly<Record<string, number>>
  readonly directPlatform: string
  readonly delivery: string
  readonly clients: string
  readonly model: string
  readonly concurrency: number
  readonly mix: typeof DRILL_MIX
}

export interface DrillResult {
  readonly scenario: string
  readonly seed: number
  readonly requests: number
  readonly direct: DrillRun
  readonly fullstop: DrillRun
  /** `detected` is null as long as nothing detects: that is not the same as `false`. */
  readonly detection: { readonly detected: null; readonly reason: string }
  readonly conditions: DrillConditions
}

const DEFAULT_REQUESTS = 2000
const DEFAULT_CONCURRENCY = 32
const DEFAULT_CLIENT_TIMEOUT_MS = 60_000

/**
 * Plays the same clients twice against freshly started providers with the same seed: once straight at the first
 * platform, once through the gateway. Clients and providers count; the gateway is not asked. Rejects with a
 * `RangeError` for a scenario that does not exist, and with whatever starting the gateway threw.
 */
export async function runDrill(options: DrillOptions, deps: DrillDeps): Promise<DrillResult> {
  const { requests = DEFAULT_REQUESTS, seed = 1, delivery = 'hold', concurrency = DEFAULT_CONCURRENCY } = options
  const scenario = typeof options.scenario === 'string' ? findScenario(options.scenario) : options.scenario
  const timeoutMs = options.clientTimeoutMs ?? DEFAULT_CLIENT_TIMEOUT_MS
  const nowMs = deps.nowMs ?? (() => performance.now())

  const run = async (phase: DrillPhase): Promise<DrillRun & { readonly platforms: readonly string[] }> => {
    const providers = await startSimulatedProviders({
      port: 0,
      seed,
      scenario,
      tokenDelayMs: options.tokenDelayMs ?? 0,
    })
    let gateway: DrillGateway | undefined
    try {
      gateway = phase === 'fullstop' ? await deps.startGateway(providers.url, providers.platforms) : undefined
      const headers: Record<string, string> = gateway === undefined ? {} : { 'x-fullstop-delivery': delivery }
      const baseUrl = gateway?.url ?? `${providers.url}/${providers.platforms[0] ?? ''}`
      const startedAtMs = nowMs()
      const tally = await playAll({ requests, seed, concurrency }, { baseUrl, headers, timeoutMs }, (done) =>
        deps.onProgress?.(phase, done, requests),
      )
      return {
        ...tally,
        ...upstreamOf(providers),
        durationMs: Math.round(nowMs() - startedAtMs),
        platforms: providers.platforms,
      }
    } finally {
      await gateway?.stop()
      await providers.stop()
    }
  }

  const { platforms, ...direct } = await run('direct')
  const { platforms: _, ...fullstop } = await run('fullstop')
  return {
    scenario: scenario.name,
    seed,
    requests,
    direct,
    fullstop,
    detection: { detected: null, reason: 'Not measured yet: detection comes with Signal.' },
    conditions: {
      description: scenario.description,
      failingShare: Object.fromEntries(platforms.map((platform) => [platform, failingShareOf(scenario, platform)])),
      directPlatform: platforms[0] ?? '',
      delivery,
      clients: DRILL_CLIENT_BEHAVIOUR,
      model: DRILL_MODEL,
      concurrency,
      mix: DRILL_MIX,
    },
  }
}

async function playAll(
  { requests, seed, concurrency }: { readonly requests: number; readonly seed: number; readonly concurrency: number },
  client: DrillClientOptions,
  onDone: (done: number) => void,
): Promise<Record<DrillOutcome, number>> {
  const tally: Record<DrillOutcome, number> = { complete: 0, truncatedAsSuccess: 0, errors: 0 }
  let next = 0
  let done = 0
  const worker = async (): Promise<void> => {
    while (next < requests) {
      const index = next
      next += 1
      tally[await playDrillRequest(drillRequest(seed, index), client)] += 1
      done += 1
      onDone(done)
    }
  }
  await Promise.all(Array.from({ length: Math.min(concurrency, requests) }, worker))
  return tally
}

function upstreamOf(
  providers: SimulatedProviders,
): Pick<DrillRun, 'upstreamRequests' | 'upstreamByPlatform' | 'faults'> {
  const counts = Object.entries(providers.counts())
  const faults: Record<string, number> = {}
  for (const [, platform] of counts) {
    for (const [name, struck] of Object.entries(platform.faults)) faults[name] = (faults[name] ?? 0) + struck
  }
  return {
    upstreamRequests: counts.reduce((sum, [, { requests }]) => sum + requests, 0),
    upstreamByPlatform: Object.fromEntries(counts.map(([name, { requests }]) => [name, requests])),
    faults,
  }
}
