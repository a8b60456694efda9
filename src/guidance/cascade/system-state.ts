import type { Assessments } from '../levels/index.ts'
import { loops } from '../levels/index.ts'

export type StateName = 'ungovernable' | 'reactive' | 'governable' | 'governed' | 'adaptive'

export interface SystemState {
  readonly name: StateName
  readonly reason: string
}

export const stateMeanings: Readonly<Record<StateName, string>> = {
  ungovernable:
    'Signal is at level 1. Whatever is decided, nobody can prove that it was carried out; trouble arrives as a crisis.',
  reactive:
    'The lowest loop is at level 2 (or one besides Signal at 1). What happens is seen, and answered after the fact.',
  governable: 'The lowest loop is at level 3. What happens is seen and followed up; it still needs people who push.',
  governed: 'The lowest loop is at level 4. All three loops close by themselves.',
  adaptive: 'All loops are at level 5. They sharpen themselves on what they see.',
}

/** From the three levels alone. */
export function systemState(assessments: Assessments): SystemState {
  const { signal, cadence, guidance } = assessments
  const levels = `Signal ${signal.level}, Cadence ${cadence.level}, Guidance ${guidance.level}`
  const lowest = Math.min(...loops.map((loop) => assessments[loop].level))
  if (signal.level === 1) {
    const there = cadence.level > 1 || guidance.level > 1
    const reason = there
      ? `Standards and processes exist, but nothing proves that they are carried out, so they cannot be steered (${levels}).`
      : `Nothing proves what is served, and nothing else is in place either (${levels}).`
    return { name: 'ungovernable', reason }
  }
  if (lowest <= 2)
    return { name: 'reactive', reason: `What happens is seen in part, and answered after the fact (${levels}).` }
  if (lowest === 3)
    return { name: 'governable', reason: `What happens is seen and followed up, as long as people push (${levels}).` }
  if (lowest === 4) return { name: 'governed', reason: `All three loops close by themselves (${levels}).` }
  return { name: 'adaptive', reason: `All three loops sharpen themselves on what they see (${levels}).` }
}
