export { findSignature, stageNames } from './signature.ts'
export type { Signature } from './signature.ts'
