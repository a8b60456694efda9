import { approaches } from './approaches.ts'
import { READING_BEHAVIOUR } from './ask.ts'
import { findDrill } from './catalogue.ts'
import { playRequests } from './play.ts'
import type { DrillDelivery } from './drill.ts'
import type { DrillDeps } from './run-drill.ts'
import { tally } from './tally.ts'
import type { DrillRun } from './tally.ts'
import { createWorld } from './world.ts'

export interface CompareOptions {
  /** Requests in each run. Default 2000. */
  readonly requests?: number | undefined
  /** Default 1. */
  readonly seed?: number
}

export interface CompareDeps extends Pick<DrillDeps, 'createGateway'> {
  readonly onProgress?: ((label: string, done: number, total: number) => void) | undefined
}

export interface Comparison {
  readonly seed: number
  readonly requests: number
  readonly drills: readonly ComparedDrill[]
  readonly approaches: readonly ComparedApproach[]
  readonly clients: string
}

export interface ComparedDrill {
  readonly scenario: string
  readonly description: string
  readonly lastsSeconds: number
  readonly clientTimeoutSeconds: number
}

export interface ComparedApproach {
  readonly name: string
  readonly label: string
  readonly description: string
  readonly delivery: DrillDelivery | null
  /** By the drill's name. An approach's own retries and fallbacks are in `afterRetries`. */
  readonly runs: Readonly<Record<string, DrillRun>>
}

/** The outage in which answers die half-way, and the one that retries prolong. */
export const COMPARED_DRILLS = ['outage-2026-06-21', 'metastable'] as const
const DEFAULT_REQUESTS = 2_000

/**
 * Plays each approach through the same drills, with the same seed, questions and times of arrival. Rejects with whatever making
 * the gateway threw.
 */
export async function compareApproaches(options: CompareOptions, deps: CompareDeps): Promise<Comparison> {
  const { requests = DEFAULT_REQUESTS, seed = 1 } = options
  const played = COMPARED_DRILLS.map((name) => findDrill(name, requests))
  const total = approaches.length * played.length * requests
  let before = 0
  const compared: ComparedApproach[] = []
  for (const { name, label, habit, delivery } of approaches) {
    const runs: Record<string, DrillRun> = {}
    for (const drill of played) {
      const { scenario, tokenDelayMs } = drill
      const world = createWorld({ seed, scenario, tokenDelayMs })
      const gateway = delivery === undefined ? undefined : deps.createGateway(world)
      const headers: Record<string, string> = delivery === undefined ? {} : { 'x-fullstop-delivery': delivery }
      const onDone = (done: number): void => deps.onProgress?.(`${label}, ${scenario.name}`, before + done, total)
      const asked = await playRequests({ drill, habit, requests, seed, gateway, headers, onDone }, world)
      runs[scenario.name] = tally(asked, drill, world)
      before += requests
    }
    compared.push({ name, label, description: habit.description, delivery: delivery ?? null, runs })
  }
  return {
    seed,
    requests,
    drills: played.map(({ scenario, lastsMs, clientTimeoutMs }) => ({
      scenario: scenario.name,
      description: scenario.description,
      lastsSeconds: lastsMs / 1_000,
      clientTimeoutSeconds: clientTimeoutMs / 1_000,
    })),
    approaches: compared,
    clients: READING_BEHAVIOUR,
  }
}
