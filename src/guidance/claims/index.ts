export { checkClaims } from './check.ts'
export type { Claim, ClaimClass, Refusal } from './claim.ts'
export { screenFacts } from './screen-facts.ts'
