import { invalid } from './errors.ts'
import { isRecord, stringOr } from '../../json-checks.ts'
import type { JsonRecord } from '../../json-checks.ts'
import { signatureOf } from './signature.ts'

const IMAGE_TYPES = ['image/jpeg', 'image/png', 'image/gif', 'image/webp']
// Blocks of documents and of tools that the provider runs itself; they are taken as they come.
const OTHER_BLOCKS = new Set(
  `document redacted_thinking search_result server_tool_use web_search_tool_result web_fetch_tool_result
   code_execution_tool_result bash_code_execution_tool_result text_editor_code_execution_tool_result
   tool_search_tool_result mcp_tool_use mcp_tool_result container_upload compaction fallback`.split(/\s+/),
)
const TOOL_ID = /^[a-zA-Z0-9_-]+$/

/** A message whose content is always a list of blocks. */
export interface AnthropicTurn {
  readonly role: 'user' | 'assistant' | 'system'
  readonly blocks: readonly JsonRecord[]
}

export interface TurnOptions {
  readonly platform: string
  /** Whether system messages may stand between the others. */
  readonly mayInterject: boolean
}

/** Checks `messages` as the real API does; throws what it would answer. */
export function readTurns(messages: unknown, options: TurnOptions): AnthropicTurn[] {
  if (messages === undefined) throw invalid('messages: Field required')
  if (!Array.isArray(messages)) throw invalid('messages: Input should be a valid list')
  if (messages.length === 0) throw invalid('messages: at least one message is required')
  const turns: AnthropicTurn[] = []
  for (const [index, message] of messages.entries()) {
    const turn = readTurn(message, index, index === messages.length - 1, options)
    const before = turns.at(-1)
    // The API takes consecutive messages of one role as one turn.
    if (before?.role === turn.role)
      turns[turns.length - 1] = { role: turn.role, blocks: [...before.blocks, ...turn.blocks] }
    else turns.push(turn)
  }
  if (turns[0]?.role !== 'user') throw invalid('messages: first message must use the "user" role')
  // Interjections don't part a call from its result.
  checkToolUse(turns.filter(({ role }) => role !== 'system'))
  return turns
}

function readTurn(
  message: unknown,
  index: number,
  isLast: boolean,
  { platform, mayInterject }: TurnOptions,
): AnthropicTurn {
  const at = `messages.${index}`
  if (!isRecord(message)) throw invalid(`${at}: Input should be a valid dictionary`)
  const { role, content } = message
  if (role === 'system' && !mayInterject) {
    throw invalid(
      'messages: Unexpected role "system". The Messages API accepts a top-level `system` parameter, not "system" as an input message role.',
    )
  }
  if (role !== 'user' && role !== 'assistant' && role !== 'system') {
    throw invalid(
      role === undefined ? `${at}.role: Field required` : `${at}.role: Input should be 'user' or 'assistant'`,
    )
  }
  if (content === undefined) throw invalid(`${at}.content: Field required`)
  if (typeof content !== 'string' && !Array.isArray(content)) {
    throw invalid(`${at}.content: Input should be a valid string or a valid list`)
  }
  if (content.length === 0 && !(isLast && role === 'assistant')) {
    throw invalid(`${at}: all messages must have non-empty content except for the optional final assistant message`)
  }
  if (typeof content === 'string') return { role, blocks: content === '' ? [] : [{ type: 'text', text: content }] }
  const blocks = content.map((block: unknown, blockIndex) => readBlock(block, `${at}.content.${blockIndex}`, platform))
  return { role, blocks }
}

function readBlock(block: unknown, at: string, platform: string): JsonRecord {
  if (!isRecord(block)) throw invalid(`${at}: Input should be a valid dictionary`)
  switch (block['type']) {
    case 'text':
      if (typeof block['text'] !== 'string') throw invalid(`${at}.text.text: Input should be a valid string`)
      if (block['text'] === '') throw invalid('messages: text content blocks must be non-empty')
      return block
    case 'image':
      checkImage(block, at)
      return block
    case 'thinking':
      if (block['signature'] === undefined) throw invalid(`${at}.thinking.signature: Field required`)
      if (block['signature'] !== signatureOf(stringOr(block['thinking']), platform)) {
        throw invalid(`${at}: Invalid \`signature\` in \`thinking\` block`)
      }
      return block
    case 'tool_use':
      if (!TOOL_ID.test(stringOr(block['id']))) {
        throw invalid(`${at}.tool_use.id: String should match pattern '^[a-zA-Z0-9_-]+$'`)
      }
      if (typeof block['name'] !== 'string') throw invalid(`${at}.tool_use.name: Field required`)
      if (!isRecord(block['input'])) throw invalid(`${at}.tool_use.input: Input should be a valid dictionary`)
      return block
    case 'tool_result':
      if (typeof block['tool_use_id'] !== 'string') throw invalid(`${at}.tool_result.tool_use_id: Field required`)
      return block
    case undefined:
      throw invalid(`${at}.type: Field required`)
    default:
      if (OTHER_BLOCKS.has(stringOr(block['type']))) return block
      throw invalid(
        `${at}: Input tag '${String(block['type'])}' found using 'type' does not match any of the expected tags`,
      )
  }
}

function checkImage(block: JsonRecord, at: string): void {
  const source = block['source']
  if (!isRecord(source)) throw invalid(`${at}.image.source: Field required`)
  if (source['type'] === 'base64') {
    if (!IMAGE_TYPES.includes(stringOr(source['media_type']))) {
      throw invalid(
        `${at}.image.source.base64.media_type: Input should be 'image/jpeg', 'image/png', 'image/gif' or 'image/webp'`,
      )
    }
    if (!/^[A-Za-z0-9+/]+={0,2}$/.test(stringOr(source['data']))) {
      throw invalid(`${at}.image.source.base64: invalid base64 data`)
    }
  } else if (source['type'] === 'url' ? typeof source['url'] !== 'string' : source['type'] !== 'file') {
    throw invalid(`${at}.image.source: Input should be a valid image source`)
  }
}

// A call is answered in the very next message, and a result belongs to a call of the message before.
function checkToolUse(turns: readonly AnthropicTurn[]): void {
  const seen = new Set<string>()
  for (const [index, turn] of turns.entries()) {
    const called = idsOf(turn, 'assistant', 'tool_use', 'id')
    for (const id of called) {
      if (seen.has(id)) throw invalid('messages: `tool_use` ids must be unique')
      seen.add(id)
    }
    const next = turns[index + 1]
    const answered = next === undefined ? [] : idsOf(next, 'user', 'tool_result', 'tool_use_id')
    const open = called.filter((id) => !answered.includes(id))
    // A trailing call is an open call too: the next message cannot come any more.
    if (open.length > 0) {
      throw invalid(
        `messages.${index}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${open.join(', ')}. Each \`tool_use\` block must have a corresponding \`tool_result\` block in the next message.`,
      )
    }
    const before = turns[index - 1]
    const known = before === undefined ? [] : idsOf(before, 'assistant', 'tool_use', 'id')
    for (const [blockIndex, block] of turn.blocks.entries()) {
      if (block['type'] === 'tool_result' && !known.includes(stringOr(block['tool_use_id']))) {
        throw invalid(
          `messages.${index}.content.${blockIndex}: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${stringOr(block['tool_use_id'])}. Each \`tool_result\` block must have a corresponding \`tool_use\` block in the previous message.`,
        )
      }
    }
  }
}

function idsOf(turn: AnthropicTurn, role: string, type: string, key: string): string[] {
  if (turn.role !== role) return []
  return turn.blocks.filter((block) => block['type'] === type).map((block) => stringOr(block[key]))
}
