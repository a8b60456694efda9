import type { Capacity } from './capacity.ts'
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
  /** When it strikes, ms since the providers began; without it, always. */
  readonly during?: Span
}

export interface Span {
  readonly fromMs: number
  readonly untilMs: number
}

/** A situation of the providers: what fails where, and how often. */
export interface Scenario {
  readonly name: string
  readonly description: string
  /** Platform → its failures; a platform that is not named has none. */
  readonly platforms: Readonly<Record<string, readonly FaultShare[]>>
  /** Platform → requests a minute, beyond which it answers 429; a platform that is not named has no limit. */
  readonly requestsPerMinute?: Readonly<Record<string, number>>
  /** Platform → what it can do at once; a platform that is not named can do anything. */
  readonly capacity?: Readonly<Record<string, Capacity>>
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

/** The fault that strikes a request on a platform at a time (ms since the providers began), if one does. */
export function drawScenarioFault(
  scenario: Scenario,
  { platform, elapsedMs }: { readonly platform: string; readonly elapsedMs: number },
  random: Random,
): ChosenFault | undefined {
  let rest = random.next()
  for (const share of scenario.platforms[platform] ?? []) {
    const { during } = share
    if (during !== undefined && (elapsedMs < during.fromMs || elapsedMs >= during.untilMs)) continue
    rest -= share.share
    if (rest < 0) return share.draw(random)
  }
  return undefined
}

/** The share of a platform's requests that some fault strikes, at the worst time. */
export function failingShareOf(scenario: Scenario, platform: string): number {
  const shares = scenario.platforms[platform] ?? []
  const times = shares.map(({ during }) => during?.fromMs ?? 0)
  const at = (timeMs: number): number =>
    shares
      .filter(({ during }) => during === undefined || (timeMs >= during.fromMs && timeMs < during.untilMs))
      .reduce((sum, { share }) => sum + share, 0)
  return Math.max(0, ...times.map(at))
}

/** Answers that die after a few words, a third each by a clean end of the body, a closed and a reset connection. */
export function midSentence(share: number, during?: Span): FaultShare[] {
  return CUT_KINDS.map((name) => ({
    label: `dies mid-sentence by ${name}`,
    share: share / CUT_KINDS.length,
    draw: (random) => ({ name, value: random.integer(1, LATEST_CUT_EVENT) }),
    ...(during !== undefined && { during }),
  }))
}

function percent(share: number): string {
  return `${Math.round(share * 1000) / 10} %`
}
