import { isSealedReasoning } from './reasoning.ts'
import { isRecord, isRecordList, isStringList, recordOr, stringOr } from '../../json-checks.ts'
import type { JsonRecord } from '../../json-checks.ts'
import type { ConversationEntry } from '../../model/conversation.ts'
import { invalidParameter, missingParameter, wrongType } from '../openai/errors.ts'
import { ProviderRejection } from '../provider-protocol.ts'
import type { ReadContext } from '../provider-protocol.ts'

const ROLES = ['assistant', 'system', 'developer', 'user']
const INPUT_PARTS = ['input_text', 'input_image', 'input_file', 'input_audio']
const OUTPUT_PARTS = ['output_text', 'refusal']

// Items that only their own tools read; they are taken as they come.
const OTHER_ITEMS = new Set(
  `file_search_call computer_call computer_call_output web_search_call tool_search_call tool_search_output
   additional_tools configuration_update compaction compaction_trigger image_generation_call code_interpreter_call
   local_shell_call local_shell_call_output shell_call shell_call_output apply_patch_call apply_patch_call_output
   mcp_list_tools mcp_approval_request mcp_approval_response mcp_call program program_output`.split(/\s+/),
)

/** Checks `input` as the real API does and gives its items, each with its type; throws what it would answer. */
export function readResponsesInput(input: unknown, context: ReadContext): readonly JsonRecord[] {
  if (input === undefined || input === null) return []
  if (typeof input === 'string') return [{ type: 'message', role: 'user', content: input }]
  if (!Array.isArray(input)) throw wrongType('input', 'one of a string or array of objects', input)
  return input.map((item, index) => readItem(item, `input[${index}]`, context))
}

/** Every call has its output and every output its call, over the whole conversation. */
export function checkResponsesCalls(items: readonly JsonRecord[]): void {
  const called = idsOf(items, (type) => type === 'function_call' || type === 'custom_tool_call')
  const answered = idsOf(items, isOutput)
  const unasked = items.find((item) => isOutput(item['type']) && !called.has(item['call_id']))
  if (unasked !== undefined) {
    const kind = unasked['type'] === 'function_call_output' ? 'function' : 'custom tool'
    throw invalidParameter(
      `No tool call found for ${kind} call output with call_id ${String(unasked['call_id'])}.`,
      'input',
    )
  }
  const open = [...called].find((id) => !answered.has(id))
  if (open !== undefined) throw invalidParameter(`No tool output found for function call ${String(open)}.`, 'input')
  for (const [index, item] of items.entries()) {
    if (item['type'] === 'reasoning' && !isModelItem(items[index + 1])) {
      throw invalidParameter(
        `Item '${stringOr(item['id'])}' of type 'reasoning' was provided without its required following item.`,
        'input',
      )
    }
  }
}

/** The conversation of the items. */
export function responsesEntries(items: readonly JsonRecord[]): ConversationEntry[] {
  return items.flatMap((item): ConversationEntry[] => {
    const text = itemText(item)
    if (item['type'] === 'function_call' || item['type'] === 'custom_tool_call') return [{ kind: 'call' }]
    if (isOutput(item['type'])) return [{ kind: 'result', text }]
    if (item['type'] !== 'message') return []
    const role = item['role']
    return role === 'user' || role === 'assistant' ? [{ kind: role, text }] : []
  })
}

/** All text of an item. */
export function itemText(item: JsonRecord): string {
  const content = item['content'] ?? item['output'] ?? item['arguments'] ?? item['input']
  if (typeof content === 'string') return content
  return isRecordList(content) ? content.map((part) => stringOr(part['text'] ?? part['refusal'])).join('') : ''
}

function readItem(item: unknown, at: string, context: ReadContext): JsonRecord {
  if (!isRecord(item)) throw wrongType(at, 'an object', item)
  const type = item['type'] ?? (item['role'] === undefined ? undefined : 'message')
  switch (type) {
    case 'message':
      checkMessage(item, at)
      return { ...item, type }
    case 'function_call':
      requireStrings(item, at, ['call_id', 'name', 'arguments'])
      return item
    case 'custom_tool_call':
      requireStrings(item, at, ['call_id', 'name', 'input'])
      return item
    case 'function_call_output':
    case 'custom_tool_call_output':
      requireStrings(item, at, ['call_id'])
      if (typeof item['output'] !== 'string' && !isRecordList(item['output'])) throw missingParameter(`${at}.output`)
      return item
    case 'reasoning':
      return readReasoning(item, at, context)
    case 'item_reference':
      requireStrings(item, at, ['id'])
      return context.responses.findItem(context.platform, stringOr(item['id'])) ?? unknownItem(item)
    default:
      if (typeof type === 'string' && OTHER_ITEMS.has(type)) return item
      throw invalidParameter(
        `Invalid value: '${String(type)}'. Supported values are: 'message', 'function_call', 'function_call_output', 'custom_tool_call', 'custom_tool_call_output', 'reasoning', 'item_reference', and others.`,
        at,
        'invalid_value',
      )
  }
}

function checkMessage(item: JsonRecord, at: string): void {
  const { role, content } = item
  if (typeof role !== 'string' || !ROLES.includes(role)) {
    throw invalidParameter(
      `Invalid value: '${String(role)}'. Supported values are: 'assistant', 'system', 'developer', and 'user'.`,
      `${at}.role`,
      'invalid_value',
    )
  }
  if (content === undefined || content === null) throw missingParameter(`${at}.content`)
  if (typeof content === 'string') return
  if (!Array.isArray(content)) throw wrongType(`${at}.content`, 'one of a string or array of objects', content)
  const known = role === 'assistant' ? OUTPUT_PARTS : INPUT_PARTS
  for (const [index, part] of content.entries()) {
    const type = recordOr(part)['type']
    if (typeof type !== 'string' || !known.includes(type)) {
      const quoted = known.map((name) => `'${name}'`)
      throw invalidParameter(
        `Invalid value: '${String(type)}'. Supported values are: ${quoted.slice(0, -1).join(', ')} and ${quoted.at(-1) ?? ''}.`,
        `${at}.content[${index}]`,
        'invalid_value',
      )
    }
    const text = recordOr(part)['text']
    if (type.endsWith('_text') && typeof text !== 'string')
      throw wrongType(`${at}.content[${index}].text`, 'a string', text)
  }
}

function readReasoning(item: JsonRecord, at: string, { platform, responses }: ReadContext): JsonRecord {
  if (!isRecordList(item['summary'])) throw missingParameter(`${at}.summary`)
  const { id, encrypted_content: sealed } = item
  if (typeof sealed === 'string') {
    if (isSealedReasoning(platform, sealed)) return item
    throw invalidParameter(
      `The encrypted content for item ${stringOr(id)} could not be verified. Reason: Encrypted content could not be decrypted or parsed.`,
      undefined,
      'invalid_encrypted_content',
    )
  }
  // Without its encrypted content the item is a mere name for what the provider has stored.
  return responses.findItem(platform, stringOr(id)) === undefined ? unknownItem(item) : item
}

function unknownItem(item: JsonRecord): never {
  throw new ProviderRejection(
    404,
    `Item with id '${stringOr(item['id'])}' not found. Items are not persisted when \`store\` is set to false. Try again with \`store\` set to true, or remove this item from your input.`,
    { param: 'input' },
  )
}

function requireStrings(item: JsonRecord, at: string, keys: readonly string[]): void {
  for (const key of keys) {
    if (item[key] === undefined) throw missingParameter(`${at}.${key}`)
    if (typeof item[key] !== 'string') throw wrongType(`${at}.${key}`, 'a string', item[key])
  }
}

function isOutput(type: unknown): boolean {
  return type === 'function_call_output' || type === 'custom_tool_call_output'
}

function isModelItem(item: JsonRecord | undefined): boolean {
  if (item === undefined || isOutput(item['type'])) return false
  return item['type'] !== 'message' || item['role'] === 'assistant'
}

function idsOf(items: readonly JsonRecord[], has: (type: unknown) => boolean): Set<unknown> {
  return new Set(items.filter((item) => has(item['type'])).map((item) => item['call_id']))
}

/** Checks a list of names, such as `include`. */
export function readNames(value: unknown, param: string): readonly string[] {
  if (value === undefined || value === null) return []
  if (!isStringList(value)) throw wrongType(param, 'an array of strings', value)
  return value
}
