import { type Json, type JsonObject, type Message, optional, type Part, readString, reject } from '../core/index.ts'
import { CallIds } from './call-ids.ts'
import { type ContentContext, readParts } from './content-in.ts'
import { readMessages } from './wire.ts'

/**
 * A request's `contents`. Consecutive ones of one role are one turn: Google's SDK keeps the history of a streamed
 * answer as one content for each chunk, so that a sentence, or a thought and its signature, may be spread over several.
 */
export function readContents(value: unknown, unknown: Map<string, Json>): readonly Message[] {
  const contents = readMessages(value, 'contents')
  if (contents.length === 0) return reject('contents', 'at least one content', contents, 'an empty list')
  const context: ContentContext = { ids: new CallIds(contents), unknown }
  const messages: { role: Message['role']; content: Part[] }[] = []
  for (const [index, content] of contents.entries()) {
    const field = `contents[${index}]`
    const role = readRole(content, `${field}.role`)
    let turn = messages.at(-1)
    if (turn?.role !== role) {
      if (role === 'assistant') context.ids.beginTurn()
      turn = { role, content: [] }
      messages.push(turn)
    }
    for (const part of readParts(content.parts, `${field}.parts`, context))
      if (role === 'user') turn.content.push(part)
      else append(turn.content, part)
  }
  return messages
}

/** Without a role it is the user's. Vertex AI's examples write it large, and `function` is its older word for results. */
function readRole({ role }: JsonObject, field: string): 'user' | 'assistant' {
  const word = optional(role, field, readString)?.toLowerCase() ?? ''
  if (word === 'model') return 'assistant'
  if (word === 'user' || word === 'function' || word === '') return 'user'
  return reject(field, 'user or model', role, 'another role')
}

/** What a model wrote in pieces is one text; a signature ends the thought that it signs. */
function append(content: Part[], part: Part): void {
  const last = content.at(-1)
  if (part.type === 'text' && last?.type === 'text')
    content[content.length - 1] = { ...last, text: last.text + part.text }
  else if (part.type === 'thinking' && last?.type === 'thinking' && last.signature === undefined)
    content[content.length - 1] = { ...part, text: last.text + part.text }
  else content.push(part)
}
