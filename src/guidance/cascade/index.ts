export { findCascade } from './cascade.ts'
export type { CascadeArrow } from './cascade.ts'
export { stateMeanings, systemState } from './system-state.ts'
export type { SystemState } from './system-state.ts'
