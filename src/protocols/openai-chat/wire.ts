import type { Json, JsonObject } from '../core/index.ts'

// What Fullstop itself writes, in OpenAI's spelling. What others write is read as `JsonObject`, field by field: the
// many hosts of this protocol agree on less than its types say.

export type WireFunctionCall = {
  readonly id: string
  readonly type: 'function'
  readonly function: { readonly name: string; readonly arguments: string }
}

export type WireCustomCall = {
  readonly id: string
  readonly type: 'custom'
  readonly custom: { readonly name: string; readonly input: string }
}

export type WireToolCall = WireFunctionCall | WireCustomCall

export type WirePart =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'image_url'; readonly image_url: { readonly url: string; readonly detail?: string } }
  | { readonly type: 'input_audio'; readonly input_audio: { readonly data: string; readonly format: string } }
  | { readonly type: 'file'; readonly file: { readonly file_data: string; readonly filename: string } }

export type WireContent = string | readonly WirePart[]

export type WireMessage =
  | { readonly role: 'system' | 'user'; readonly content: WireContent }
  | { readonly role: 'tool'; readonly tool_call_id: string; readonly content: WireContent }
  | {
      readonly role: 'assistant'
      readonly content: WireContent | null
      readonly refusal?: string
      readonly tool_calls?: readonly WireToolCall[]
      readonly audio?: Json
    }

export type WireTool =
  | {
      readonly type: 'function'
      readonly function: {
        readonly name: string
        readonly description?: string
        readonly parameters: JsonObject
        readonly strict?: boolean
      }
    }
  | {
      readonly type: 'custom'
      readonly custom: { readonly name: string; readonly description?: string; readonly format?: Json }
    }
  | JsonObject

export type WireAnnotation = {
  readonly type: 'url_citation'
  readonly url_citation: {
    readonly url: string
    readonly title: string
    readonly start_index: number
    readonly end_index: number
  }
}

/** What one chunk of a stream adds to a choice. `reasoning_content` is DeepSeek's word, which most clients know. */
export type WireDelta = {
  readonly role?: 'assistant'
  readonly content?: string
  readonly refusal?: string
  readonly reasoning_content?: string
  readonly annotations?: readonly WireAnnotation[]
  readonly tool_calls?: readonly (WireToolCall & { readonly index: number })[]
}
