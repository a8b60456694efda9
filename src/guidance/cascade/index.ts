export { findCascade } from './cascade.ts'
export type { CascadeArrow } from './cascade.ts'
export { stateMeanings, systemState } from './system-state.ts'
export type { StateName, SystemState } from './system-state.ts'
