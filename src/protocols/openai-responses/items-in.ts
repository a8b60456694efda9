import {
  type Json,
  jsonInput,
  type JsonObject,
  type Message,
  optional,
  type Part,
  readName,
  readObject,
  readString,
  reject,
  type TextPart,
  type ToolResultPart,
} from '../core/index.ts'
import type { OnUnknown } from '../openai/index.ts'
import { readAssistantContent, readUserContent } from './content-in.ts'
import { isReference, roleOfItem } from './item-kinds.ts'
import { readReasoning } from './reasoning-item.ts'
import { OPENAI_RESPONSES } from './wire.ts'

export interface Conversation {
  readonly system: readonly TextPart[]
  readonly messages: readonly Message[]
}

/**
 * A request's `instructions` and `input`. What the model wrote between two turns of the client (reasoning, text, calls) is
 * one turn of the core's, and so are the results that answer its calls. The `system` and `developer` messages before the
 * first other item join the system prompt; later ones keep their place.
 */
export function readInput(body: JsonObject, onUnknown: OnUnknown): Conversation {
  const reader = new InputReader(onUnknown)
  const instructions = optional(body.instructions, 'instructions', readString) ?? ''
  if (instructions !== '') reader.system.push({ type: 'text', text: instructions })
  const { input } = body
  if (typeof input === 'string') return { system: reader.system, messages: [userText(input)] }
  if (!Array.isArray(input)) return reject('input', 'a string or a list of items', input)
  if (input.length === 0) reject('input', 'at least one item', input, 'an empty list')
  for (const [index, value] of (input as readonly Json[]).entries())
    reader.readItem(readObject(value, `input[${index}]`), `input[${index}]`)
  return { system: reader.system, messages: reader.finish() }
}

function userText(text: string): Message {
  return { role: 'user', content: [{ type: 'text', text }] }
}

// One that says nothing here is a name for what OpenAI has stored; it stays, so that its loss can be told.
function readThinking(item: JsonObject): readonly Part[] {
  const parts = readReasoning(item)
  return parts.length === 0 && typeof item.id === 'string' ? [{ type: 'thinking', text: '', id: item.id }] : parts
}

class InputReader {
  readonly #onUnknown: OnUnknown
  readonly system: TextPart[] = []
  readonly #messages: Message[] = []
  /** What is being gathered: the model's turn, or the results of its calls. */
  #turn: { readonly role: 'user' | 'assistant'; readonly content: Part[] } | undefined

  constructor(onUnknown: OnUnknown) {
    this.#onUnknown = onUnknown
  }

  finish(): readonly Message[] {
    this.#closeTurn()
    return this.#messages
  }

  readItem(item: JsonObject, field: string): void {
    if (isReference(item)) {
      this.#onUnknown('item_reference')
      return
    }
    const type = optional(item.type, `${field}.type`, readName) ?? 'message'
    switch (type) {
      case 'message':
        this.#readMessage(item, field)
        return
      case 'reasoning':
        this.#gather('assistant', readThinking(item))
        return
      case 'function_call':
      case 'custom_tool_call':
        this.#gather('assistant', [this.#readCall(type, item, field)])
        return
      case 'function_call_output':
      case 'custom_tool_call_output':
        this.#gather('user', [this.#readResult(item, field)])
        return
      default:
        // A compaction is the conversation before it, in its maker's cipher.
        if (type === 'compaction') this.#onUnknown('compaction')
        this.#gather(roleOfItem(type), [{ type: 'opaque', protocol: OPENAI_RESPONSES, kind: type, value: item }])
    }
  }

  #readMessage(item: JsonObject, field: string): void {
    const { role } = item
    // Which part of its turn a message is, for the newest models; no other protocol has a word for it.
    if (typeof item.phase === 'string') this.#onUnknown('phase')
    switch (role) {
      case 'system':
      case 'developer':
        this.#addSystem(readUserContent(item.content, `${field}.content`, this.#onUnknown))
        return
      case 'user':
        this.#closeTurn()
        this.#messages.push({ role, content: readUserContent(item.content, `${field}.content`, this.#onUnknown) })
        return
      case 'assistant':
        this.#gather(role, readAssistantContent(item.content, `${field}.content`, this.#onUnknown))
        return
      default:
        reject(
          `${field}.role`,
          'system, developer, user or assistant',
          role,
          typeof role === 'string' ? 'another role' : undefined,
        )
    }
  }

  #addSystem(content: readonly Part[]): void {
    const texts = content.filter((part) => part.type === 'text')
    const isFirst = this.#messages.length === 0 && this.#turn === undefined
    if (isFirst && texts.length === content.length) {
      this.system.push(...texts)
      return
    }
    this.#closeTurn()
    this.#messages.push({ role: 'system', content })
  }

  #readCall(type: 'function_call' | 'custom_tool_call', item: JsonObject, field: string): Part {
    if (typeof item.namespace === 'string') this.#onUnknown('namespace')
    const id = readName(item.call_id, `${field}.call_id`)
    const name = readName(item.name, `${field}.name`)
    if (type === 'custom_tool_call')
      return { type: 'tool-call', kind: 'custom', id, name, input: readString(item.input, `${field}.input`) }
    const input = readString(item.arguments, `${field}.arguments`)
    return { type: 'tool-call', kind: 'json', id, name, input: jsonInput(input) }
  }

  #readResult(item: JsonObject, field: string): ToolResultPart {
    return {
      type: 'tool-result',
      callId: readName(item.call_id, `${field}.call_id`),
      content: readUserContent(item.output, `${field}.output`, this.#onUnknown),
      isError: false,
    }
  }

  #gather(role: 'user' | 'assistant', parts: readonly Part[]): void {
    if (parts.length === 0) return
    if (this.#turn?.role !== role) this.#closeTurn()
    this.#turn ??= { role, content: [] }
    this.#turn.content.push(...parts)
  }

  #closeTurn(): void {
    if (this.#turn !== undefined) this.#messages.push(this.#turn)
    this.#turn = undefined
  }
}
