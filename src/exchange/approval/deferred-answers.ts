import { BoundedStore, Slots } from '../../collections/index.ts'
import { FullstopError } from '../../errors.ts'
import type { Clock } from '../../resilience/index.ts'

/** A response that is kept until its client asks for it. */
export interface KeptResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array<ArrayBuffer>
}

/** So long a client can come for its answer once it is there, ms. */
export const DEFERRED_MS = 3_600_000
export const DEFERRED_ANSWERS = 1_000
/** Of one client, waiting and there, each; of those that are there its own oldest goes first, so that nobody takes the place of all the others. */
export const DEFERRED_ANSWERS_PER_CLIENT = 200
export const DEFERRED_BYTES: number = 64 * 1024 * 1024
/** In which a client may ask again, s. */
const POLL_AFTER_SECONDS = 5

/** Where the client of an exchange asks for its answer. */
function pollPath(id: string): string {
  return `/v1/approvals/${id}`
}

/** Answers that their clients come back for (`Prefer: respond-async`, RFC 7240), each its own client's alone; in memory. */
export class DeferredAnswers {
  /** By exchange: whose answer is being made. */
  readonly #pending = new Map<string, { readonly owner: string; readonly giveBack: () => void }>()
  readonly #slots = new Slots({ total: DEFERRED_ANSWERS, perOwner: DEFERRED_ANSWERS_PER_CLIENT })
  readonly #ready: BoundedStore<{ readonly owner: string; readonly response: KeptResponse }>

  /** Exchanges whose answer may still be there, the oldest first. */
  readonly #byOwner = new Map<string, Set<string>>()

  constructor({ clock }: { readonly clock: Clock }) {
    this.#ready = new BoundedStore(
      { capacity: DEFERRED_ANSWERS, limitBytes: DEFERRED_BYTES },
      { nowMs: () => clock.nowMs() },
    )
  }

  /** Throws `approvals-full`. */
  begin(id: string, owner: string): Response {
    const giveBack = this.#slots.take(owner)
    if (giveBack === undefined)
      throw new FullstopError(
        'approvals-full',
        `${DEFERRED_ANSWERS} answers, or ${DEFERRED_ANSWERS_PER_CLIENT} of this client, are waited for already.`,
      )
    this.#pending.set(id, { owner, giveBack })
    return stillPending(id, { 'preference-applied': 'respond-async' })
  }

  /** It is there. Too large to be kept, it is an error instead: whoever asks must not wait for ever. */
  settle(id: string, response: KeptResponse, tooLarge: () => KeptResponse): void {
    const pending = this.#pending.get(id)
    if (pending === undefined) return
    const { owner, giveBack } = pending
    this.#pending.delete(id)
    giveBack()
    const keep = (kept: KeptResponse): boolean =>
      this.#ready.set(id, { owner, response: kept }, { forMs: DEFERRED_MS, bytes: kept.body.length })
    if (!keep(response)) keep(tooLarge())
    this.#own(owner, id)
  }

  #own(owner: string, id: string): void {
    const owned = this.#byOwner.get(owner) ?? new Set<string>()
    this.#byOwner.set(owner, owned.add(id))
    const [oldest] = owned
    if (owned.size <= DEFERRED_ANSWERS_PER_CLIENT || oldest === undefined) return
    owned.delete(oldest)
    this.#ready.delete(oldest)
  }

  /** The answer, or that it is still waited for. Throws `unknown-approval`: whose it is must not show to others. */
  poll(id: string, owner: string): Response {
    if (this.#pending.get(id)?.owner === owner) return stillPending(id, {})
    const ready = this.#ready.get(id)
    if (ready?.owner !== owner)
      throw new FullstopError('unknown-approval', 'No answer of this id is kept for this client.')
    const { status, headers, body } = ready.response
    return new Response(body, { status, headers })
  }
}

function stillPending(id: string, headers: Readonly<Record<string, string>>): Response {
  const poll = pollPath(id)
  return Response.json(
    { fullstop: { status: 'pending', exchange: id, poll } },
    {
      status: 202,
      headers: { 'x-fullstop-id': id, location: poll, 'retry-after': String(POLL_AFTER_SECONDS), ...headers },
    },
  )
}
