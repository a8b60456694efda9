import {
  type Checked,
  checked,
  isFilled,
  isJsonObject,
  type Json,
  type JsonObject,
  listOf,
  mayMention,
  optional,
  readBoolean,
  readModel,
  type RequestFacts,
  type StateReference,
} from '../core/index.ts'
import { asksForReasoning } from './reasoning.ts'

/** What the plan needs, and no more: where client and provider both speak Anthropic, the provider judges the rest. */
export function inspectRequest(body: JsonObject): Checked<RequestFacts> {
  return checked(() => readFacts(body))
}

export function readFacts(body: JsonObject): RequestFacts {
  const stream = optional(body['stream'], 'stream', readBoolean) ?? false
  return {
    model: readModel(body['model']),
    stream,
    reasoning: asksForReasoning(body),
    choices: 1,
    structured: asksForStructure(body),
    tools: listOf(body['tools']).length > 0,
    session: readSession(body['metadata']),
  }
}

/** `output_config.format`, or `output_format` as its beta called it. */
function asksForStructure(body: JsonObject): boolean {
  const config = body['output_config']
  return isJsonObject(body['output_format']) || (isJsonObject(config) && isJsonObject(config['format']))
}

/** Claude Code's `user_id` names the session; whoever names only the user gets one session a user, which does no harm. */
function readSession(metadata: Json | undefined): string | undefined {
  const user = isJsonObject(metadata) ? metadata['user_id'] : undefined
  return isFilled(user) ? user : undefined
}

/** Names things in Anthropic's own stores: files, and the containers in which its tools run. */
const STATE_FIELD = /"file_id"|"container"/

/** Files and containers, which only the account has that stored them. */
export function findState(body: JsonObject, text: string): readonly StateReference[] {
  if (!mayMention(text, STATE_FIELD)) return []
  const found: StateReference[] = []
  const container = body['container']
  const containerId = isJsonObject(container) ? container['id'] : container
  if (typeof containerId === 'string') found.push({ field: 'container', id: containerId })
  for (const [index, message] of listOf(body['messages']).entries())
    if (isJsonObject(message)) findFiles(message['content'], `messages[${index}].content`, found)
  return found
}

function findFiles(content: Json | undefined, field: string, found: StateReference[]): void {
  for (const [index, block] of listOf(content).entries()) {
    if (!isJsonObject(block)) continue
    const place = `${field}[${index}]`
    const source = isJsonObject(block['source']) ? block['source'] : block
    if (typeof source['file_id'] === 'string') found.push({ field: place, id: source['file_id'] })
    // A tool's result holds blocks of its own, and those hold none.
    if (block['type'] === 'tool_result') findFiles(block['content'], `${place}.content`, found)
  }
}
