import { isFinished } from '../../evidence/index.ts'
import type { Inbound } from '../admission/inbound.ts'
import type { AttemptEnd } from './attempt.ts'

/** English text's, by OpenAI's rule of thumb. */
const CHARACTERS_PER_TOKEN = 4
/** What a picture or a file looks like in JSON; how many tokens it is its length does not say. */
const BASE64 = /[\w+/=-]{1000,}/g

/**
 * Input and output tokens of an attempt: what its provider reported. Where an attempt that showed content reports nothing, or was cut
 * before its report, the input is estimated by its characters and the output by its events, of which each has a token or more: providers
 * bill what they wrote for a client that went away, too. What failed before any content costs nothing.
 */
export function billedTokens({ verdict, evidence }: AttemptEnd, { body }: Pick<Inbound, 'body'>): number {
  const { usage, firstContentMs, events } = evidence
  const input = usage?.inputTokens
  const output = usage?.outputTokens
  if (firstContentMs === undefined) return (input ?? 0) + (output ?? 0)
  const isReported = isFinished(verdict) && output !== undefined
  return (input ?? estimated(body.text)) + (isReported ? output : Math.max(output ?? 0, events))
}

function estimated(text: string): number {
  return Math.ceil(text.replaceAll(BASE64, '').length / CHARACTERS_PER_TOKEN)
}
