import {
  type Citation,
  isJsonObject,
  type Json,
  type JsonObject,
  type Losses,
  type Part,
  readArguments,
  type ToolCallPart,
  type ToolResultPart,
} from '../core/index.ts'
import { renderOwnCitation } from './citations.ts'
import { renderMediaSource } from './media.ts'
import type { ToolIds } from './tool-ids.ts'
import { ANTHROPIC, type WireBlock } from './wire.ts'

export interface ContentContext {
  readonly losses: Losses
  readonly ids: ToolIds
  /** See `RenderOptions`. */
  readonly isOwn: (mark: string) => boolean
}

/** A turn's parts as blocks of a request. Throws a `FieldError` for what Anthropic cannot carry. */
export function renderContent(content: readonly Part[], field: string, context: ContentContext): readonly WireBlock[] {
  return content.flatMap((part, index) => renderPart(part, `${field}[${index}]`, context) ?? [])
}

function renderPart(part: Part, field: string, context: ContentContext): WireBlock | undefined {
  const { losses } = context
  switch (part.type) {
    case 'text':
      return renderText(part.text, renderCitations(part.citations ?? [], losses), part.cache)
    case 'refusal':
      return renderText(part.text, [], undefined)
    case 'image':
      if (part.detail !== undefined && part.detail !== 'auto') losses.drop('image-detail')
      return { type: 'image', source: renderMediaSource(part.source, field, losses), ...cacheControl(part.cache) }
    case 'document':
      return {
        type: 'document',
        source: renderMediaSource(part.source, field, losses),
        ...(part.title !== undefined && { title: part.title }),
        ...(part.context !== undefined && { context: part.context }),
        ...(part.citationsEnabled !== undefined && { citations: { enabled: part.citationsEnabled } }),
        ...cacheControl(part.cache),
      }
    case 'audio':
    case 'video':
      return losses.refuse(part.type, field)
    case 'tool-call':
      return renderCall(part, field, context)
    case 'tool-result':
      return renderResult(part, field, context)
    case 'thinking':
      // Only a signature lets Anthropic accept thinking again, and only the platform's own.
      if (part.signature !== undefined && context.isOwn(part.signature))
        return { type: 'thinking', thinking: part.text, signature: part.signature }
      losses.drop('thinking-history')
      return undefined
    case 'redacted-thinking':
      if (context.isOwn(part.data)) return { type: 'redacted_thinking', data: part.data }
      losses.drop('thinking-history')
      return undefined
    case 'opaque':
      if (part.protocol === ANTHROPIC && isJsonObject(part.value)) return { ...part.value, type: part.kind }
      losses.drop('provider-content')
      return undefined
  }
}

/** Anthropic refuses blank text blocks; they say nothing. */
function renderText(text: string, citations: readonly Json[], cache: Json | undefined): WireBlock | undefined {
  if (text.trim() === '') return undefined
  return { type: 'text', text, ...(citations.length > 0 && { citations }), ...cacheControl(cache) }
}

function renderCitations(citations: readonly Citation[], losses: Losses): readonly Json[] {
  const own = citations.map(renderOwnCitation).filter((citation) => citation !== undefined)
  if (own.length < citations.length) losses.drop('provider-content')
  return own
}

function renderCall(part: ToolCallPart, field: string, { losses, ids }: ContentContext): WireBlock | undefined {
  if (part.kind === 'custom') return losses.refuse('custom-tools', field)
  if (part.kind === 'server') {
    losses.drop('provider-content')
    return undefined
  }
  const input = readArguments(part, field)
  return { type: 'tool_use', id: ids.call(part.id), name: part.name, input, ...cacheControl(part.cache) }
}

function renderResult(part: ToolResultPart, field: string, context: ContentContext): WireBlock {
  const content = renderContent(part.content, `${field}.content`, context)
  return {
    type: 'tool_result',
    tool_use_id: context.ids.result(part.callId),
    ...(content.length > 0 && { content }),
    ...(part.isError && { is_error: true }),
    ...cacheControl(part.cache),
  }
}

function cacheControl(cache: Json | undefined): JsonObject {
  return cache === undefined ? {} : { cache_control: cache }
}
