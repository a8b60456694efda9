import type { StopKind } from '../../evidence/index.ts'

/** What an answer holds that decides what its natural end is. */
export interface Held {
  readonly calls: boolean
  readonly refusal: boolean
}

/** With calls it is a use of tools, whatever word it has; with refusal text a refusal, since OpenAI's are whole answers. */
export function naturalEnd({ calls, refusal }: Held): StopKind {
  if (calls) return 'tool-use'
  return refusal ? 'refusal' : 'end'
}
