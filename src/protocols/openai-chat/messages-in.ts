import {
  type Json,
  type JsonObject,
  type Message,
  optional,
  type Part,
  readArray,
  readName,
  readObject,
  readString,
  reject,
  type TextPart,
  type ToolResultPart,
} from '../core/index.ts'
import type { OnUnknown } from '../openai/index.ts'
import { readAssistantContent, readSystemContent, readToolContent, readUserContent } from './content-in.ts'
import { readFunction, readToolCalls } from './tool-call-in.ts'

export interface Conversation {
  readonly system: readonly TextPart[]
  readonly messages: readonly Message[]
}

/**
 * A request's `messages`. The `system` and `developer` messages before the first other one become the system prompt;
 * later ones keep their place. Consecutive `tool` messages become one user message with a result each, since that is
 * one turn: everything that the calls before it are answered with.
 */
export function readMessages(value: unknown, onUnknown: OnUnknown): Conversation {
  const messages = readArray(value, 'messages')
  if (messages.length === 0) reject('messages', 'at least one message', messages, 'an empty list')
  return new ConversationReader(onUnknown).read(messages)
}

class ConversationReader {
  readonly #onUnknown: OnUnknown
  readonly #system: TextPart[] = []
  readonly #messages: Message[] = []
  #results: ToolResultPart[] = []
  /** Ids of deprecated function calls that wait for their `function` message, by name. */
  readonly #functionCalls = new Map<string, string>()

  constructor(onUnknown: OnUnknown) {
    this.#onUnknown = onUnknown
  }

  read(messages: readonly unknown[]): Conversation {
    messages.forEach((value, index) => {
      const field = `messages[${index}]`
      this.#readMessage(readObject(value, field), field, index)
    })
    this.#closeResults()
    return { system: this.#system, messages: this.#messages }
  }

  #readMessage(message: JsonObject, field: string, index: number): void {
    // The name of a participant has no counterpart elsewhere.
    if (message.role !== 'function' && message.name !== undefined && message.name !== null)
      this.#onUnknown('messages.name')
    switch (message.role) {
      case 'tool':
        this.#addResult(readName(message.tool_call_id, `${field}.tool_call_id`), message.content, field)
        return
      case 'function':
        this.#addResult(this.#functionCallId(message.name, `${field}.name`), message.content, field)
        return
      case 'system':
      case 'developer':
        this.#addSystem(readSystemContent(message.content, `${field}.content`, this.#onUnknown))
        return
      case 'user':
        this.#add('user', readUserContent(message.content, `${field}.content`, this.#onUnknown))
        return
      case 'assistant':
        this.#add('assistant', this.#readAssistant(message, field, index))
        return
      default:
        reject(
          `${field}.role`,
          'system, developer, user, assistant, tool or function',
          message.role,
          typeof message.role === 'string' ? 'another role' : undefined,
        )
    }
  }

  #addSystem(content: readonly TextPart[]): void {
    if (this.#messages.length === 0 && this.#results.length === 0) this.#system.push(...content)
    else this.#add('system', content)
  }

  #add(role: Message['role'], content: readonly Part[]): void {
    this.#closeResults()
    this.#messages.push({ role, content })
  }

  #addResult(callId: string, content: unknown, field: string): void {
    const parts = readToolContent(content, `${field}.content`, this.#onUnknown)
    this.#results.push({ type: 'tool-result', callId, content: parts, isError: false })
  }

  #closeResults(): void {
    if (this.#results.length === 0) return
    this.#messages.push({ role: 'user', content: this.#results })
    this.#results = []
  }

  #readAssistant(message: JsonObject, field: string, index: number): readonly Part[] {
    const parts: Part[] = []
    const thinking = readThinking(message)
    if (thinking !== '') parts.push({ type: 'thinking', text: thinking })
    if (message.reasoning_details !== undefined) this.#onUnknown('messages.reasoning_details')
    parts.push(...readAssistantContent(message.content, `${field}.content`, this.#onUnknown))
    const refusal = optional(message.refusal, `${field}.refusal`, readString)
    if (refusal !== undefined && refusal !== '') parts.push({ type: 'refusal', text: refusal })
    // Names audio in OpenAI's own store.
    const audio = optional(message.audio, `${field}.audio`, readObject)
    if (audio !== undefined)
      parts.push({ type: 'opaque', protocol: 'openai-chat', kind: 'audio', value: audio as Json })
    parts.push(...(optional(message.tool_calls, `${field}.tool_calls`, readToolCalls) ?? []))
    const call = optional(message.function_call, `${field}.function_call`, readFunction)
    if (call !== undefined) {
      // The deprecated form has no ids; the place in the conversation makes one that is the same every time.
      const id = `call_${index}`
      this.#functionCalls.set(call.name, id)
      parts.push({ type: 'tool-call', kind: 'json', id, ...call })
    }
    return parts
  }

  #functionCallId(name: unknown, field: string): string {
    return (
      this.#functionCalls.get(readName(name, field)) ??
      reject(field, 'the name of a function_call before it', name, 'another name')
    )
  }
}

// DeepSeek and many after it say `reasoning_content`, Groq and OpenRouter `reasoning`. Anything odd in them is left
// out: thinking in the history is never carried to another platform anyway.
function readThinking(message: JsonObject): string {
  for (const value of [message.reasoning_content, message.reasoning]) if (typeof value === 'string') return value
  return ''
}
