export type { GoNoGo } from './go-no-go.ts'
export { planSteps } from './plan.ts'
export type { Step, StepAction } from './plan.ts'
