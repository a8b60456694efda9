import type { ConversationEntry } from '../../model/conversation.ts'
import { invalidArgument } from './errors.ts'
import { isOwnSignature } from './signature.ts'
import { isRecord, isRecordList, stringOr } from '../../json-checks.ts'
import type { JsonRecord } from '../../json-checks.ts'

const ROLES = ['user', 'model', 'function', undefined]
const DATA_FIELDS = `text functionCall functionResponse inlineData fileData executableCode codeExecutionResult toolCall
  toolResponse audioTranscription`.split(/\s+/)

/** A content with its parts. */
export interface GeminiTurn {
  readonly role: 'user' | 'model'
  readonly parts: readonly JsonRecord[]
}

/** Checks `contents` as the real API does; throws what it would answer. */
export function readGeminiContents(contents: unknown): GeminiTurn[] {
  if (!isRecordList(contents) || contents.length === 0) {
    throw invalidArgument('* GenerateContentRequest.contents: contents is not specified\n')
  }
  const turns: GeminiTurn[] = []
  for (const [index, content] of contents.entries()) {
    const turn = readContent(content, index)
    const before = turns.at(-1)
    // Contents of one role are one turn: the official SDK keeps every chunk of a stream as a content of its own.
    if (before?.role === turn.role) turns[turns.length - 1] = { ...turn, parts: [...before.parts, ...turn.parts] }
    else turns.push(turn)
  }
  checkCalls(turns)
  return turns
}

export interface SignatureRules {
  readonly platform: string
  /** Whether the function calls of the current turn must have one. */
  readonly required: boolean
}

/** Checks the thought signatures: none may be foreign, and the current turn's calls may need one. */
export function checkSignatures(turns: readonly GeminiTurn[], { platform, required }: SignatureRules): void {
  for (const { parts } of turns) {
    for (const { thoughtSignature } of parts) {
      if (typeof thoughtSignature === 'string' && !isOwnSignature(platform, thoughtSignature)) {
        throw invalidArgument('Corrupted thought signature.')
      }
    }
  }
  if (!required) return
  const turnStart = turns.findLastIndex(({ role, parts }) => role === 'user' && !parts.some(isResponse))
  for (const [index, { role, parts }] of turns.entries()) {
    if (role !== 'model' || index < turnStart) continue
    // Of calls made together only the first carries the signature.
    const first = parts.find(isCall)
    if (first === undefined || typeof first['thoughtSignature'] === 'string') continue
    const { name } = first['functionCall'] as JsonRecord
    throw invalidArgument(
      `Function call is missing a thought_signature in functionCall parts. This is required for tools to work correctly, and missing thought_signature may lead to degraded model performance. Additional data, function call \`default_api:${stringOr(name)}\` , position ${index + 1}. Please refer to https://ai.google.dev/gemini-api/docs/thought-signatures for more details.`,
    )
  }
}

/** The conversation of the contents. */
export function geminiEntries({ role, parts }: GeminiTurn): ConversationEntry[] {
  return parts.flatMap((part): ConversationEntry[] => {
    if (isCall(part)) return [{ kind: 'call' }]
    if (isResponse(part)) return [{ kind: 'result', text: responseText(part) }]
    const text = stringOr(part['text'])
    if (text === '' || part['thought'] === true) return []
    return [{ kind: role === 'user' ? 'user' : 'assistant', text }]
  })
}

/** All text of a part, for its topic and its length. */
export function partText(part: JsonRecord): string {
  if (isCall(part)) return JSON.stringify(part['functionCall'])
  return isResponse(part) ? responseText(part) : stringOr(part['text'])
}

function readContent({ role, parts }: JsonRecord, index: number): GeminiTurn {
  if (!ROLES.includes(role as string | undefined)) {
    throw invalidArgument('Please use a valid role: user, model.')
  }
  const at = `* GenerateContentRequest.contents[${index}]`
  if (!isRecordList(parts) || parts.length === 0) {
    throw invalidArgument(`${at}.parts: contents.parts must not be empty.\n`)
  }
  for (const [partIndex, part] of parts.entries()) {
    const given = DATA_FIELDS.filter((field) => part[field] !== undefined)
    const hasData = given.length > 0 || part['thoughtSignature'] !== undefined
    if (!hasData) {
      throw invalidArgument(
        `${at}.parts[${partIndex}].data: required oneof field 'data' must have one initialized field\n`,
      )
    }
    if (given.length > 1) {
      throw invalidArgument(
        `Invalid value at 'contents[${index}].parts[${partIndex}]' (oneof), oneof field 'data' is already set. Cannot set '${given[1] ?? ''}'`,
      )
    }
    for (const field of ['functionCall', 'functionResponse']) {
      const value = part[field]
      if (isRecord(value) && stringOr(value['name']) === '') {
        const name = field === 'functionCall' ? 'function_call' : 'function_response'
        throw invalidArgument(`${at}.parts[${partIndex}].${name}.name: Name cannot be empty.\n`)
      }
    }
  }
  return { role: role === 'model' ? 'model' : 'user', parts }
}

// A call comes after the user's words or after responses, and is answered in the very next content, each one of it.
function checkCalls(turns: readonly GeminiTurn[]): void {
  for (const [index, turn] of turns.entries()) {
    const before = turns[index - 1]
    const calls = turn.role === 'model' ? turn.parts.filter(isCall).length : 0
    const responses = turn.parts.filter(isResponse).length
    if (calls > 0 && before?.role !== 'user') {
      throw invalidArgument(
        'Please ensure that function call turn comes immediately after a user turn or after a function response turn.',
      )
    }
    const asked = before?.role === 'model' ? before.parts.filter(isCall).length : 0
    if (responses > 0 && asked === 0) {
      throw invalidArgument('Please ensure that function response turn comes immediately after a function call turn.')
    }
    if (asked !== responses && (asked > 0 || responses > 0)) {
      throw invalidArgument(
        'Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn.',
      )
    }
  }
  if (turns.at(-1)?.parts.some(isCall) === true) {
    throw invalidArgument('Please ensure that function call turn is followed by a function response turn.')
  }
}

function isCall(part: JsonRecord): boolean {
  return isRecord(part['functionCall'])
}

function isResponse(part: JsonRecord): boolean {
  return isRecord(part['functionResponse'])
}

// The SDKs wrap a text in an object, each under a name of its own.
function responseText(part: JsonRecord): string {
  const { response } = part['functionResponse'] as JsonRecord
  if (!isRecord(response)) return ''
  const text = ['output', 'result', 'content'].map((name) => response[name]).find((value) => typeof value === 'string')
  return typeof text === 'string' ? text : JSON.stringify(response)
}
