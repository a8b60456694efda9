import type { Answer, AnswerPart } from '../../model/answer.ts'
import { logprobOf } from '../openai-chat/answer.ts'
import type { RenderContext } from '../provider-protocol.ts'
import { sealReasoning } from './reasoning.ts'
import type { ResponsesAsk } from './request.ts'

type Fields = Readonly<Record<string, unknown>>

/** A content part of a message, with the tokens it is streamed in. */
export interface OutputPart {
  readonly type: 'output_text' | 'refusal'
  readonly tokens: readonly string[]
  /** By token; empty when none were asked for. */
  readonly logprobs: readonly object[]
}

/** An item of the output: what the finished one looks like, and what it is streamed from. */
export type OutputItem = {
  readonly id: string
  /** Everything but the status and what the deltas bring. */
  readonly head: Fields
  readonly isWhole: boolean
} & (
  | { readonly kind: 'reasoning'; readonly summary: readonly string[] }
  | { readonly kind: 'message'; readonly parts: readonly OutputPart[] }
  | { readonly kind: 'function' | 'custom'; readonly tokens: readonly string[] }
)

/** The items of an answer: reasoning and calls are one each, texts that follow each other are one message. */
export function outputItems(answer: Answer, ask: ResponsesAsk, context: RenderContext): OutputItem[] {
  const items: OutputItem[] = []
  const isCut = answer.stop === 'limit' || answer.stop === 'context'
  for (const [index, part] of answer.parts.entries()) {
    const isWhole = !isCut || index < answer.parts.length - 1
    const last = items.at(-1)
    if (part.kind === 'text' || part.kind === 'refusal') {
      const content = outputPart(part.kind, part.tokens, ask, context)
      if (last?.kind === 'message') items[items.length - 1] = { ...last, isWhole, parts: [...last.parts, content] }
      else items.push(messageItem(content, isWhole, context))
    } else if (part.kind === 'tool') items.push(callItem(part, isWhole, context))
    else items.push(reasoningItem(part.tokens, isWhole, ask, context))
  }
  return items
}

/** An item as `output_item.done` and the response show it; `isStarting` is its state before the first delta. */
export function itemBody(item: OutputItem, isStarting = false): Fields {
  const status = isStarting ? 'in_progress' : item.isWhole ? 'completed' : 'incomplete'
  const { id, head } = item
  switch (item.kind) {
    case 'reasoning':
      // Reasoning has no status of its own.
      return { id, ...head, summary: isStarting ? [] : item.summary.map((text) => ({ type: 'summary_text', text })) }
    case 'message':
      return { id, ...head, status, content: isStarting ? [] : item.parts.map((part) => partBody(part)) }
    case 'function':
      return { id, ...head, status, arguments: isStarting ? '' : item.tokens.join('') }
    case 'custom':
      return { id, ...head, status, input: isStarting ? '' : item.tokens.join('') }
  }
}

/** A content part, whole or as it begins. */
export function partBody({ type, tokens, logprobs }: OutputPart, isStarting = false): Fields {
  const text = isStarting ? '' : tokens.join('')
  if (type === 'refusal') return { type, refusal: text }
  return { type, annotations: [], logprobs: isStarting ? [] : logprobs, text }
}

function outputPart(
  kind: 'text' | 'refusal',
  tokens: readonly string[],
  { topLogprobs }: ResponsesAsk,
  { writer }: RenderContext,
): OutputPart {
  const scored = topLogprobs === undefined || kind === 'refusal' ? [] : writer.score(tokens, topLogprobs)
  return { type: kind === 'text' ? 'output_text' : 'refusal', tokens, logprobs: scored.map(logprobOf) }
}

function messageItem(part: OutputPart, isWhole: boolean, { random }: RenderContext): OutputItem {
  const head = { type: 'message', role: 'assistant' }
  return { kind: 'message', id: `msg_${random.identifier(48)}`, head, isWhole, parts: [part] }
}

function reasoningItem(
  tokens: readonly string[],
  isWhole: boolean,
  { showsEncrypted, showsSummary }: ResponsesAsk,
  { random, platform }: RenderContext,
): OutputItem {
  const id = `rs_${random.identifier(48)}`
  const sealed = sealReasoning(platform, `${id} ${random.identifier(120)}`)
  const head = { type: 'reasoning', ...(showsEncrypted ? { encrypted_content: sealed } : {}) }
  return { kind: 'reasoning', id, head, isWhole, summary: showsSummary ? [tokens.join('')] : [] }
}

type ToolPart = Extract<AnswerPart, { readonly kind: 'tool' }>

function callItem(part: ToolPart, isWhole: boolean, { random }: RenderContext): OutputItem {
  const { name, namespace, tokens } = part
  const head = {
    type: part.freeForm ? 'custom_tool_call' : 'function_call',
    call_id: `call_${random.identifier(24)}`,
    name,
    ...(namespace === undefined ? {} : { namespace }),
  }
  const id = `${part.freeForm ? 'ctc' : 'fc'}_${random.identifier(48)}`
  return { kind: part.freeForm ? 'custom' : 'function', id, head, isWhole, tokens }
}
