import { type CoreRequest, type JsonObject, withLeadingSystem } from '../core/index.ts'
import { type ContentContext, renderContent } from './content-out.ts'
import { takesSignatures } from './reasoning.ts'
import { withPlaceholders } from './signatures.ts'
import type { WireContent, WirePart } from './wire.ts'

export interface RenderedContents {
  readonly systemInstruction?: JsonObject
  readonly contents: readonly WireContent[]
}

/**
 * `systemInstruction` and `contents`. System turns before the first other turn join the system prompt; later ones become
 * user text, word for word, in their place, since Gemini has two roles only. A request of system text alone asks with
 * that text.
 */
export function renderContents(request: CoreRequest, model: string, context: ContentContext): RenderedContents {
  const { messages } = request
  if (messages.at(-1)?.role === 'assistant') context.losses.refuse('prefill', `messages[${messages.length - 1}]`)
  const { system: prompt, leading } = withLeadingSystem(request)
  const system = renderContent(prompt, 'system', context)
  const turns: { role: WireContent['role']; parts: WirePart[] }[] = []
  for (const [index, message] of messages.entries()) {
    if (index < leading) continue
    const parts = renderContent(message.content, `messages[${index}].content`, context)
    if (parts.length === 0) continue
    const role = message.role === 'assistant' ? 'model' : 'user'
    const last = turns.at(-1)
    if (last?.role === role) last.parts.push(...parts)
    else turns.push({ role, parts: [...parts] })
  }
  if (turns.length === 0) return { contents: [{ role: 'user', parts: system.length > 0 ? system : [{ text: '' }] }] }
  const contents = turns.map(({ role, parts }) => ({ role, parts: resultsFirst(parts) }))
  return {
    ...(system.length > 0 && { systemInstruction: { parts: system } }),
    contents: takesSignatures(model) ? withPlaceholders(contents) : contents,
  }
}

/** Gemini wants as many results behind a turn's calls as there are calls, and counts from the beginning. */
function resultsFirst(parts: readonly WirePart[]): readonly WirePart[] {
  const isResult = ({ functionResponse }: WirePart): boolean => functionResponse !== undefined
  return [...parts.filter(isResult), ...parts.filter((part) => !isResult(part))]
}
