import type { DrillOutcome } from './ask.ts'
import type { Drill } from './drill.ts'
import type { Played } from './play.ts'
import type { DrillWorld } from './world.ts'

/** How many requests ended how. */
export type Outcomes = Readonly<Record<DrillOutcome, number>>

/** What the clients of one run got, and what the providers counted. */
export interface DrillRun extends Outcomes {
  // The three of `Outcomes` are of the first request alone, as for a client that does not retry:
  // complete: the client reported success, and the answer proves itself whole;
  // truncatedAsSuccess: the client reported success, and the answer is not whole;
  // errors: the client saw an error.

  /** Requests whose client asked again. */
  readonly retried: number
  /** How they ended, all retries of their clients included. */
  readonly afterRetries: Outcomes
  /** What the clients sent, retries included. */
  readonly clientRequests: number
  /** Most that one client sent for one answer. */
  readonly mostTries: number
  /** Model requests that arrived at the simulated providers. */
  readonly upstreamRequests: number
  /** Most that arrived for one answer. */
  readonly mostUpstream: number
  /** The same by platform. */
  readonly upstreamByPlatform: Readonly<Record<string, number>>
  /** Faults that struck, by name. */
  readonly faults: Readonly<Record<string, number>>
  /** From the first request to the first content and to the end of a complete answer, ms. */
  readonly firstContentMs: Quantiles
  readonly completeMs: Quantiles
  /** After so many ms 2.5 %, 5 %, … of all requests had a complete answer; as far as they ever had. */
  readonly answeredAfterMs: readonly number[]
  readonly series: Series
  /** Only of a drill whose cause has an end. */
  readonly recovery?: Recovery
  /** How long the run lasted in its own time, ms. */
  readonly durationMs: number
}

/** Of what was measured; null where there was nothing. */
export interface Quantiles {
  readonly p50: number | null
  readonly p95: number | null
  readonly p99: number | null
}

/** Counts for each step of time; the first step begins with the run. */
export interface Series {
  readonly stepSeconds: number
  /** New requests of clients, without retries. */
  readonly offered: readonly number[]
  /** Requests at the providers. */
  readonly upstream: readonly number[]
  /** By when the request was first made: how it ended, its client's retries included. */
  readonly completeAtOnce: readonly number[]
  readonly completeAfterRetry: readonly number[]
  readonly truncatedAsSuccess: readonly number[]
  readonly errors: readonly number[]
}

export interface Recovery {
  /** When what failed began and ended, seconds. */
  readonly causeFromSeconds: number
  readonly causeUntilSeconds: number
  /** From the cause's end to the last new request that failed; null where requests still failed when the drill ended. */
  readonly recoveredAfterSeconds: number | null
  /** How long requests failed, in lengths of the cause; of a run that did not recover at least this. */
  readonly lastedTimesCause: number
  /** Requests that were made while the cause lasted, and how many the providers got in that time. */
  readonly offeredDuringCause: number
  readonly upstreamDuringCause: number
  /** Most requests at the providers within one second, while it lasted and in the minute after. */
  readonly busiestSecond: { readonly duringCause: number; readonly after: number }
  /** Requests at the providers in each second around the cause's end, from so many seconds before it. */
  readonly aroundEnd: { readonly secondsBefore: number; readonly upstream: readonly number[] }
}

const ANSWERED_STEPS = 40
const MOST_STEPS = 90
const STEPS_SECONDS = [1, 2, 5, 10, 15, 20, 30, 60, 120, 300]
/** A failure in this last part of a drill means that it did not recover. */
const STILL_FAILING_SHARE = 0.05
const HERD_MS = 60_000
const SECONDS_BEFORE_END = 30

export function tally(played: readonly Played[], drill: Drill, world: DrillWorld): DrillRun {
  const first: Record<DrillOutcome, number> = { complete: 0, truncatedAsSuccess: 0, errors: 0 }
  const last: Record<DrillOutcome, number> = { complete: 0, truncatedAsSuccess: 0, errors: 0 }
  for (const each of played) {
    first[firstOutcome(each)] += 1
    last[lastOutcome(each)] += 1
  }
  const complete = played.filter((each) => lastOutcome(each) === 'complete')
  const { cause } = drill
  return {
    ...first,
    retried: played.filter(({ asks }) => asks.length > 1).length,
    afterRetries: last,
    clientRequests: played.reduce((sum, { asks }) => sum + asks.length, 0),
    mostTries: Math.max(0, ...played.map(({ asks }) => asks.length)),
    ...upstreamOf(world),
    firstContentMs: quantiles(
      complete.flatMap(({ asks }) => elapsed(asks[0]?.startedAtMs, asks.at(-1)?.firstContentAtMs)),
    ),
    completeMs: quantiles(complete.flatMap(({ asks }) => elapsed(asks[0]?.startedAtMs, asks.at(-1)?.endedAtMs))),
    answeredAfterMs: answered(complete, played.length),
    series: toSeries(played, drill, world),
    ...(cause !== undefined && { recovery: toRecovery(played, { ...drill, cause }, world) }),
    durationMs: Math.round(world.time.nowMs()),
  }
}

function firstOutcome({ asks }: Played): DrillOutcome {
  return asks[0]?.outcome ?? 'errors'
}

function lastOutcome({ asks }: Played): DrillOutcome {
  return asks.at(-1)?.outcome ?? 'errors'
}

function elapsed(fromMs: number | undefined, untilMs: number | undefined): readonly number[] {
  return fromMs === undefined || untilMs === undefined ? [] : [untilMs - fromMs]
}

function answered(complete: readonly Played[], requests: number): readonly number[] {
  const sorted = complete.flatMap(({ asks }) => elapsed(asks[0]?.startedAtMs, asks.at(-1)?.endedAtMs))
  sorted.sort((a, b) => a - b)
  const ranks = Array.from({ length: ANSWERED_STEPS }, (_, step) => Math.ceil(((step + 1) * requests) / ANSWERED_STEPS))
  return ranks.flatMap((rank) => sorted[rank - 1] ?? []).map(Math.round)
}

/** The smallest value that a share of the values does not exceed. */
function quantiles(values: readonly number[]): Quantiles {
  const sorted = values.toSorted((a, b) => a - b)
  const at = (share: number): number | null => {
    const value = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]
    return value === undefined ? null : Math.round(value)
  }
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) }
}

function toSeries(played: readonly Played[], { lastsMs }: Drill, world: DrillWorld): Series {
  const seconds = lastsMs / 1_000
  const stepSeconds = STEPS_SECONDS.find((step) => seconds / step <= MOST_STEPS) ?? 600
  const steps = Math.ceil(seconds / stepSeconds)
  const count = (timesMs: readonly number[]): readonly number[] => {
    const counts = Array.from({ length: steps }, () => 0)
    for (const timeMs of timesMs) {
      const at = Math.floor(timeMs / 1_000 / stepSeconds)
      // What comes after the last new request belongs to no step of the drill.
      if (at < steps) counts[at] = (counts[at] ?? 0) + 1
    }
    return counts
  }
  const arrivals = (isCounted: (each: Played) => boolean): readonly number[] =>
    count(played.filter(isCounted).map(({ arrivedAtMs }) => arrivedAtMs))
  const isComplete = (each: Played): boolean => lastOutcome(each) === 'complete'
  return {
    stepSeconds,
    offered: arrivals(() => true),
    upstream: count(world.arrivalsMs),
    completeAtOnce: arrivals((each) => isComplete(each) && each.asks.length === 1),
    completeAfterRetry: arrivals((each) => isComplete(each) && each.asks.length > 1),
    truncatedAsSuccess: arrivals((each) => lastOutcome(each) === 'truncatedAsSuccess'),
    errors: arrivals((each) => lastOutcome(each) === 'errors'),
  }
}

function toRecovery(
  played: readonly Played[],
  { cause, lastsMs }: Drill & Required<Pick<Drill, 'cause'>>,
  world: DrillWorld,
): Recovery {
  const { fromMs, untilMs } = cause
  const isDuring = (timeMs: number): boolean => timeMs >= fromMs && timeMs < untilMs
  const failed = played.filter((each) => each.arrivedAtMs >= fromMs && firstOutcome(each) !== 'complete')
  const lastFailureMs = Math.max(untilMs, ...failed.map(({ arrivedAtMs }) => arrivedAtMs))
  const hasRecovered = lastFailureMs < lastsMs * (1 - STILL_FAILING_SHARE)
  const until = hasRecovered ? lastFailureMs : lastsMs
  return {
    causeFromSeconds: fromMs / 1_000,
    causeUntilSeconds: untilMs / 1_000,
    recoveredAfterSeconds: hasRecovered ? tenths((lastFailureMs - untilMs) / 1_000) : null,
    lastedTimesCause: Math.round((100 * (until - fromMs)) / (untilMs - fromMs)) / 100,
    offeredDuringCause: played.filter(({ arrivedAtMs }) => isDuring(arrivedAtMs)).length,
    upstreamDuringCause: world.arrivalsMs.filter(isDuring).length,
    busiestSecond: {
      duringCause: busiestSecond(world.arrivalsMs.filter(isDuring)),
      after: busiestSecond(world.arrivalsMs.filter((timeMs) => timeMs >= untilMs && timeMs < untilMs + HERD_MS)),
    },
    aroundEnd: {
      secondsBefore: SECONDS_BEFORE_END,
      upstream: perSecond(world.arrivalsMs, untilMs - SECONDS_BEFORE_END * 1_000, untilMs + HERD_MS),
    },
  }
}

function busiestSecond(timesMs: readonly number[]): number {
  const seconds = new Map<number, number>()
  for (const timeMs of timesMs) {
    const second = Math.floor(timeMs / 1_000)
    seconds.set(second, (seconds.get(second) ?? 0) + 1)
  }
  return Math.max(0, ...seconds.values())
}

function perSecond(timesMs: readonly number[], fromMs: number, untilMs: number): readonly number[] {
  const counts = Array.from({ length: Math.round((untilMs - fromMs) / 1_000) }, () => 0)
  for (const timeMs of timesMs) {
    const at = Math.floor((timeMs - fromMs) / 1_000)
    if (at >= 0 && at < counts.length) counts[at] = (counts[at] ?? 0) + 1
  }
  return counts
}

function tenths(value: number): number {
  return Math.round(value * 10) / 10
}

function upstreamOf(
  world: DrillWorld,
): Pick<DrillRun, 'upstreamRequests' | 'mostUpstream' | 'upstreamByPlatform' | 'faults'> {
  const counts = Object.entries(world.counts())
  const faults: Record<string, number> = {}
  for (const [, platform] of counts) {
    for (const [name, struck] of Object.entries(platform.faults)) faults[name] = (faults[name] ?? 0) + struck
  }
  return {
    upstreamRequests: counts.reduce((sum, [, { requests }]) => sum + requests, 0),
    mostUpstream: Math.max(0, ...world.arrivalsByCase.values()),
    upstreamByPlatform: Object.fromEntries(counts.map(([name, { requests }]) => [name, requests])),
    faults,
  }
}
