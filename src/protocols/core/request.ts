import type { Part, TextPart } from './content.ts'
import type { Json, JsonObject } from './json.ts'

/** What a client asks for, in no provider's words. */
export interface CoreRequest {
  readonly model: string
  readonly stream: boolean
  readonly system: readonly TextPart[]
  readonly messages: readonly Message[]
  readonly tools: readonly Tool[]
  readonly toolChoice?: ToolChoice
  /** `false` asks for at most one tool call. */
  readonly parallelToolCalls?: boolean
  readonly maxOutputTokens?: number
  readonly temperature?: number
  readonly topP?: number
  readonly topK?: number
  readonly stop: readonly string[]
  readonly format?: OutputFormat
  readonly reasoning?: Reasoning
  /** Answers wanted; above 1 only some protocols can. */
  readonly choices: number
  readonly seed?: number
  readonly frequencyPenalty?: number
  readonly presencePenalty?: number
  /** Log probabilities wanted, with this many alternatives a token. */
  readonly topLogprobs?: number
  /** An opaque end-user id. */
  readonly userId?: string
  readonly metadata?: JsonObject
  /** Whether a streaming client wants a usage report at the end. */
  readonly includeUsage: boolean
  /** Fields of the client's protocol that the core has no word for, by name: the loss table decides about them. */
  readonly unknown: ReadonlyMap<string, Json>
}

/** `system` and `developer` turns in the middle of a conversation keep their place. */
export interface Message {
  readonly role: 'user' | 'assistant' | 'system'
  readonly content: readonly Part[]
}

/**
 * For protocols whose system prompt is a field of its own: the prompt with the system turns in front of all others, and how
 * many turns those are. Later ones have to keep their place; one that holds more than text is asked as the user's.
 */
export function withLeadingSystem({ system, messages }: CoreRequest): {
  readonly system: readonly Part[]
  readonly leading: number
} {
  const first = messages.findIndex(
    ({ role, content }) => role !== 'system' || content.some(({ type }) => type !== 'text'),
  )
  const leading = first === -1 ? messages.length : first
  return { system: [...system, ...messages.slice(0, leading).flatMap(({ content }) => content)], leading }
}

export type Tool =
  | {
      readonly kind: 'json'
      readonly name: string
      readonly description?: string
      /** JSON Schema of the arguments. */
      readonly schema: JsonObject
      readonly strict?: boolean
      readonly cache?: Json
    }
  | {
      readonly kind: 'custom'
      readonly name: string
      readonly description?: string
      /** As OpenAI Chat writes it: a grammar in an object of its own. */
      readonly format?: Json
    }
  /** Run by the provider itself; known to one protocol. */
  | { readonly kind: 'server'; readonly protocol: string; readonly type: string; readonly value: JsonObject }

/** The schema of a tool that takes no arguments. */
export const NO_ARGUMENTS: JsonObject = { type: 'object', properties: {} }

export type ToolChoice = { readonly type: 'auto' | 'any' | 'none' } | { readonly type: 'tool'; readonly name: string }

/** What a request says of its tools. */
export type ToolUse = Pick<CoreRequest, 'tools' | 'toolChoice'>

export type OutputFormat =
  | { readonly type: 'json' }
  | { readonly type: 'json-schema'; readonly name?: string; readonly schema: JsonObject; readonly strict?: boolean }

/** What a request asks its answers, and the calls in them, to be. */
export type AnswerTerms = Pick<CoreRequest, 'format' | 'tools'>

export interface Reasoning {
  /** `none | minimal | low | medium | high | xhigh | max`, where the client gave one. */
  readonly effort?: string
  /** Tokens, where the client gave a budget. */
  readonly budgetTokens?: number
  readonly enabled: boolean
}
