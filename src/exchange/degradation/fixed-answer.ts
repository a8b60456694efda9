import type { CoreResponse } from '../../protocols/core/index.ts'

/** What a fixed answer says of who made it: no model. */
export const FIXED_ANSWER_MODEL = 'fullstop-fixed-answer'

/** The operator's own words, as often as answers were asked for. */
export function fixedAnswer(text: string, choices: number): CoreResponse {
  const choice = { content: [{ type: 'text', text }], stop: { kind: 'end', raw: undefined } } as const
  return {
    id: '',
    model: FIXED_ANSWER_MODEL,
    choices: Array.from({ length: choices }, () => choice),
    usage: { inputTokens: 0, outputTokens: 0 },
  }
}
