import { toLabel } from '../../evidence/index.ts'
import type { RequestFacts } from '../../protocols/core/index.ts'
import type { SessionKey } from '../memory/sessions.ts'
import type { Caller } from './routing.ts'

/** What the caller says about the call, as far as it is a short machine word. */
export interface CallLabels {
  readonly workflow: string | undefined
  readonly run: string | undefined
  readonly step: string | undefined
  readonly session: string | undefined
}

export function readLabels(headers: Headers): CallLabels {
  return {
    workflow: toLabel(headers.get('x-fullstop-workflow')),
    run: toLabel(headers.get('x-fullstop-run')),
    step: toLabel(headers.get('x-fullstop-step')),
    session: toLabel(headers.get('x-fullstop-session')),
  }
}

/** Longer words for a session are not kept. */
const LONGEST_SESSION = 256

/** The caller's word in the header, else what its protocol or its agent has for one (Codex sends `session_id`). */
export function sessionOf(
  headers: Headers,
  facts: RequestFacts,
  { tenant }: Caller,
  model: string,
): SessionKey | undefined {
  const session = headers.get('x-fullstop-session') ?? facts.session ?? headers.get('session_id')
  if (session === null || session === '' || session.length > LONGEST_SESSION) return undefined
  return { tenant, model, session }
}

/** The Stainless SDKs say how long they will wait, in seconds. */
export function clientTimeoutMs(headers: Headers): number {
  const seconds = Number(headers.get('x-stainless-timeout') ?? Number.NaN)
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1_000 : Number.POSITIVE_INFINITY
}

/** The Stainless SDKs number their own retries, the first request being 0. */
export function readRetryCount(headers: Headers): number | undefined {
  const text = headers.get('x-stainless-retry-count')
  const count = text === null || text.trim() === '' ? Number.NaN : Number(text)
  return Number.isSafeInteger(count) && count >= 0 ? count : undefined
}
