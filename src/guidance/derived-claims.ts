import type { CascadeArrow, SystemState } from './cascade/index.ts'
import type { DebtRow } from './debt/index.ts'
import { type OfferedClaim, RECORD_ID } from './facts/index.ts'
import { type Assessments, type KnownFacts, levelNames, loopDefinitions, type Loop, loops } from './levels/index.ts'
import type { Signature } from './signature/index.ts'

interface Derived {
  readonly assessments: Assessments
  readonly order: readonly Loop[]
  readonly systemState: SystemState
  readonly cascade: readonly CascadeArrow[]
  readonly signature: Signature
  readonly debt: readonly DebtRow[]
}

/** What the diagnosis itself claims. It is held to the same rules as everybody else. */
export function derivedClaims(known: KnownFacts, derived: Derived): readonly OfferedClaim[] {
  return [
    ...loops.map((loop) => levelClaim(derived.assessments, loop)),
    ...stateClaims(derived),
    ...derived.cascade.map((arrow, index) => cascadeClaim(arrow, index)),
    ...signatureClaims(derived.signature),
    ...derived.debt.flatMap((row) => debtClaim(row, known)),
  ]
}

function levelClaim(assessments: Assessments, loop: Loop): OfferedClaim {
  const { level, caps, checks } = assessments[loop]
  const reached = checks.filter(({ requirement }) => requirement.level <= level)
  const facts = [...new Set([...caps, ...reached].flatMap(({ finding }) => finding.facts))]
  const held = caps.map(({ requirement, finding }) => `“${requirement.text}” is not met: ${finding.text}`)
  const had = reached.map(({ finding }) => finding.text)
  return {
    id: `level.${loop}`,
    class: 'Inference',
    text: `${loopDefinitions[loop].name} is at level ${level}, ${levelNames[level].toLowerCase()}.`,
    basedOn: facts.length === 0 ? [RECORD_ID] : facts,
    reasoning: [
      had.length === 0
        ? 'Level 1 requires nothing.'
        : `Up to level ${level} everything required is met: ${had.join(' ')}`,
      caps.length === 0 ? 'There is no higher level.' : `Level ${level + 1} is not reached. ${held.join(' ')}`,
    ].join(' '),
  }
}

function stateClaims({ assessments, order, systemState }: Derived): readonly OfferedClaim[] {
  const basedOn = loops.map((loop) => `level.${loop}`)
  const [binding = 'signal'] = order
  const names = order.map((loop) => loopDefinitions[loop].name)
  return [
    {
      id: 'state',
      class: 'Inference',
      text: `The system is ${systemState.name}.`,
      basedOn,
      reasoning: systemState.reason,
    },
    {
      id: 'binding',
      class: 'Inference',
      text: `${loopDefinitions[binding].name} is the binding constraint; the loops are best closed in the order ${names.join(' → ')}.`,
      basedOn,
      reasoning: `The lowest loop limits what the others can be proven to do, so it comes first; between equals comes first what the other depends on, evidence before rhythm before aim. Levels: ${loops.map((loop) => `${loopDefinitions[loop].name} ${assessments[loop].level}`).join(', ')}.`,
    },
  ]
}

function cascadeClaim({ from, to, name, mechanism, facts }: CascadeArrow, index: number): OfferedClaim {
  return {
    id: `cascade.${index + 1}`,
    class: 'Inference',
    text: `${name}: ${loopDefinitions[from].name}, being open, holds ${loopDefinitions[to].name} open.`,
    basedOn: [...new Set(facts)],
    reasoning: mechanism,
  }
}

function signatureClaims({ isRecurring, matches, text }: Signature): readonly OfferedClaim[] {
  if (!isRecurring) return []
  return [
    {
      id: 'signature',
      class: 'Inference',
      text,
      basedOn: [
        ...new Set(matches.flatMap(({ incident, stages }) => [incident, ...stages.flatMap(({ facts }) => facts)])),
      ],
      reasoning: matches
        .map(
          ({ title, stages }) =>
            `${title}: ${stages
              .filter(({ facts }) => facts.length > 0)
              .map(({ name }) => name)
              .join(' → ')}.`,
        )
        .join(' '),
    },
  ]
}

function debtClaim(row: DebtRow, { catalogue }: KnownFacts): readonly OfferedClaim[] {
  if (row.facts.length === 0) return []
  const sources = catalogue.sourcesOf(row.facts)
  return [
    {
      id: `debt.${row.category.replaceAll(' ', '-')}`,
      class: row.class,
      // Titles may say what caused what; the text of a correlation may not.
      text: `${capital(row.category)}: ${row.shown}.${row.class === 'Correlation' ? '' : ` ${row.evidence}`}`,
      basedOn: [...new Set(row.facts)],
      ...(row.mechanism === undefined ? {} : { mechanism: row.mechanism }),
      ...(row.alternatives === undefined ? {} : { alternatives: row.alternatives }),
      ...(catalogue.hasPrimary(sources) ? {} : { reported: true }),
    },
  ]
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1)
}
