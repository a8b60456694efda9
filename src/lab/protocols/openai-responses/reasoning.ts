import { isSealedHere, sealState } from '../../sealed-state.ts'

const PURPOSE = 'encrypted reasoning'
// How every Fernet token begins: version and the upper bytes of a time stamp.
const PREFIX = 'gAAAAAB'

/** `encrypted_content` of a reasoning item: readable for the platform that made it alone. */
export function sealReasoning(platform: string, payload: string): string {
  return `${PREFIX}${sealState(PURPOSE, platform, payload)}`
}

export function isSealedReasoning(platform: string, sealed: string): boolean {
  return sealed.startsWith(PREFIX) && isSealedHere(PURPOSE, platform, sealed.slice(PREFIX.length))
}
