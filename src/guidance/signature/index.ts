export { findSignature, stageNames } from './signature.ts'
export type { Signature, SignatureMatch, Stage, StageName } from './signature.ts'
