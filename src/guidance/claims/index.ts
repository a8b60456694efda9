export { checkClaim, checkClaims } from './check.ts'
export type { ClaimContext, ClaimResult } from './check.ts'
export type { Claim, ClaimClass, Refusal, RuleName } from './claim.ts'
export { screenFacts } from './screen-facts.ts'
