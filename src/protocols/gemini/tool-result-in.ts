import { type Json, type JsonObject, optional, type Part, readObject, type ToolResultPart } from '../core/index.ts'
import { readFileData, readInlineData } from './media.ts'
import { readMessage, readMessages } from './wire.ts'

/**
 * The content of a `functionResponse`. Its `response` is whatever object the client made: by Google's word `output` and
 * `error` are special, `result` is what its older examples say, and anything else is the output as it stands.
 */
export function readResultContent(result: JsonObject, field: string): Pick<ToolResultPart, 'content' | 'isError'> {
  const response = optional(result.response, `${field}.response`, readObject) ?? {}
  const { text, isError } = readResponse(response)
  const media = (optional(result.parts, `${field}.parts`, readMessages) ?? []).flatMap((part, index) =>
    readMedium(part, `${field}.parts[${index}]`),
  )
  return { content: [...(text === '' ? [] : [{ type: 'text', text } as const]), ...media], isError }
}

function readResponse(response: JsonObject): { readonly text: string; readonly isError: boolean } {
  const fields = Object.entries(response).filter(([, value]) => value !== undefined && value !== null)
  const isError = fields.some(([name]) => name === 'error')
  const [only] = fields
  if (only === undefined) return { text: '', isError }
  const isPlain = fields.length === 1 && PLAIN.has(only[0])
  return { text: isPlain ? toText(only[1]) : JSON.stringify(response), isError }
}

const PLAIN: ReadonlySet<string> = new Set(['output', 'result', 'error'])

const toText = (value: Json | undefined): string => (typeof value === 'string' ? value : JSON.stringify(value ?? null))

function readMedium(part: JsonObject, field: string): readonly Part[] {
  const inline = optional(part.inlineData, `${field}.inlineData`, readMessage)
  if (inline !== undefined) return [readInlineData(inline, `${field}.inlineData`)]
  const file = optional(part.fileData, `${field}.fileData`, readMessage)
  return file === undefined ? [] : [readFileData(file, `${field}.fileData`)]
}
