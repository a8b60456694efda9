import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as timeout } from 'node:timers/promises'
import type { Sleep } from './connection.ts'
import { Counters } from './counts.ts'
import type { PlatformCounts } from './counts.ts'
import { ProviderSite } from './provider-site.ts'
import { findScenario } from './drills/catalogue.ts'
import { calm, defaultPlatforms } from './scenarios.ts'
import type { Scenario } from './scenarios.ts'

export interface SimulatedProvidersOptions {
  /** Default 9100; 0 takes a free port. */
  readonly port?: number
  /** Default 127.0.0.1. */
  readonly hostname?: string
  /** The same seed, platform, request body and repetition give the same answer and the same faults. Default 1. */
  readonly seed?: number
  /** A scenario or its name; default `calm`. */
  readonly scenario?: Scenario | string
  /** Pause before every token. Default 0. */
  readonly tokenDelayMs?: number
  /** Default trainium, gpu, tpu. */
  readonly platforms?: readonly string[]
}

export interface SimulatedProvidersDeps {
  readonly nowMs?: () => number
  readonly sleep?: Sleep
}

/** Running providers: `${url}/${platform}` is a base URL for Anthropic's SDK, `${url}/${platform}/v1` for OpenAI's. */
export interface SimulatedProviders {
  readonly url: string
  readonly port: number
  readonly platforms: readonly string[]
  /** What happened so far, by platform. */
  readonly counts: () => Readonly<Record<string, PlatformCounts>>
  /** Begins the counts and the seeded sampling anew. */
  readonly reset: () => void
  /** Closes the server and every connection, also those that a fault keeps open. */
  readonly stop: () => Promise<void>
}

const DEFAULT_PORT = 9100

/** Starts the simulated providers. Rejects when the port is taken, and for a scenario that does not exist. */
export async function startSimulatedProviders(
  options: SimulatedProvidersOptions = {},
  deps: SimulatedProvidersDeps = {},
): Promise<SimulatedProviders> {
  const {
    port = DEFAULT_PORT,
    hostname = '127.0.0.1',
    seed = 1,
    tokenDelayMs = 0,
    platforms = defaultPlatforms,
  } = options
  const scenario = typeof options.scenario === 'string' ? findScenario(options.scenario) : (options.scenario ?? calm)
  const counters = new Counters(platforms)
  const site = new ProviderSite(
    { platforms, seed, scenario, tokenDelayMs },
    { counters, nowMs: deps.nowMs ?? Date.now, sleep: deps.sleep ?? sleepFor },
  )
  const server = createServer((request, response) => void site.serve(request, response))
  const actualPort = await listen(server, port, hostname)
  return {
    url: `http://${hostname}:${actualPort}`,
    port: actualPort,
    platforms,
    counts: () => counters.snapshot(),
    reset: () => {
      counters.reset()
      site.reset()
    },
    stop: () => stop(server),
  }
}

async function listen(server: Server, port: number, hostname: string): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, hostname, () => resolve())
  })
  return (server.address() as AddressInfo).port
}

async function stop(server: Server): Promise<void> {
  await new Promise<void>((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}

async function sleepFor(durationMs: number, signal: AbortSignal): Promise<void> {
  try {
    await timeout(durationMs, undefined, { signal })
  } catch {
    // Aborted: the client is gone, and whoever waited will see that.
  }
}
