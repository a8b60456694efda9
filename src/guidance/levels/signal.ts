import { automaticLatency, type Evaluation, HOUR_MS } from '../facts/index.ts'
import { idsOf, type KnownFacts } from './known-facts.ts'
import { contradicted, type Finding, met, missing, type Requirement, shownBy } from './requirement.ts'
import { checkShare } from './share.ts'

/** From the introduction of a fault to the alarm: what level 4 asks for. */
const DETECTION_LIMIT_MS = HOUR_MS
const AHEAD_SHARE = 0.9

export const signalRequirements: readonly Requirement[] = [
  {
    id: 'outcomes-observed',
    level: 2,
    text: 'Machines watch in production how requests end or what is in the answers; load and throughput do not count.',
    action: 'Watch how requests end and what is in the answers, in production and without anyone having to look.',
    check: outcomesObserved,
  },
  {
    id: 'quality-evaluated',
    level: 3,
    text: 'Output quality is evaluated continuously, on production traffic or at least by benchmarks beside it.',
    action: 'Run quality evaluations continuously against production, not only when something is deployed.',
    check: qualityEvaluated,
  },
  {
    id: 'lead-shown',
    level: 3,
    text: 'At least one incident was noticed by the operator before the first user, provably.',
    action: 'Record for each incident who noticed first, and when; alert on leading indicators so that it is you.',
    check: leadShown,
  },
  {
    id: 'quality-on-traffic',
    level: 4,
    text: 'Output quality is evaluated continuously on real production traffic; benchmarks beside it do not count.',
    action: 'Evaluate a sample of real production traffic continuously; benchmarks beside production end at level 3.',
    check: qualityOnTraffic,
  },
  {
    id: 'platforms-covered',
    level: 4,
    text: 'That evaluation covers every platform that serves.',
    action: 'Cover every serving platform with it, and compare platforms with one another.',
    check: platformsCovered,
  },
  {
    id: 'private-evidence',
    level: 4,
    text: 'Quality can be examined without reading conversations, so privacy and evidence do not exclude each other.',
    action:
      'Record content-free evidence (token statistics, script, stop reasons, timings), so that privacy hides no fault.',
    check: privateEvidence,
  },
  {
    id: 'detected-within-an-hour',
    level: 4,
    text: 'Nine of ten incidents are detected by machines within an hour of their introduction.',
    action: 'Put statistical quality control with a stated detection time at the serving layer.',
    check: (known) => detectedWithinAnHour(known, AHEAD_SHARE),
  },
  {
    id: 'ahead-of-users',
    level: 4,
    text: 'Nine of ten incidents are noticed by the operator before the first user.',
    action: 'Measure detection against the users’ own curve, incident by incident, until you lead.',
    check: (known) => aheadOfUsers(known, AHEAD_SHARE),
  },
  {
    id: 'thresholds-adapt',
    level: 5,
    text: 'Evidence adjusts the sensitivity of detectors, not somebody’s hand.',
    action: 'Let every miss tighten the detectors by itself, and nothing loosen them without sign-off.',
    check: thresholdsAdapt,
  },
  {
    id: 'always-ahead',
    level: 5,
    text: 'Every incident is noticed by the operator before the first user.',
    action: 'Close the last blind spots: each incident that users noticed first becomes a detector.',
    check: (known) => aheadOfUsers(known, 1),
  },
]

function outcomesObserved(known: KnownFacts): Finding {
  const monitors = known.inPlace('monitoring')
  const watching = monitors.filter(
    ({ watches, automatic }) =>
      automatic === true && (watches.includes('errors') || watches.includes('output-quality')),
  )
  const evaluating = continuousEvaluations(known)
  if (watching.length + evaluating.length > 0)
    return met('Something in production watches what is served.', [...idsOf(watching), ...idsOf(evaluating)])
  const elsewhere = [...monitors, ...known.practices('evaluation')]
  if (elsewhere.length > 0)
    return contradicted('What is in place watches load, or what is deployed, but not what is served.', idsOf(elsewhere))
  return missing('Nothing is known to watch what is served.')
}

function qualityEvaluated(known: KnownFacts): Finding {
  return shownBy({
    good: continuousEvaluations(known),
    others: known.practices('evaluation'),
    yes: 'Output quality is evaluated continuously.',
    no: 'Evaluations are known, but none that is in place runs continuously in production.',
    unknown: 'No evaluation of output quality in production is known.',
  })
}

/** In place, continuous, and against what serves: on its traffic or beside it. */
function continuousEvaluations(known: KnownFacts): readonly Evaluation[] {
  return known
    .inPlace('evaluation')
    .filter(({ when, runsOn }) => when === 'continuous' && runsOn !== 'before-deployment')
}

function leadShown(known: KnownFacts): Finding {
  const leads = known.timings.flatMap(({ ownFirst }) => ownFirst ?? [])
  const behind = known.timings.flatMap(({ usersFirst }) => usersFirst ?? [])
  return shownBy({
    good: leads,
    others: behind,
    yes: `In ${leads.length} of ${known.timings.length} incidents described, the operator led.`,
    no: `In ${behind.length} of ${known.timings.length} incidents described, users knew first.`,
    unknown: 'Of no incident is it known that the operator noticed before its users.',
  })
}

function qualityOnTraffic(known: KnownFacts): Finding {
  const running = onTraffic(known)
  if (running.length > 0) return met('Output quality is evaluated on production traffic.', idsOf(running))
  const beside = known.inPlace('evaluation').filter(({ runsOn }) => runsOn === 'beside-production')
  if (beside.length > 0)
    return contradicted(
      'Benchmarks run beside production; what users are really served is not evaluated.',
      idsOf(beside),
    )
  const others = known.practices('evaluation')
  if (others.length > 0)
    return contradicted('Evaluations are known, but none that is in place runs on production traffic.', idsOf(others))
  return missing('No evaluation on production traffic is known.')
}

function onTraffic(known: KnownFacts): readonly Evaluation[] {
  return continuousEvaluations(known).filter(({ runsOn }) => runsOn === 'production-traffic')
}

function platformsCovered(known: KnownFacts): Finding {
  const platforms = known.platforms
  if (platforms === undefined)
    return missing('Which platforms serve is not stated, so nothing can be proven to cover them.')
  const running = onTraffic(known)
  const covered = new Set(running.flatMap((evaluation) => evaluation.platforms ?? []))
  const open = platforms.filter((platform) => !covered.has(platform))
  if (open.length === 0) return met(`All of ${platforms.join(', ')} are covered.`, idsOf(running))
  return missing(`Not known to be covered: ${open.join(', ')}.`, idsOf(running))
}

function privateEvidence(known: KnownFacts): Finding {
  return shownBy({
    good: known.inPlace('observability').filter(({ access }) => access === 'content-free'),
    others: known.practices('observability'),
    yes: 'Quality can be examined without reading conversations.',
    no: 'Quality cannot be examined, or only by reading conversations.',
    unknown: 'Whether quality can be examined without reading conversations is not known.',
  })
}

function detectedWithinAnHour(known: KnownFacts, atLeast: number): Finding {
  const good: string[] = []
  const bad: string[] = []
  for (const timing of known.timings) {
    const latency = automaticLatency(timing)
    if (latency !== undefined && latency.spanMs >= 0 && latency.spanMs <= DETECTION_LIMIT_MS) good.push(latency.to.id)
    else if (latency !== undefined) bad.push(latency.to.id)
    else if (timing.usersFirst !== undefined) bad.push(timing.usersFirst.id)
  }
  return checkShare(known, { of: 'incidents', atLeast, good, bad, what: 'detected by machines within an hour' })
}

function aheadOfUsers(known: KnownFacts, atLeast: number): Finding {
  return checkShare(known, {
    of: 'incidents',
    atLeast,
    good: known.timings.flatMap(({ ownFirst }) => ownFirst?.id ?? []),
    bad: known.timings.flatMap(({ ownFirst, usersFirst }) => (ownFirst === undefined ? (usersFirst?.id ?? []) : [])),
    what: 'noticed by the operator first',
  })
}

export function thresholdsAdapt(known: KnownFacts): Finding {
  return shownBy({
    good: known.inPlace('threshold').filter(({ adjustedBy }) => adjustedBy === 'evidence'),
    others: known.practices('threshold'),
    yes: 'Evidence adjusts the thresholds.',
    no: 'Thresholds are set by hand, or not at all.',
    unknown: 'How thresholds are set is not known.',
  })
}
