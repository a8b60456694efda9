import { type StopKind, toLabel } from '../../evidence/index.ts'
import { type CoreStop, isFilled, isJsonObject, type JsonObject, toText } from '../core/index.ts'
import { type Held, naturalEnd } from '../openai/index.ts'

/** Why an answer is incomplete; a reason that nobody has taught us is a limit. */
const KINDS: ReadonlyMap<string, StopKind> = new Map<string, StopKind>([
  ['max_output_tokens', 'limit'],
  ['max_messages', 'limit'],
  // A client steered the answer elsewhere; what there is of it ends here.
  ['steered', 'limit'],
  ['content_filter', 'refusal'],
])

/** The stop of a finished answer. OpenAI's own refusals are text in a completed answer. */
export function readStop(response: JsonObject, isIncomplete: boolean, held: Held): CoreStop {
  if (!isIncomplete) return { kind: naturalEnd(held), raw: toLabel('completed') }
  const details = response.incomplete_details
  const reason = isJsonObject(details) ? toText(details.reason) : ''
  return { kind: KINDS.get(reason) ?? 'limit', raw: toLabel(reason) ?? toLabel('incomplete') }
}

/** Whether an answer, whatever its status, says why it is incomplete. */
export function saysIncomplete({ incomplete_details: details }: JsonObject): boolean {
  return isJsonObject(details) && isFilled(details.reason)
}

/** Whether it is a message that says of itself that it is not whole, as none of a completed answer does. */
export function isUnfinishedMessage({ type, status }: JsonObject): boolean {
  return type === 'message' && (status === 'incomplete' || status === 'in_progress')
}

export interface RenderedStatus {
  readonly status: 'completed' | 'incomplete'
  readonly incomplete_details: { readonly reason: string } | null
}

const COMPLETED: RenderedStatus = { status: 'completed', incomplete_details: null }

/** The end of an answer for a client; the provider's own reason where it is one of this protocol's. */
export function renderStatus({ kind, raw }: CoreStop, hasRefusal: boolean): RenderedStatus {
  const incomplete = (reason: string): RenderedStatus => ({
    status: 'incomplete',
    incomplete_details: { reason: raw !== undefined && KINDS.get(raw) === kind ? raw : reason },
  })
  switch (kind) {
    case 'end':
    case 'stop-sequence':
    case 'tool-use':
      return COMPLETED
    case 'limit':
    case 'pause':
      // OpenAI has one word for an answer that could go on.
      return incomplete('max_output_tokens')
    case 'refusal':
      // OpenAI's own refusals are text in a completed answer; its filter gives no text at all.
      return hasRefusal ? COMPLETED : incomplete('content_filter')
  }
}
