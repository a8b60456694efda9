import type { Json } from './json.ts'

/**
 * The one model of a message's content, wide enough for Anthropic Messages, OpenAI Chat, OpenAI Responses and
 * Gemini. A protocol translates to and from it; no protocol knows another.
 */
export type Part =
  | TextPart
  | ImagePart
  | DocumentPart
  | AudioPart
  | VideoPart
  | ToolCallPart
  | ToolResultPart
  | ThinkingPart
  | RedactedThinkingPart
  | RefusalPart
  | OpaquePart

export interface TextPart {
  readonly type: 'text'
  readonly text: string
  readonly citations?: readonly Citation[]
  /** A prompt-cache breakpoint after this part, in the maker's own words. */
  readonly cache?: Json
}

/** Where bytes are found: inline (base64), at a URL the provider fetches, or in a provider's file store. */
export type MediaSource =
  | { readonly kind: 'base64'; readonly mediaType: string; readonly data: string }
  | { readonly kind: 'url'; readonly url: string; readonly mediaType?: string }
  | { readonly kind: 'file'; readonly fileId: string }

export interface ImagePart {
  readonly type: 'image'
  readonly source: MediaSource
  /** OpenAI's `low | high | auto`. */
  readonly detail?: string
  readonly cache?: Json
}

export interface DocumentPart {
  readonly type: 'document'
  readonly source: MediaSource | { readonly kind: 'text'; readonly text: string; readonly mediaType: string }
  readonly title?: string
  readonly context?: string
  readonly citationsEnabled?: boolean
  readonly cache?: Json
}

export interface AudioPart {
  readonly type: 'audio'
  /** Base64. */
  readonly data: string
  /** `wav`, `mp3`, … */
  readonly format: string
}

export interface VideoPart {
  readonly type: 'video'
  readonly source: MediaSource
}

/** `json`: the input is JSON text. `custom`: free text. `server`: JSON, run by the provider itself. */
export type ToolCallKind = 'json' | 'custom' | 'server'

export interface ToolCallPart {
  readonly type: 'tool-call'
  readonly kind: ToolCallKind
  readonly id: string
  readonly name: string
  /** As the model wrote it; the empty JSON input is `{}`. */
  readonly input: string
  /** The maker's signature of the call (Gemini's thought signature). */
  readonly signature?: string
  readonly cache?: Json
}

/** A call that the client is to make; one that the provider ran itself is over. */
export function isClientCall(part: Part): part is ToolCallPart {
  return part.type === 'tool-call' && part.kind !== 'server'
}

/** All that it says; nothing of its thinking, its calls or its refusal. */
export function textIn(content: readonly Part[]): string {
  return content.map((part) => (part.type === 'text' ? part.text : '')).join('')
}

export interface ToolResultPart {
  readonly type: 'tool-result'
  readonly callId: string
  /** Text, images and documents. */
  readonly content: readonly Part[]
  readonly isError: boolean
  readonly cache?: Json
}

export interface ThinkingPart {
  readonly type: 'thinking'
  readonly text: string
  /** Binds the text to the platform that made it: Anthropic's signature, OpenAI's encrypted reasoning, Gemini's thought signature. */
  readonly signature?: string
  /** The maker's id of it (OpenAI Responses). */
  readonly id?: string
}

export interface RedactedThinkingPart {
  readonly type: 'redacted-thinking'
  readonly data: string
}

export interface RefusalPart {
  readonly type: 'refusal'
  readonly text: string
}

/** Something only one protocol knows (a server tool's result, a compaction): carried whole, for that protocol alone. */
export interface OpaquePart {
  readonly type: 'opaque'
  readonly protocol: string
  /** The provider's name of it, e.g. `web_search_tool_result`. */
  readonly kind: string
  readonly value: Json
}

export interface Citation {
  readonly url?: string
  readonly title?: string
  readonly citedText?: string
  /** In characters of the part's text, end exclusive. */
  readonly start?: number
  readonly end?: number
  /** The provider's whole citation, for the protocol that made it. */
  readonly raw: Json
  readonly protocol: string
}
