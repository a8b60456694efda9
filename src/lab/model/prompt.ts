import type { CurrentTurn } from './conversation.ts'

/** A JSON Schema as it came: the lab reads only the keywords it knows. */
export type JsonSchema = Readonly<Record<string, unknown>>

/** A tool that the model may call. */
export type PromptTool =
  | (NamedTool & { readonly kind: 'json'; readonly schema: JsonSchema })
  | (NamedTool & { readonly kind: 'free-form' })

interface NamedTool {
  readonly name: string
  readonly description: string
  /** The group of tools it belongs to, in protocols that have groups. */
  readonly namespace?: string
}

export type ToolChoice = { readonly kind: 'auto' | 'none' | 'any' } | { readonly kind: 'named'; readonly name: string }

/** What a request asks of the model, whichever protocol it came in. */
export interface Prompt extends CurrentTurn {
  /** All text of the prompt, for choosing a topic. */
  readonly text: string
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
