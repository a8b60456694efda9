import { defaultPlatforms, failingShareOf } from '../scenarios.ts'
import { READING_BEHAVIOUR } from './ask.ts'
import { findDrill } from './catalogue.ts'
import type { Drill, DrillDelivery } from './drill.ts'
import { playRequests } from './play.ts'
import type { DrillGateway } from './play.ts'
import { DRILL_MODEL } from './requests.ts'
import type { DrillMix } from './requests.ts'
import { tally } from './tally.ts'
import type { DrillRun } from './tally.ts'
import { createWorld } from './world.ts'
import type { DrillWorld } from './world.ts'

export type DrillPhase = 'direct' | 'fullstop'

export interface DrillOptions {
  /** A drill or its name. */
  readonly drill: Drill | string
  /** Requests in each of the two runs; by default the drill's own. */
  readonly requests?: number | undefined
  /** Default 1. */
  readonly seed?: number
  /** How Fullstop delivers; sent with every request of the protected run. By default the drill's own, mostly `hold`. */
  readonly delivery?: DrillDelivery | undefined
}

export interface DrillDeps {
  /** Makes a gateway that lives in this world: its clock, its randomness, and its providers as platforms. */
  readonly createGateway: (world: DrillWorld) => DrillGateway
  readonly onProgress?: ((phase: DrillPhase, done: number, total: number) => void) | undefined
}

export interface DrillConditions {
  readonly description: string
  readonly origin: string
  /** Platform → the share of its requests that the scenario strikes, at its worst. */
  readonly failingShare: Readonly<Record<string, number>>
  readonly directPlatform: string
  readonly delivery: DrillDelivery
  readonly clients: string
  readonly model: string
  readonly mix: DrillMix
  /** Over which the requests arrive. */
  readonly lastsSeconds: number
  readonly clientTimeoutSeconds: number
  readonly tokenDelayMs: number
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

/**
 * Plays the same clients twice against new providers with the same seed: once straight at the first platform, once
 * through the gateway. Clients and providers count; the gateway is not asked. Everything is in memory and on virtual
 * time, so the same options give the same result. Rejects with a `RangeError` for a drill that does not exist, and with
 * whatever making the gateway threw.
 */
export async function runDrill(options: DrillOptions, deps: DrillDeps): Promise<DrillResult> {
  const drill = typeof options.drill === 'string' ? findDrill(options.drill, options.requests) : options.drill
  const { scenario, habit, mix } = drill
  const { requests = drill.requests, seed = 1, delivery = drill.delivery } = options

  const run = async (phase: DrillPhase): Promise<DrillRun> => {
    const world = createWorld({ seed, scenario, tokenDelayMs: drill.tokenDelayMs })
    const gateway = phase === 'fullstop' ? deps.createGateway(world) : undefined
    const headers: Record<string, string> = gateway === undefined ? {} : { 'x-fullstop-delivery': delivery }
    const onDone = (done: number): void => deps.onProgress?.(phase, done, requests)
    return tally(await playRequests({ drill, habit, requests, seed, gateway, headers, onDone }, world), drill, world)
  }

  const direct = await run('direct')
  const fullstop = await run('fullstop')
  return {
    scenario: scenario.name,
    seed,
    requests,
    direct,
    fullstop,
    detection: { detected: null, reason: 'When the incident would have been noticed is not measured in this version.' },
    conditions: {
      description: scenario.description,
      origin: drill.origin,
      failingShare: Object.fromEntries(
        defaultPlatforms.map((platform) => [platform, failingShareOf(scenario, platform)]),
      ),
      directPlatform: defaultPlatforms[0] ?? '',
      delivery,
      clients: `${habit.description} ${READING_BEHAVIOUR}`,
      model: DRILL_MODEL,
      mix,
      lastsSeconds: drill.lastsMs / 1_000,
      clientTimeoutSeconds: drill.clientTimeoutMs / 1_000,
      tokenDelayMs: drill.tokenDelayMs,
    },
  }
}
