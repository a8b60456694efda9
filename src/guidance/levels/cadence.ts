import { changeKinds, type Remediation } from '../facts/index.ts'
import { idsOf, type KnownFacts } from './known-facts.ts'
import { contradicted, type Finding, met, missing, type Requirement, shownBy } from './requirement.ts'
import { checkShare } from './share.ts'

const HALF = 0.5
const VERIFIED_SHARE = 0.9

export const cadenceRequirements: readonly Requirement[] = [
  {
    id: 'changes-checked',
    level: 2,
    text: 'Some check belongs to every deployment, a gate or an evaluation.',
    action: 'Make a check part of every deployment.',
    check: changesChecked,
  },
  {
    id: 'repairs-promised',
    level: 2,
    text: 'Incidents end in a promise to repair more than the symptom.',
    action: 'End every incident with recorded remediations.',
    check: repairsPromised,
  },
  {
    id: 'repairs-tracked',
    level: 3,
    text: 'Every promised repair is closed, or has an owner and a due date.',
    action: 'Give every promised repair an owner, a due date and a check that closes it.',
    check: repairsTracked,
  },
  {
    id: 'half-repaired',
    level: 3,
    text: 'At least half of the promised repairs are closed.',
    action: 'Close the oldest promises first; publish which are open.',
    check: (known) => repairsClosed(known, HALF),
  },
  {
    id: 'gate-enforced',
    level: 4,
    text: 'No deployment, configuration, routing or limit change serves without passing an enforced gate on all platforms.',
    action: 'Enforce one gate for every kind of change, configuration and load balancing included, on all platforms.',
    check: gateEnforced,
  },
  {
    id: 'changes-validated',
    level: 4,
    text: 'Every production change was validated on all platforms.',
    action: 'Keep the proof of each change’s validation, platform by platform.',
    check: changesValidated,
  },
  {
    id: 'repairs-in-time',
    level: 4,
    text: 'Every promised repair was closed by its due date.',
    action: 'Let overdue repairs block further changes until they are done.',
    check: repairsInTime,
  },
  {
    id: 'fixes-verified',
    level: 4,
    text: 'Nine of ten fixes were watched until they were seen to hold.',
    action: 'Call a fix done only after its signal has stayed clean.',
    check: fixesVerified,
  },
  {
    id: 'capacity-forecast',
    level: 4,
    text: 'Demand is forecast, and capacity is placed ahead of it.',
    action: 'Forecast demand on a fixed rhythm and place capacity ahead of it.',
    check: capacityForecast,
  },
  {
    id: 'changes-announced',
    level: 4,
    text: 'Callers always hear of a change to limits or policy before it takes effect.',
    action: 'Announce every limit and policy change beforehand; let a refusal say which limit, and until when.',
    check: changesAnnounced,
  },
  {
    id: 'gate-listens',
    level: 5,
    text: 'The gate refuses by itself while a signal is open or a repair is overdue.',
    action: 'Let open signals and overdue repairs close the gate by themselves.',
    check: gateListens,
  },
]

function changesChecked(known: KnownFacts): Finding {
  const checks = [
    ...known.practices('gate'),
    ...known.practices('evaluation').filter(({ runsOn }) => runsOn === 'before-deployment'),
  ]
  return shownBy({
    good: checks.filter(({ state }) => state === 'in-place' || state === 'partial'),
    others: checks,
    yes: 'A check belongs to deployments.',
    no: 'Checks of deployments are known not to be in place.',
    unknown: 'No check of deployments is known.',
  })
}

function repairsPromised({ facts: { remediations } }: KnownFacts): Finding {
  if (remediations.length > 0) return met(`${remediations.length} promised repairs are known.`, idsOf(remediations))
  return missing('No promised repair is known.')
}

function repairsTracked(known: KnownFacts): Finding {
  const { remediations } = known.facts
  const isTracked = (repair: Remediation): boolean =>
    repair.state === 'closed' || (repair.owner !== undefined && repair.due !== undefined)
  return checkShare(known, {
    of: 'remediations',
    atLeast: 1,
    good: idsOf(remediations.filter(isTracked)),
    bad: [],
    what: 'closed, or to have an owner and a due date',
  })
}

function repairsClosed(known: KnownFacts, atLeast: number): Finding {
  const { remediations } = known.facts
  return checkShare(known, {
    of: 'remediations',
    atLeast,
    good: idsOf(remediations.filter(({ state }) => state === 'closed')),
    bad: idsOf(remediations.filter(({ state }) => state === 'open' || state === 'partial')),
    what: 'closed',
  })
}

function repairsInTime(known: KnownFacts): Finding {
  const { remediations, asOf } = known.facts
  const bad = remediations.filter(
    ({ due, closed, state }) =>
      due !== undefined &&
      (closed === undefined ? state !== 'closed' && asOf.fromMs > due.toMs : closed.fromMs > due.toMs),
  )
  return checkShare(known, {
    of: 'remediations',
    atLeast: 1,
    good: idsOf(known.keptRepairs),
    bad: idsOf(bad),
    what: 'closed by their due date',
  })
}

function gateEnforced(known: KnownFacts): Finding {
  return shownBy({
    good: known
      .inPlace('gate')
      .filter(
        ({ enforced, platforms, changes = [] }) =>
          enforced === true && platforms === 'all' && changeKinds.every((change) => changes.includes(change)),
      ),
    others: known.practices('gate'),
    yes: 'One enforced gate covers every kind of change on all platforms.',
    no: 'No known gate is enforced, complete over all platforms and over every kind of change.',
    unknown: 'No gate is known.',
  })
}

function changesValidated(known: KnownFacts): Finding {
  const { changes } = known
  return checkShare(known, {
    of: 'changes',
    atLeast: 1,
    good: idsOf(changes.filter(({ validated }) => validated === 'all-platforms')),
    bad: idsOf(changes.filter(({ validated }) => validated !== 'all-platforms')),
    what: 'validated on all platforms',
  })
}

function fixesVerified(known: KnownFacts): Finding {
  const good: string[] = []
  const bad: string[] = []
  for (const { incident, resurfacings } of known.timings) {
    const verified = incident.events.find(({ kind }) => kind === 'verified')
    const back = resurfacings.at(-1)
    if (verified !== undefined) good.push(verified.id)
    else if (back !== undefined) bad.push(back.resurfaced.id)
  }
  return checkShare(known, { of: 'incidents', atLeast: VERIFIED_SHARE, good, bad, what: 'verified as fixed' })
}

function capacityForecast(known: KnownFacts): Finding {
  return shownBy({
    good: known.inPlace('capacity-planning').filter(({ forecast }) => forecast === true),
    others: known.practices('capacity-planning'),
    yes: 'Capacity is placed ahead of forecast demand.',
    no: 'Capacity is not known to be placed ahead of demand.',
    unknown: 'How capacity meets demand is not known.',
  })
}

function changesAnnounced(known: KnownFacts): Finding {
  const notices = known.practices('change-notice')
  const always = notices.filter(({ state, applies }) => state === 'in-place' && applies === 'always')
  const silent = known.facts.limitChanges.filter(({ announced }) => announced !== 'before')
  if (always.length > 0) return met('Changes are always announced beforehand.', idsOf(always))
  if (notices.length + silent.length > 0)
    return contradicted('Changes to limits or policy are known to have come unannounced.', [
      ...idsOf(silent),
      ...idsOf(notices),
    ])
  return missing('Whether callers hear of changes beforehand is not known.')
}

function gateListens(known: KnownFacts): Finding {
  const gates = known.practices('gate')
  const listening = gates.filter(
    ({ state, blocksOn = [] }) =>
      state === 'in-place' && blocksOn.includes('open-signal') && blocksOn.includes('overdue-remediation'),
  )
  if (listening.length > 0) return met('Open signals and overdue repairs close the gate.', idsOf(listening))
  if (gates.length > 0) return missing('No known gate is closed by open signals and overdue repairs.', idsOf(gates))
  return missing('No gate is known.')
}
