import { calm, midSentence, outage20260621 } from '../scenarios.ts'
import type { FaultShare, Scenario, Span } from '../scenarios.ts'
import type { Drill } from './drill.ts'
import { agentLoop, asksOnceMore, retriesWhatever } from './habits.ts'
import { DRILL_MIX } from './requests.ts'

/**
 * Makes a drill of so many requests. A drill without a course of its own lasts in proportion to them, so that as many come
 * each second; otherwise what providers can bear is in proportion. Either way more requests are the same drill.
 */
export type DrillPlan = (requests?: number) => Drill

const MINUTE_MS = 60_000
const USUAL_REQUESTS = 2_000
/** Between two requests, on average. */
const USUAL_PAUSE_MS = 300

/** What most drills have in common. */
const usual = {
  habit: asksOnceMore,
  mix: DRILL_MIX,
  clientTimeoutMs: 2 * MINUTE_MS,
  tokenDelayMs: 20,
  delivery: 'hold',
} as const

const everywhere = (shares: readonly FaultShare[]): Scenario['platforms'] => ({
  trainium: shares,
  gpu: shares,
  tpu: shares,
})

const status = (code: number, share: number, during?: Span): FaultShare => ({
  label: `refused with ${code}`,
  share,
  draw: () => ({ name: 'status', value: code }),
  ...(during !== undefined && { during }),
})

const cannotConnect = (share: number, during?: Span): FaultShare => ({
  label: 'cannot connect',
  share,
  draw: () => ({ name: 'reset-before-headers' }),
  ...(during !== undefined && { during }),
})

// ## The drills

const outage: DrillPlan = (requests = USUAL_REQUESTS) => ({
  ...usual,
  requests,
  lastsMs: requests * USUAL_PAUSE_MS,
  scenario: outage20260621(),
  origin:
    'The outage of Claude on 21 June 2026: more than 2,000 problems reported on Downdetector, and what people searched for was ' +
    '“response incomplete”. How large the share was that died was not published; 30 % and 5 % are assumed.',
})

const flapping: DrillPlan = (requests = USUAL_REQUESTS) => {
  const first = { fromMs: 5 * MINUTE_MS, untilMs: 16 * MINUTE_MS }
  const second = { fromMs: 27 * MINUTE_MS, untilMs: 37 * MINUTE_MS }
  const down = (during: Span): readonly FaultShare[] => [
    status(500, 0.35, during),
    status(529, 0.25, during),
    ...midSentence(0.15, during),
  ]
  return {
    ...usual,
    requests,
    lastsMs: 45 * MINUTE_MS,
    cause: { fromMs: first.fromMs, untilMs: second.untilMs },
    scenario: {
      name: 'flapping-2026-03-02',
      description:
        'trainium is down from minute 5 to 16, fixed, and down again 11 minutes later, from 27 to 37: 60 % of its requests ' +
        'are refused (500, 529) and 15 % of its answers die mid-sentence; the other platforms are healthy.',
      platforms: { trainium: [...down(first), ...down(second)] },
    },
    origin:
      'The evening of 2 March 2026: a new investigation at 17:56 UTC, a fix for Haiku 4.5 at 18:07, the same again at 18:18. ' +
      'The times are the status page’s; the second wave, which took until 21:16, is cut short; the shares are assumed.',
  }
}

const rateLimitStorm: DrillPlan = (requests = USUAL_REQUESTS) => {
  const perMinute = MINUTE_MS / USUAL_PAUSE_MS
  return {
    ...usual,
    requests,
    lastsMs: requests * USUAL_PAUSE_MS,
    habit: retriesWhatever,
    scenario: {
      name: 'rate-limit-storm',
      description:
        'Each platform answers 429 with retry-after beyond its limit: trainium takes 30 % of what is offered, gpu and tpu 60 % ' +
        'each; clients retry whatever they are told.',
      platforms: {},
      requestsPerMinute: { trainium: 0.3 * perMinute, gpu: 0.6 * perMinute, tpu: 0.6 * perMinute },
    },
    origin:
      'No single incident: limits that were lowered without notice (July 2025), a launch, a runaway job. The limits are token ' +
      'buckets that hold a quarter of a minute’s worth, and refused requests do not count against them.',
  }
}

const totalOutage: DrillPlan = (requests = 6_000) => {
  const cause = { fromMs: 5 * MINUTE_MS, untilMs: 50 * MINUTE_MS }
  return {
    ...usual,
    requests,
    habit: retriesWhatever,
    lastsMs: 60 * MINUTE_MS,
    cause,
    scenario: {
      name: 'total-outage',
      description:
        'For 45 minutes no platform answers anybody: 60 % of the requests get 503, 25 % get 529, 15 % cannot connect. Then ' +
        'all are back at once, and clients have been retrying all along.',
      platforms: everywhere([status(503, 0.6, cause), status(529, 0.25, cause), cannotConnect(0.15, cause)]),
    },
    origin:
      'No single incident: every platform of a model at once, as when its provider’s authentication or its own gateway is ' +
      'down. There is nowhere to go; what counts is what it costs the providers and how soon it is over.',
  }
}

const slowDrip: DrillPlan = (requests = USUAL_REQUESTS) => ({
  ...usual,
  requests,
  lastsMs: requests * USUAL_PAUSE_MS,
  scenario: {
    name: 'slow-drip',
    description:
      'On trainium 30 % of the answers drip: each waits between 1 and 60 s before every event (equally often in each ' +
      'doubling), and none of them ever breaks off; the other platforms are healthy.',
    platforms: {
      trainium: [
        {
          label: 'drips',
          share: 0.3,
          draw: (random) => ({ name: 'slow-drip', value: Math.round(1_000 * 60 ** random.next()) }),
        },
      ],
    },
  },
  origin:
    'No single incident: streams that stay open and hardly move are a usual sign of an overloaded server. No status code, no ' +
    'reset and no end ever tells that something is wrong.',
})

const toolCallCut: DrillPlan = (requests = USUAL_REQUESTS) => ({
  ...usual,
  requests,
  lastsMs: requests * USUAL_PAUSE_MS,
  mix: { ...DRILL_MIX, tools: 1 },
  scenario: {
    name: 'tool-call-cut',
    description:
      'Every request brings a tool, and on trainium 30 % of the answers die within the call (clean end, closed or reset ' +
      'connection); the other platforms are healthy.',
    platforms: { trainium: midSentence(0.3) },
  },
  origin: 'What an answer that dies can mean for an agent: half a JSON object as the arguments of a call.',
})

const agents: DrillPlan = (requests = 40) => ({
  ...usual,
  requests,
  habit: agentLoop,
  // Held, nothing of a stream that dies is ever seen.
  delivery: 'guarded',
  lastsMs: 20 * MINUTE_MS,
  scenario: {
    name: 'agent-loop',
    description:
      'On trainium every answer dies mid-sentence, streamed or not; the other platforms are healthy. The clients are agents ' +
      'that send the same request again until it is answered.',
    platforms: { trainium: midSentence(1) },
  },
  origin:
    'Publicly reported of an agent (opencode: 982 turns in 38 s): a stream without its end is taken for an unfinished turn, and the ' +
    'same request goes out again.',
})

const metastable: DrillPlan = (requests = USUAL_REQUESTS) => {
  const serviceMs = 4_000
  const lastsMs = 10 * MINUTE_MS
  const cause = { fromMs: MINUTE_MS, untilMs: 2.5 * MINUTE_MS }
  const slots = Math.max(2, Math.round((requests / lastsMs) * serviceMs * 1.5))
  const capacity = { slots, serviceMs, squeezed: { ...cause, slots: Math.max(1, Math.round(slots / 5)) } }
  return {
    ...usual,
    requests,
    habit: retriesWhatever,
    lastsMs,
    clientTimeoutMs: 40_000,
    cause,
    scenario: {
      name: 'metastable',
      description:
        'Each platform can do 1.5 times what is offered, and for 90 s a fifth of that. What a platform cannot do waits in line ' +
        'before it, also when its client has given up after 40 s and asks again.',
      platforms: {},
      capacity: { trainium: capacity, gpu: capacity, tpu: capacity },
    },
    origin:
      'No single incident: a metastable failure (Bronson et al., HotOS 2021), in which the retries of clients keep a service ' +
      'overloaded after the cause is gone. The line, and that nobody leaves it, are a model of a serving stack’s queue.',
  }
}

const quiet: DrillPlan = (requests = USUAL_REQUESTS) => ({
  ...usual,
  requests,
  lastsMs: requests * USUAL_PAUSE_MS,
  scenario: calm,
  origin: 'Nothing happens: what Fullstop costs on an ordinary day.',
})

/** The drills by name. */
export const drills: ReadonlyMap<string, DrillPlan> = new Map(
  [quiet, outage, flapping, rateLimitStorm, totalOutage, slowDrip, toolCallCut, agents, metastable].map((plan) => [
    plan().scenario.name,
    plan,
  ]),
)

/** Finds a drill by name; throws a `RangeError` that lists the known ones. */
export function findDrill(name: string, requests?: number): Drill {
  const plan = drills.get(name)
  if (plan === undefined) throw new RangeError(`Expected a drill (${[...drills.keys()].join(', ')}), got "${name}".`)
  return plan(requests)
}

/** The drills' scenarios by name, for providers that run alone. */
export const scenarios: ReadonlyMap<string, Scenario> = new Map(
  [...drills].map(([name, plan]) => [name, plan().scenario]),
)

/** Finds a scenario by name; throws a `RangeError` that lists the known ones. */
export function findScenario(name: string): Scenario {
  const scenario = scenarios.get(name)
  if (scenario === undefined) {
    throw new RangeError(`Expected a scenario (${[...scenarios.keys()].join(', ')}), got "${name}".`)
  }
  return scenario
}
