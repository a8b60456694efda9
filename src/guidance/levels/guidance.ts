import type { Standard } from '../facts/index.ts'
import { idsOf, type KnownFacts } from './known-facts.ts'
import { contradicted, type Finding, met, missing, type Requirement, shownBy } from './requirement.ts'
import { checkShare } from './share.ts'
import { thresholdsAdapt } from './signal.ts'

export const guidanceRequirements: readonly Requirement[] = [
  {
    id: 'standard-stated',
    level: 2,
    text: 'It is stated what good service is.',
    action: 'State what good service is.',
    check: standardStated,
  },
  {
    id: 'quality-standard-written',
    level: 3,
    text: 'A standard for output quality is written down.',
    action: 'Write down what good output is, platform by platform, not only what availability is.',
    check: qualityStandardWritten,
  },
  {
    id: 'standard-measured',
    level: 3,
    text: 'Evaluations of output quality are in place, wherever they run.',
    action: 'Build evaluations that measure against the standard.',
    check: standardMeasured,
  },
  {
    id: 'tolerances-defined',
    level: 4,
    text: 'The standard states tolerances that a machine can check.',
    action: 'Define equivalence statistically: which metric, which tolerance, on which platforms.',
    check: tolerancesDefined,
  },
  {
    id: 'standard-enforced',
    level: 4,
    text: 'The standard is enforced at the moment of change: what breaks it is not served.',
    action: 'Turn the standard from a principle into a gate at the moment of change.',
    check: standardEnforced,
  },
  {
    id: 'standard-versioned',
    level: 4,
    text: 'Versions of the standard and the reasons for each are kept.',
    action: 'Version the standard, with the reason for each change.',
    check: standardVersioned,
  },
  {
    id: 'standard-refined',
    level: 5,
    text: 'Evidence from production makes the standard more exact.',
    action: 'Feed production evidence back into the standard’s definitions and tolerances.',
    check: standardRefined,
  },
  {
    id: 'sensitivity-adapts',
    level: 5,
    text: 'Evidence adjusts the sensitivity of evaluations.',
    action: 'Let past failures set how sensitive evaluations are, without anyone recalibrating them.',
    check: thresholdsAdapt,
  },
  {
    id: 'no-miss',
    level: 5,
    text: 'No quality issue that users reported had been missed by the evaluations.',
    action: 'Count every user-reported issue that no evaluation flagged, and bring the count to zero.',
    check: noMiss,
  },
]

function standardStated(known: KnownFacts): Finding {
  return shownBy({
    good: known.inPlace('standard'),
    others: known.practices('standard'),
    yes: 'A standard is in place.',
    no: 'Standards are known, but none is in place.',
    unknown: 'No standard is known.',
  })
}

function qualityStandardWritten(known: KnownFacts): Finding {
  const written = qualityStandards(known).filter((standard) => standard.written === true)
  if (written.length > 0) return met('A standard for output quality is written down.', idsOf(written))
  const others = known.inPlace('standard')
  if (others.length > 0)
    return missing('The standards that are known do not define output quality in writing.', idsOf(others))
  return missing('No standard is known.')
}

function qualityStandards(known: KnownFacts): readonly Standard[] {
  return known.inPlace('standard').filter(({ covers }) => covers.includes('output-quality'))
}

function standardMeasured(known: KnownFacts): Finding {
  return shownBy({
    good: known.inPlace('evaluation'),
    others: known.practices('evaluation'),
    yes: 'Evaluations of output quality are in place.',
    no: 'Evaluations are known, but none is in place.',
    unknown: 'No evaluation of output quality is known.',
  })
}

function tolerancesDefined(known: KnownFacts): Finding {
  return standardWith(known, {
    has: ({ measurable }) => measurable,
    yes: 'The standard states tolerances.',
    no: 'The standard states no tolerance that a machine could check.',
    unknown: 'Whether the standard states tolerances is not known.',
  })
}

function standardEnforced(known: KnownFacts): Finding {
  return standardWith(known, {
    has: ({ enforced }) => enforced,
    yes: 'What breaks the standard is not served.',
    no: 'The standard is a principle; nothing enforces it at the moment of change.',
    unknown: 'Whether the standard is enforced is not known.',
  })
}

function standardVersioned(known: KnownFacts): Finding {
  return standardWith(known, {
    has: ({ versioned }) => versioned,
    yes: 'Versions of the standard and their reasons are kept.',
    no: 'Versions of the standard are not kept.',
    unknown: 'Whether versions of the standard are kept is not known.',
  })
}

function standardRefined(known: KnownFacts): Finding {
  return standardWith(known, {
    has: ({ refinedBy }) => (refinedBy === undefined ? undefined : refinedBy === 'evidence'),
    yes: 'Evidence refines the standard.',
    no: 'The standard is refined by hand, or not at all.',
    unknown: 'What refines the standard is not known.',
  })
}

interface StandardQuestion {
  readonly has: (standard: Standard) => boolean | undefined
  readonly yes: string
  readonly no: string
  readonly unknown: string
}

function standardWith(known: KnownFacts, { has, yes, no, unknown }: StandardQuestion): Finding {
  const standards = qualityStandards(known)
  const good = standards.filter((standard) => has(standard) === true)
  if (good.length > 0) return met(yes, idsOf(good))
  const bad = standards.filter((standard) => has(standard) === false)
  return bad.length > 0 ? contradicted(no, idsOf(bad)) : missing(unknown, idsOf(standards))
}

function noMiss(known: KnownFacts): Finding {
  return checkShare(known, {
    of: 'incidents',
    atLeast: 1,
    good: known.timings.flatMap(({ ownFirst, automaticDetection }) =>
      ownFirst !== undefined && automaticDetection !== undefined ? ownFirst.id : [],
    ),
    bad: known.timings.flatMap(({ usersFirst }) => usersFirst?.id ?? []),
    what: 'flagged before any user reported them',
  })
}
