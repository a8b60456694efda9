import type { ClientPath } from '../clients/client-path.ts'

export type ProtocolName = ClientPath['protocol']

/** What the gateway serves to clients, and what it can ask providers in. */
export const SERVED: readonly ProtocolName[] = ['openai-chat', 'openai-responses', 'anthropic', 'gemini']

export function isServed(protocol: ProtocolName): boolean {
  return SERVED.includes(protocol)
}
