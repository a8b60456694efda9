import { invalidParameter, missingParameter, wrongType } from '../openai/errors.ts'
import { isRecord, isRecordList, recordOr, stringOr } from '../../json-checks.ts'
import type { JsonRecord } from '../../json-checks.ts'

const ROLES = ['system', 'assistant', 'user', 'function', 'tool', 'developer']
const PART_TYPES = ['text', 'image_url', 'input_audio', 'refusal', 'file']
const IMAGE_DATA = /^data:image\/(png|jpe?g|gif|webp);base64,[A-Za-z0-9+/]+={0,2}$/

/** Checks `messages` as the real API does; throws what it would answer. */
export function readChatMessages(messages: unknown): readonly JsonRecord[] {
  if (messages === undefined) {
    throw missingParameter('messages')
  }
  if (!Array.isArray(messages)) throw wrongType('messages', 'an array of objects', messages)
  if (messages.length === 0) {
    throw invalidParameter(
      "Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array instead.",
      'messages',
      'empty_array',
    )
  }
  const read = messages.map((message, index) => readMessage(message, `messages[${index}]`))
  checkToolOrder(read)
  return read
}

/** The text of a message or of a content part. */
export function chatText(message: JsonRecord): string {
  const content = message['content']
  if (typeof content === 'string') return content
  return isRecordList(content) ? content.map((part) => stringOr(part['text'])).join('') : ''
}

/** The calls of an assistant message. */
export function chatCalls(message: JsonRecord): readonly JsonRecord[] {
  return isRecordList(message['tool_calls']) ? message['tool_calls'] : []
}

function readMessage(message: unknown, at: string): JsonRecord {
  if (!isRecord(message)) throw wrongType(at, 'an object', message)
  const { role, content } = message
  if (role === undefined) {
    throw missingParameter(`${at}.role`)
  }
  if (typeof role !== 'string' || !ROLES.includes(role)) {
    const known = `'system', 'assistant', 'user', 'function', 'tool', and 'developer'`
    throw invalidParameter(
      `Invalid value: '${String(role)}'. Supported values are: ${known}.`,
      `${at}.role`,
      'invalid_value',
    )
  }
  const mayBeEmpty = role === 'assistant' && (chatCalls(message).length > 0 || message['refusal'] !== undefined)
  if ((content === undefined || content === null) && !mayBeEmpty) {
    throw content === null
      ? invalidParameter(`Invalid value for 'content': expected a string, got null.`, `${at}.content`)
      : missingParameter(`${at}.content`)
  }
  if (Array.isArray(content)) {
    for (const [index, part] of content.entries()) checkPart(part, `${at}.content[${index}]`)
  } else if (content !== undefined && content !== null && typeof content !== 'string') {
    throw wrongType(`${at}.content`, 'one of a string or array of objects', content)
  }
  return message
}

function checkPart(part: unknown, at: string): void {
  if (!isRecord(part)) throw wrongType(at, 'an object', part)
  if (typeof part['type'] !== 'string' || !PART_TYPES.includes(part['type'])) {
    throw invalidParameter(
      `Invalid value: '${String(part['type'])}'. Supported values are: ${PART_TYPES.map((type) => `'${type}'`).join(', ')}.`,
      `${at}.type`,
      'invalid_value',
    )
  }
  if (part['type'] === 'text' && typeof part['text'] !== 'string')
    throw wrongType(`${at}.text`, 'a string', part['text'])
  if (part['type'] !== 'image_url') return
  const url = recordOr(part['image_url'])['url']
  if (typeof url !== 'string') {
    throw missingParameter(`${at}.image_url.url`)
  }
  if (!/^https?:/.test(url) && !IMAGE_DATA.test(url)) {
    throw invalidParameter(
      "You uploaded an unsupported image. Please make sure your image has one of the following formats: ['png', 'jpeg', 'gif', 'webp'].",
      undefined,
      'invalid_image_format',
    )
  }
}

// Every call is answered by the tool messages right after it, and a tool message answers one of those calls.
function checkToolOrder(messages: readonly JsonRecord[]): void {
  let open = new Set<string>()
  let known = new Set<string>()
  for (const [index, message] of messages.entries()) {
    if (message['role'] === 'tool') {
      const id = message['tool_call_id']
      if (typeof id !== 'string') {
        throw invalidParameter(
          "Missing parameter 'tool_call_id': messages with role 'tool' must have a 'tool_call_id'.",
          `messages.[${index}].tool_call_id`,
        )
      }
      if (!known.has(id)) {
        throw invalidParameter(
          "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.",
          `messages.[${index}].role`,
        )
      }
      open.delete(id)
      continue
    }
    checkAnswered(open)
    known = new Set(chatCalls(message).map((call) => stringOr(call['id'])))
    open = new Set(known)
  }
  checkAnswered(open)
}

function checkAnswered(open: ReadonlySet<string>): void {
  if (open.size === 0) return
  throw invalidParameter(
    `An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. The following tool_call_ids did not have response messages: ${[...open].join(', ')}`,
    'messages',
  )
}
