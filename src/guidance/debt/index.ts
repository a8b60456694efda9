import type { KnownFacts } from '../levels/index.ts'
import { customerLed, detectionLatency } from './detection.ts'
import { fixRevertCycling, remediationRecurrence } from './recurrence.ts'
import type { DebtRow } from './row.ts'
import { capacitySurprise, communicationDebt } from './surprise.ts'

/** The six indicators, always in this order; one that no fact allows says so. */
export function guidanceDebt(known: KnownFacts): readonly DebtRow[] {
  return [
    detectionLatency(known),
    remediationRecurrence(known),
    customerLed(known),
    capacitySurprise(known),
    fixRevertCycling(known),
    communicationDebt(known),
  ]
}

export { recurrences } from './recurrence.ts'
export type { DebtRow } from './row.ts'
