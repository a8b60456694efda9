import {
  argumentsOf,
  type CoreChoice,
  type CoreResponse,
  isClientCall,
  isJsonObject,
  type JsonObject,
  type Part,
  type ToolCallPart,
} from '../core/index.ts'
import { GroundingMetadata } from './grounding-out.ts'
import { renderFinishReason } from './stop-reason.ts'
import { renderUsage } from './usage.ts'
import { GEMINI, type WirePart } from './wire.ts'

/** What Google itself sends where there is nothing to say; clients take the first part for granted. */
export const EMPTY_PART: WirePart = { text: '' }

/** A finished answer as a client of Gemini knows it. */
export function renderResponse(response: CoreResponse): JsonObject {
  return {
    candidates: response.choices.map(renderChoice),
    usageMetadata: renderUsage(response.usage),
    modelVersion: response.model,
    responseId: response.id,
  }
}

function renderChoice({ content, stop }: CoreChoice, index: number): JsonObject {
  const parts: WirePart[] = []
  const grounding = new GroundingMetadata()
  for (const part of content) {
    const rendered = renderAnswerPart(part)
    if (rendered === undefined) continue
    if (part.type === 'text')
      for (const citation of part.citations ?? []) grounding.add(citation, part.text, 0, parts.length)
    parts.push(rendered)
  }
  return {
    content: { parts: parts.length === 0 ? [EMPTY_PART] : parts, role: 'model' },
    finishReason: renderFinishReason(stop, { refusal: content.some(({ type }) => type === 'refusal') }),
    index,
    ...grounding.render(),
  }
}

/**
 * One part of an answer, or `undefined` where Gemini's answers have none: what other providers' own tools did, hidden
 * thinking, what only another protocol understands. The client can act on none of it.
 */
export function renderAnswerPart(part: Part): WirePart | undefined {
  switch (part.type) {
    case 'text':
    case 'refusal':
      return { text: part.text }
    case 'thinking': {
      const { text, signature } = part
      // Without words it is the signature of something else.
      return {
        text,
        ...(text !== '' && { thought: true }),
        ...(signature !== undefined && { thoughtSignature: signature }),
      }
    }
    case 'tool-call':
      return isClientCall(part) ? renderCall(part) : undefined
    case 'opaque':
      return part.protocol === GEMINI && isJsonObject(part.value) ? part.value : undefined
    case 'redacted-thinking':
    case 'image':
    case 'document':
    case 'audio':
    case 'video':
    case 'tool-result':
      return undefined
  }
}

function renderCall(part: ToolCallPart): WirePart {
  const { id, name, signature } = part
  return {
    functionCall: { id, name, args: argumentsOf(part) },
    ...(signature !== undefined && { thoughtSignature: signature }),
  }
}
