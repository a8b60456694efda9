import { isSealedHere, sealState } from '../../sealed-state.ts'

const PURPOSE = 'thought signature'

// Documented by Google for calls that some other model made, and taken in place of a signature.
const PLACEHOLDERS = ['skip_thought_signature_validator', 'context_engineering_is_the_way_to_go']

/** A `thoughtSignature`: the platform that made it wants it back, every other one refuses it. */
export function signThought(platform: string, nonce: string): string {
  return sealState(PURPOSE, platform, nonce)
}

export function isOwnSignature(platform: string, signature: string): boolean {
  return PLACEHOLDERS.includes(signature) || isSealedHere(PURPOSE, platform, signature)
}
