/** A JSON Schema as it came: the lab reads only the keywords it knows. */
export type JsonSchema = Readonly<Record<string, unknown>>

/** A tool that the model may call. */
export type PromptTool =
  | { readonly kind: 'json'; readonly name: string; readonly description: string; readonly schema: JsonSchema }
  | { readonly kind: 'free-form'; readonly name: string; readonly description: string }

export type ToolChoice = { readonly kind: 'auto' | 'none' | 'any' } | { readonly kind: 'named'; readonly name: string }

/** What a request asks of the model, whichever protocol it came in. */
export interface Prompt {
  /** All text of the prompt, for choosing a topic. */
  readonly text: string
  /** The text of the last user message. */
  readonly lastUserText: string
  /** Texts of the tool results, when the last message carries some. */
  readonly toolResults: readonly string[]
  /** The beginning of the answer, when the caller gave one to be continued. */
  readonly prefill: string | undefined
  readonly tools: readonly PromptTool[]
  readonly toolChoice: ToolChoice
  readonly parallelToolCalls: boolean
  /** The answer must be JSON of this schema; `{}` asks for any JSON object. */
  readonly answerSchema: JsonSchema | undefined
  /** Whether the model should think first. */
  readonly thinking: boolean
  readonly maxTokens: number | undefined
  readonly stopSequences: readonly string[]
  readonly temperature: number
  readonly inputTokens: number
}
