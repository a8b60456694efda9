import { cadenceRequirements } from './cadence.ts'
import { guidanceRequirements } from './guidance.ts'
import { KnownFacts } from './known-facts.ts'
import { type Finding, type Level, type Loop, loops, type Requirement } from './requirement.ts'
import { signalRequirements } from './signal.ts'

const requirements: Readonly<Record<Loop, readonly Requirement[]>> = {
  signal: signalRequirements,
  cadence: cadenceRequirements,
  guidance: guidanceRequirements,
}

export interface CheckedRequirement {
  readonly requirement: Requirement
  readonly finding: Finding
}

export interface LoopAssessment {
  readonly loop: Loop
  readonly level: Level
  readonly checks: readonly CheckedRequirement[]
  /** The requirements of the next level that are not met: what caps this one. Empty at level 5. */
  readonly caps: readonly CheckedRequirement[]
}

export type Assessments = Readonly<Record<Loop, LoopAssessment>>

/** Staged: a level is reached when everything it requires, and everything below it, is met. */
export function assessLoop(loop: Loop, known: KnownFacts): LoopAssessment {
  const checks = requirements[loop].map((requirement) => ({ requirement, finding: requirement.check(known) }))
  let level: Level = 1
  for (const next of [2, 3, 4, 5] as const) {
    const caps = checks.filter(({ requirement, finding }) => requirement.level === next && finding.status !== 'met')
    if (caps.length > 0) return { loop, level, checks, caps }
    level = next
  }
  return { loop, level, checks, caps: [] }
}

export function assessAll(known: KnownFacts): Assessments {
  return {
    signal: assessLoop('signal', known),
    cadence: assessLoop('cadence', known),
    guidance: assessLoop('guidance', known),
  }
}

/** Lowest level first; between equals, the loop that the other depends on. */
export function closingOrder(assessments: Assessments): readonly Loop[] {
  return loops.toSorted((a, b) => assessments[a].level - assessments[b].level || loops.indexOf(a) - loops.indexOf(b))
}
