export { planSteps } from './plan.ts'
export type { Step } from './plan.ts'
