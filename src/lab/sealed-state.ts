import { hashText } from './random.ts'

/**
 * State that a provider hands to its clients and wants back unread: encrypted reasoning, thought signatures. It is
 * bound to the platform that made it; every other one refuses it, as real providers refuse each other's.
 */
export function sealState(purpose: string, platform: string, payload: string): string {
  return Buffer.from(`${payload}\n${markOf(purpose, platform, payload)}`).toString('base64')
}

/** Whether this platform made the state for this purpose. */
export function isSealedHere(purpose: string, platform: string, sealed: string): boolean {
  const text = Buffer.from(sealed, 'base64').toString('utf8')
  const at = text.lastIndexOf('\n')
  return at !== -1 && text.slice(at + 1) === markOf(purpose, platform, text.slice(0, at))
}

function markOf(purpose: string, platform: string, payload: string): string {
  return hashText(`${purpose}\u0000${platform}\u0000${payload}`).toString(36)
}
