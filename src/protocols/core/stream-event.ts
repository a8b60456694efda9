import type { Usage } from '../../evidence/index.ts'
import type { Citation, OpaquePart, RedactedThinkingPart, ToolCallPart } from './content.ts'
import type { CoreStop } from './response.ts'

/**
 * A streamed answer, in no provider's words. `part` numbers the content parts of a choice from 0 in the order in
 * which they began; a new number is a new part. Text, thinking and refusals arrive in pieces. A tool call arrives
 * once, whole and with arguments that parse: half of one does not exist in this model.
 */
export type StreamEvent =
  | {
      readonly type: 'start'
      readonly id: string
      readonly model: string
      readonly created?: number
      readonly usage: Usage
    }
  | { readonly type: 'text'; readonly choice: number; readonly part: number; readonly text: string }
  | { readonly type: 'citation'; readonly choice: number; readonly part: number; readonly citation: Citation }
  | { readonly type: 'thinking'; readonly choice: number; readonly part: number; readonly text: string }
  | { readonly type: 'thinking-signature'; readonly choice: number; readonly part: number; readonly signature: string }
  | { readonly type: 'refusal'; readonly choice: number; readonly part: number; readonly text: string }
  /** A part that comes whole. */
  | {
      readonly type: 'whole'
      readonly choice: number
      readonly part: number
      readonly content: ToolCallPart | RedactedThinkingPart | OpaquePart
    }
  | { readonly type: 'stop'; readonly choice: number; readonly stop: CoreStop }
  | { readonly type: 'usage'; readonly usage: Usage }
