export { causeId, FactCatalogue, RECORD_ID } from './catalogue.ts'
export type { Cost, Demand, Facts, Remediation } from './facts.ts'
export { causeKinds, detectors, eventKinds, validations } from './incident.ts'
export type { Account, EventKind, Incident, IncidentEvent, Share } from './incident.ts'
export {
  betweenMs,
  compareMoments,
  DAY_MS,
  HOUR_MS,
  isCertainlyBefore,
  MINUTE_MS,
  parseMoment,
  showMoment,
  showSpan,
  toIso,
} from './moment.ts'
export type { Moment } from './moment.ts'
export type { OfferedClaim } from './offered-claim.ts'
export { changeKinds, practiceStates } from './practice.ts'
export type { Evaluation, Practice, PracticeKind, Standard } from './practice.ts'
export { sourcedOnly } from './screen.ts'
export type { Source, Sourced } from './source.ts'
export { automaticLatency, timingOf, unseen } from './timing.ts'
export type { IncidentTiming } from './timing.ts'
