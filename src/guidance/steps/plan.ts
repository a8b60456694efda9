import type { Assessments, KnownFacts, Level, Loop } from '../levels/index.ts'
import { type GoNoGo, goNoGo } from './go-no-go.ts'

export interface Step {
  readonly loop: Loop
  readonly from: Level
  readonly to: Level
  /** What meets the requirements up to the target that are not met, lowest level first. */
  readonly actions: readonly StepAction[]
  readonly goNoGo: readonly GoNoGo[]
}

export interface StepAction {
  readonly text: string
  readonly requirement: string
  readonly level: Level
}

/** At this level a loop closes without anyone pushing it. */
const GOVERNED: Level = 4
const ADAPTIVE: Level = 5

/** One step a loop, in closing order. */
export function planSteps(known: KnownFacts, assessments: Assessments, order: readonly Loop[]): readonly Step[] {
  return order.map((loop, index) => {
    const { level, checks } = assessments[loop]
    const to = targetOf(level, index === order.length - 1)
    const actions = checks
      .filter(({ requirement, finding }) => requirement.level <= to && finding.status !== 'met')
      .map(({ requirement }) => ({ text: requirement.action, requirement: requirement.id, level: requirement.level }))
    return { loop, from: level, to, actions, goNoGo: goNoGo(loop, known) }
  })
}

/**
 * Governed; the last loop, if it is defined already, goes on to adaptive, since by then the evidence of the two before it
 * is there to learn from.
 */
function targetOf(level: Level, isLast: boolean): Level {
  if (level >= GOVERNED) return ADAPTIVE
  return isLast && level === 3 ? ADAPTIVE : GOVERNED
}
