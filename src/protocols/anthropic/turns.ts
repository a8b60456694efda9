import { type CoreRequest, type Message, withLeadingSystem } from '../core/index.ts'
import { type ContentContext, renderContent } from './content-out.ts'
import type { WireBlock, WireTurn } from './wire.ts'

type Turn = { readonly role: WireTurn['role']; readonly content: WireBlock[] }

export type RenderedTurns = { readonly system?: readonly WireBlock[]; readonly messages: readonly WireTurn[] }

/**
 * `system` and `messages`. System turns before the first other turn join the system prompt; later ones become user text,
 * word for word, in their place: few models take a system turn there, and moving it to the front would change what it
 * speaks about and spoil the prompt cache. A request of system text alone asks with that text.
 */
export function renderTurns(request: CoreRequest, context: ContentContext): RenderedTurns {
  const { system, leading } = withLeadingSystem(request)
  const systemBlocks = renderContent(system, 'system', context)
  const turns: Turn[] = []
  for (const [index, message] of request.messages.entries()) {
    if (index < leading) continue
    append(turns, message, renderContent(message.content, `messages[${index}].content`, context))
  }
  if (turns.length === 0 && systemBlocks.length > 0) return { messages: [{ role: 'user', content: systemBlocks }] }
  trimPrefill(turns)
  return {
    ...(systemBlocks.length > 0 && { system: systemBlocks }),
    messages: turns.map(({ role, content }) => ({ role, content: resultsFirst(content) })),
  }
}

/** Consecutive turns of one role are one turn to Anthropic, and it wants all results of a turn's calls in the next. */
function append(turns: Turn[], message: Message, blocks: readonly WireBlock[]): void {
  if (blocks.length === 0) return
  const role = message.role === 'assistant' ? 'assistant' : 'user'
  const last = turns.at(-1)
  if (last?.role === role) last.content.push(...blocks)
  else turns.push({ role, content: [...blocks] })
}

/** Results stand before anything else in the turn after their calls. */
function resultsFirst(content: readonly WireBlock[]): readonly WireBlock[] {
  const isResult = (block: WireBlock): boolean => block.type === 'tool_result'
  return [...content.filter(isResult), ...content.filter((block) => !isResult(block))]
}

/** Anthropic refuses a last assistant turn that ends in white space. */
function trimPrefill(turns: Turn[]): void {
  const last = turns.at(-1)
  const block = last?.content.at(-1)
  if (last?.role !== 'assistant' || block?.type !== 'text' || typeof block['text'] !== 'string') return
  last.content[last.content.length - 1] = { ...block, text: block['text'].trimEnd() }
}

/**
 * Whether the model is in the middle of its calls without the thinking that led to them, as in every history of another
 * protocol: on a thinking budget Anthropic refuses such a request.
 */
export function lacksThinking({ messages }: RenderedTurns): boolean {
  const [calls, results] = messages.slice(-2)
  if (calls?.role !== 'assistant' || results?.content[0]?.type !== 'tool_result') return false
  const first = calls.content[0]?.type
  return first !== 'thinking' && first !== 'redacted_thinking'
}
