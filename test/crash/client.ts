import { parseJson } from '../../src/protocols/core/index.ts'
import type { Loose } from '../support/recorded-events.ts'

/** What a client holds in the end, whatever its protocol. */
export interface Received {
  readonly status: number
  /** Finished: a stop reason came, where there is one the terminal event, and the body ended cleanly. */
  readonly isWhole: boolean
  readonly text: string
  /** As the answer itself says. */
  readonly model: string | undefined
  readonly stop: string | undefined
  /** The code of Fullstop's error table, or of the error that was passed on. */
  readonly error: string | undefined
  readonly headers: Headers
}

export async function receive(response: Response, streamed: boolean): Promise<Received> {
  const { status, headers } = response
  let text = ''
  let isClean = true
  try {
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
    for (let read = await reader?.read(); read?.done === false; read = await reader?.read()) text += read.value
  } catch {
    isClean = false
  }
  const documents = streamed && status === 200 ? text.split('\n').flatMap(toData) : [parseJson(text)]
  const found = { text: '', model: undefined, stop: undefined, error: undefined } as Draft
  for (const document of documents) read(document, found)
  const isMessage = streamed && text.startsWith('event: message_start')
  const isTerminated = !isMessage || text.includes('event: message_stop')
  const isWhole = status === 200 && isClean && isTerminated && found.stop !== undefined && found.error === undefined
  return { status, headers, isWhole, ...found }
}

interface Draft {
  text: string
  model: string | undefined
  stop: string | undefined
  error: string | undefined
}

function toData(line: string): readonly Loose[] {
  return line.startsWith('data: {') ? [parseJson(line.slice('data: '.length))] : []
}

/** Both protocols', streamed and not: what one has the other has not. */
function read(document: Loose, into: Draft): void {
  const { error, message, delta, model, stop_reason: stop, content, choices } = document
  if (error !== undefined) into.error = error.fullstop?.code ?? error.code ?? error.type
  into.model ??= model ?? message?.model
  into.stop ??= stop ?? delta?.stop_reason ?? undefined
  into.text += delta?.text ?? ''
  for (const each of content ?? []) into.text += each.text
  for (const each of choices ?? []) {
    into.text += each.delta?.content ?? each.message?.content ?? ''
    into.stop ??= each.finish_reason ?? undefined
  }
}
