import type { ChosenFault } from './fault-selection.ts'
import type { Random } from './random.ts'

/** One kind of failure in a scenario. */
export interface FaultShare {
  /** What it stands for, in words. */
  readonly label: string
  /** The share of the platform's requests that it strikes, from 0 to 1. Shares of a platform exclude each other. */
  readonly share: number
  /** Draws the fault with its value for one request. */
  readonly draw: (random: Random) => ChosenFault
}

/** A situation of the providers: what fails where, and how often. */
export interface Scenario {
  readonly name: string
  readonly description: string
  /** Platform → its failures; a platform that is not named has none. */
  readonly platforms: Readonly<Record<string, readonly FaultShare[]>>
}

export interface OutageOptions {
  /** Share of the primary platform's answers that die mid-sentence. Default 0.3. */
  readonly cutShare?: number
  /** Share of the primary platform's requests that cannot connect. Default 0.05. */
  readonly connectShare?: number
  /** Share of the other platforms' answers that die mid-sentence. Default 0. */
  readonly otherCutShare?: number
}

/** The platforms of every simulated model, the primary one first. */
export const defaultPlatforms: readonly string[] = ['trainium', 'gpu', 'tpu']

const CUT_KINDS = ['cut-eof', 'cut-fin', 'cut-reset'] as const
const LATEST_CUT_EVENT = 25

/** No faults at all. */
export const calm: Scenario = { name: 'calm', description: 'No faults on any platform.', platforms: {} }

/**
 * The outage of 21 June 2026 as its users saw it: on the primary platform streams die mid-sentence, a third of them
 * each by a clean end of the body, by a closed and by a reset connection, and some requests cannot connect at all.
 */
export function outage20260621(options: OutageOptions = {}): Scenario {
  const { cutShare = 0.3, connectShare = 0.05, otherCutShare = 0 } = options
  const others = otherCutShare > 0 ? midSentence(otherCutShare) : []
  return {
    name: 'outage-2026-06-21',
    description:
      `On trainium ${percent(cutShare)} of the answers die mid-sentence (clean end, closed or reset connection) and ` +
      `${percent(connectShare)} of the requests cannot connect; the other platforms ` +
      (otherCutShare > 0 ? `lose ${percent(otherCutShare)} of their answers.` : 'are healthy.'),
    platforms: {
      trainium: [
        ...midSentence(cutShare),
        { label: 'cannot connect', share: connectShare, draw: () => ({ name: 'reset-before-headers' }) },
      ],
      gpu: others,
      tpu: others,
    },
  }
}

/** The scenarios by name, with their default shares. */
export const scenarios: ReadonlyMap<string, Scenario> = new Map(
  [calm, outage20260621()].map((scenario) => [scenario.name, scenario]),
)

/** Finds a scenario by name; throws a `RangeError` that lists the known ones. */
export function findScenario(name: string): Scenario {
  const scenario = scenarios.get(name)
  if (scenario === undefined) {
    throw new RangeError(`Expected a scenario (${[...scenarios.keys()].join(', ')}), got "${name}".`)
  }
  return scenario
}

/** The fault that strikes a request on a platform, if one does. */
export function drawScenarioFault(scenario: Scenario, platform: string, random: Random): ChosenFault | undefined {
  let rest = random.next()
  for (const share of scenario.platforms[platform] ?? []) {
    rest -= share.share
    if (rest < 0) return share.draw(random)
  }
  return undefined
}

/** The share of a platform's requests that some fault strikes. */
export function failingShareOf(scenario: Scenario, platform: string): number {
  return (scenario.platforms[platform] ?? []).reduce((sum, { share }) => sum + share, 0)
}

function midSentence(share: number): FaultShare[] {
  return CUT_KINDS.map((name) => ({
    label: `dies mid-sentence by ${name}`,
    share: share / CUT_KINDS.length,
    draw: (random) => ({ name, value: random.integer(1, LATEST_CUT_EVENT) }),
  }))
}

function percent(share: number): string {
  return `${Math.round(share * 1000) / 10} %`
}
