import type { JsonObject } from '../protocols/core/index.ts'

/** What an answer has to be, as providers are asked for it and as it is judged. */
export interface AnswerShape {
  /** JSON Schema for providers that can be held to one. */
  readonly schema: JsonObject
  /** Whether the schema keeps to the subset that OpenAI's strict mode takes. */
  readonly isStrict: boolean
  /** For the model itself, since not every provider passes a schema on. */
  readonly instruction: string
  /** What is wrong with the object, in names of the schema's and never in words of the answer; `undefined`: nothing. */
  readonly problemOf: (answer: JsonObject) => string | undefined
}

/** How every instruction begins. */
export const ONE_OBJECT = 'Answer with one JSON object and nothing else: no prose, no code fence.'
