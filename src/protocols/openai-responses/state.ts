import {
  isFilled,
  isJsonObject,
  type Json,
  type JsonObject,
  listOf,
  mayMention,
  objectsIn,
  type StateReference,
} from '../core/index.ts'
import { isReference } from './item-kinds.ts'

/** Names things in OpenAI's own stores. A reference to a stored item may be an `id` alone. */
const STATE_FIELD =
  /"(?:previous_response_id|conversation|prompt|file_ids?|vector_store_ids|container(?:_id)?|compaction|id)"/

/**
 * What only one account has: earlier responses, conversations, prompts, files, containers, stored items, and
 * compactions, which stand for a conversation that nobody else can read.
 */
export function findState(body: JsonObject, text: string): readonly StateReference[] {
  if (!mayMention(text, STATE_FIELD)) return []
  const found = new Found()
  found.add('previous_response_id', body.previous_response_id)
  found.add('conversation', idOf(body.conversation))
  const prompt = isJsonObject(body.prompt) ? body.prompt.id : undefined
  if (isFilled(prompt)) found.references.push({ field: 'prompt', id: prompt, isShared: true })
  listOf(body.tools).forEach((tool, index) => found.addTool(tool, `tools[${index}]`))
  listOf(body.input).forEach((item, index) => found.addItem(item, `input[${index}]`))
  return found.references
}

class Found {
  readonly references: StateReference[] = []

  add(field: string, id: Json | undefined): void {
    if (isFilled(id)) this.references.push({ field, id })
  }

  addTool(tool: Json, field: string): void {
    if (!isJsonObject(tool)) return
    const { container, environment, vector_store_ids: stores } = tool
    this.#addAll(`${field}.vector_store_ids`, stores)
    if (typeof container === 'string') this.add(`${field}.container`, container)
    if (isJsonObject(container)) this.#addAll(`${field}.container.file_ids`, container.file_ids)
    if (!isJsonObject(environment)) return
    this.add(`${field}.environment.container_id`, environment.container_id)
    this.#addAll(`${field}.environment.file_ids`, environment.file_ids)
  }

  addItem(item: Json, field: string): void {
    if (!isJsonObject(item)) return
    if (isReference(item)) this.add(`${field}.id`, item.id)
    if (item.type === 'compaction') this.add(`${field}.encrypted_content`, item.encrypted_content)
    this.add(`${field}.container_id`, item.container_id)
    this.#addFiles(`${field}.content`, item.content)
    // A result is a list of parts, or a computer's screenshot.
    this.#addFiles(`${field}.output`, isJsonObject(item.output) ? [item.output] : item.output)
  }

  #addFiles(field: string, parts: Json | undefined): void {
    for (const part of objectsIn(parts)) this.add(field, part.file_id)
  }

  #addAll(field: string, ids: Json | undefined): void {
    for (const id of listOf(ids)) this.add(field, id)
  }
}

function idOf(value: Json | undefined): Json | undefined {
  return isJsonObject(value) ? value.id : value
}
