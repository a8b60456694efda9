import { type CoreResponse, eventsOf, type Protocol } from '../../protocols/core/index.ts'

/** The form in which a client waits for its answer. */
export interface AnswerForm {
  readonly protocol: Protocol
  readonly stream: boolean
  /** Whether a stream reports its usage; answers that are whole always do. */
  readonly includeUsage: boolean
  /** Used where the answer has no id, no model or no time of its own. */
  readonly fallbackId: string
  readonly fallbackModel: string
  readonly nowSeconds: number
}

/** An answer that is there already, as the client's protocol has it: a whole body, or all events of a stream. */
export function renderAnswer(answer: CoreResponse, form: AnswerForm): Uint8Array {
  return encoder.encode(form.stream ? streamed(answer, form) : whole(answer, form))
}

const encoder = new TextEncoder()

function whole(answer: CoreResponse, { protocol, fallbackId, fallbackModel, nowSeconds }: AnswerForm): string {
  const id = answer.id === '' ? fallbackId : answer.id
  const model = answer.model === '' ? fallbackModel : answer.model
  const created = answer.created ?? nowSeconds
  return JSON.stringify(protocol.renderResponse({ ...answer, id, model, created }))
}

function streamed(answer: CoreResponse, { protocol, ...options }: AnswerForm): string {
  const stream = protocol.createStreamEncoder(options)
  const events = eventsOf(answer).map((event) => stream.encode(event))
  return events.join('') + stream.finish()
}
