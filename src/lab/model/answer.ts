import { tokenize } from './tokenizer.ts'

const REFUSAL_TEXT = 'I am sorry, but I cannot help with that request.'

/** A stretch of the answer, as tokens. A tool call's tokens are its argument text. */
export type AnswerPart =
  | { readonly kind: 'thinking' | 'text' | 'refusal'; readonly tokens: readonly string[] }
  | {
      readonly kind: 'tool'
      readonly name: string
      readonly namespace?: string
      readonly freeForm: boolean
      readonly tokens: readonly string[]
    }

/** Why the model stopped. `context` is the end of the context window, `aborted` the server's own giving up. */
export type AnswerStop = 'end' | 'tools' | 'limit' | 'context' | 'stop-sequence' | 'refusal' | 'aborted'

export interface Answer {
  readonly parts: readonly AnswerPart[]
  readonly stop: AnswerStop
  /** The stop sequence that ended it, when one did. */
  readonly stopSequence: string | undefined
  readonly inputTokens: number
  /** All tokens of the answer, thinking included. */
  readonly outputTokens: number
  readonly thinkingTokens: number
}

/** What a fault does to an answer before it is sent. */
export interface AnswerFaults {
  /** Stop with the length limit after this many tokens (fewer when the answer is shorter). */
  readonly limitAfterTokens?: number
  /** Refuse after this many tokens. */
  readonly refuseAfterTokens?: number
  /** Send tool arguments that do not parse, as if they were whole. */
  readonly breakToolArguments?: boolean
  /** End the answer with a stop reason that says the server gave up. */
  readonly abort?: boolean
}

/** The text that a refusal carries where the protocol has a place for it. */
export function refusalTokens(): string[] {
  return tokenize(REFUSAL_TEXT)
}
