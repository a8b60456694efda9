import type { JsonObject } from '../protocols/core/index.ts'

/** A prompt, or a conversation as OpenAI Chat has it. */
export type Prompt = string | readonly PromptMessage[]

export interface PromptMessage {
  readonly role: 'system' | 'user' | 'assistant'
  /** Text, or content parts of OpenAI Chat. */
  readonly content: string | readonly JsonObject[]
}

export interface GenerateOptions {
  /** One of the configuration's models, or `provider/model`. May be left out where the workflow names one. */
  readonly model?: string | undefined
  /** A workflow of the configuration; its policy and its model apply. */
  readonly workflow?: string | undefined
  /** Instructions that come before the conversation. */
  readonly system?: string | undefined
  /** Output tokens at most; none by default. Where an object is expected, an answer that this stops is not accepted. */
  readonly maxTokens?: number | undefined
  /** A smaller budget of attempts than the configuration's, over all platforms. */
  readonly attempts?: number | undefined
  /** Gives up at once; the call then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined
}

/** Asks for an object with these fields, none of them missing or null. */
export interface ExpectOptions<Field extends string> extends GenerateOptions {
  readonly expect: readonly Field[]
  readonly schema?: undefined
}

/**
 * Asks for an object that is valid under this JSON Schema (draft 2020-12, or draft-07 where `$schema` says so). `format`s
 * are not checked.
 */
export interface SchemaOptions extends GenerateOptions {
  readonly schema: Readonly<Record<string, unknown>>
  readonly expect?: undefined
}

export interface TextOptions extends GenerateOptions {
  readonly expect?: undefined
  readonly schema?: undefined
}

/**
 * Asks a model, through failover, proof, budget and deadline like any request.
 *
 * With `expect` or `schema` it resolves with an object that meets it, whichever provider answered: an answer that does
 * not is a failed attempt, and the next platform is tried. Without, with the text of a proven answer; one that a limit
 * stopped comes as far as it goes.
 *
 * Rejects with a `GenerateError` where nobody gave such an answer, with a `TypeError` where the options make no sense,
 * and with the signal's reason where it aborts.
 */
export interface Generate {
  <const Field extends string>(prompt: Prompt, options: ExpectOptions<Field>): Promise<Record<Field, unknown>>
  <Answer = Record<string, unknown>>(prompt: Prompt, options: SchemaOptions): Promise<Answer>
  (prompt: Prompt, options: TextOptions): Promise<string>
}
