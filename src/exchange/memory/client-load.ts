import { BoundedMap } from '../../collections/index.ts'
import type { ClientLimiter } from '../../evidence/index.ts'
import { type Clock, RateLimit, UsageLimit } from '../../resilience/index.ts'
import type { Caller, ClientLimits } from '../admission/routing.ts'
import { digest } from './repeats.ts'

/** Over which the same body is counted from its first coming, ms. */
export const SAME_BODY_WINDOW_MS = 60_000
/** Bodies that are remembered for each client; about 100 bytes each. The one that was longest not sent goes first. */
export const REMEMBERED_BODIES = 1_000
/** Clients that are remembered: more than a configuration has. */
const REMEMBERED_CLIENTS = 10_000
/** When one of its requests is over nobody knows, ms. */
const ROOM_EXPECTED_IN_MS = 1_000

/** Which limit of its own a client has reached, how much of it is used, and until when. */
export interface ClientRefusal {
  readonly client: string
  readonly by: ClientLimiter
  readonly limit: number
  readonly used: number
  readonly retryAfterMs: number
}

type Clocked = { readonly clock: Pick<Clock, 'nowMs'> }

/** What clients that have limits use, by name: a new configuration keeps what is known of those that it keeps. In memory, bounded. */
export class ClientLoads {
  readonly #deps: Clocked
  readonly #loads = new BoundedMap<string, ClientLoad>(REMEMBERED_CLIENTS)

  constructor(deps: Clocked) {
    this.#deps = deps
  }

  /**
   * Begins a request of the caller's, which counts until it is ended; `undefined` where nothing limits the caller. `body`: as it
   * came, where it was read. What is refused does not count.
   */
  enter({ client, limits }: Caller, body: string | undefined): ClientStay | ClientRefusal | undefined {
    if (client === undefined || limits === undefined) return undefined
    return this.#loads.getOrMake(client, () => new ClientLoad(client, this.#deps)).enter(limits, body)
  }

  /** Begins what nobody sent, such as an answer that is finished in the background: only its tokens are the caller's. */
  enterUnasked({ client, limits }: Caller): ClientStay | undefined {
    if (client === undefined || limits === undefined) return undefined
    return this.#loads.getOrMake(client, () => new ClientLoad(client, this.#deps)).enterUnasked()
  }

  /** What is known of a client, without remembering it. */
  known(client: string): ClientLoad | undefined {
    return this.#loads.peek(client)
  }
}

/** What one client uses. */
export class ClientLoad {
  readonly #client: string
  readonly #clock: Pick<Clock, 'nowMs'>
  readonly #requests: RateLimit
  readonly #tokens: UsageLimit
  readonly #sent = new BoundedMap<string, { readonly sinceMs: number; count: number }>(REMEMBERED_BODIES)
  #running = 0

  constructor(client: string, deps: Clocked) {
    this.#client = client
    this.#clock = deps.clock
    this.#requests = new RateLimit(deps)
    this.#tokens = new UsageLimit(deps)
  }

  /** Requests at once; requests and tokens of the last minute. */
  get used(): { readonly concurrent: number; readonly requests: number; readonly tokens: number } {
    return { concurrent: this.#running, requests: this.#requests.used, tokens: this.#tokens.used }
  }

  enter(limits: ClientLimits, body: string | undefined): ClientStay | ClientRefusal {
    const key = body === undefined ? undefined : `${body.length}:${digest(body)}`
    const refusal = this.#refusal(limits, key)
    if (refusal !== undefined) return refusal
    this.#requests.add()
    this.#running += 1
    if (key !== undefined) this.#count(key)
    return new ClientStay(this, this.#tokens.begin(), true)
  }

  enterUnasked(): ClientStay {
    return new ClientStay(this, this.#tokens.begin(), false)
  }

  /** Of several the one that holds longest, so that the time is true. */
  #refusal(limits: ClientLimits, key: string | undefined): ClientRefusal | undefined {
    const { concurrent = Number.POSITIVE_INFINITY, requestsPerMinute, tokensPerMinute, repeats } = limits
    const requestsMs = requestsPerMinute === undefined ? 0 : this.#requests.opensInMs(requestsPerMinute)
    const tokensMs = tokensPerMinute === undefined ? 0 : this.#tokens.opensInMs(tokensPerMinute)
    const roomMs = this.#running < concurrent ? 0 : ROOM_EXPECTED_IN_MS
    const loopMs = this.#loopOpensInMs(key, repeats)
    const retryAfterMs = Math.max(requestsMs, tokensMs, roomMs, loopMs)
    if (retryAfterMs === 0) return undefined
    const { used } = this
    const refused = (by: ClientLimiter, limit = 0, of = 0): ClientRefusal => {
      return { client: this.#client, by, limit, used: of, retryAfterMs }
    }
    switch (retryAfterMs) {
      case requestsMs:
        return refused('client-requests-per-minute', requestsPerMinute, used.requests)
      case tokensMs:
        return refused('client-tokens-per-minute', tokensPerMinute, used.tokens)
      case loopMs:
        return refused('client-repeats', repeats, this.#timesSent(key))
      default:
        return refused('client-concurrency', concurrent, used.concurrent)
    }
  }

  // ## The same body again: from its first coming on for a minute

  #timesSent(key: string | undefined): number {
    const sent = key === undefined ? undefined : this.#sent.get(key)
    return sent === undefined || this.#clock.nowMs() - sent.sinceMs >= SAME_BODY_WINDOW_MS ? 0 : sent.count
  }

  #loopOpensInMs(key: string | undefined, limit: number): number {
    const sent = key === undefined ? undefined : this.#sent.get(key)
    if (sent === undefined || this.#timesSent(key) < limit) return 0
    return sent.sinceMs + SAME_BODY_WINDOW_MS - this.#clock.nowMs()
  }

  #count(key: string): void {
    const sent = this.#sent.get(key)
    if (sent !== undefined && this.#timesSent(key) > 0) sent.count += 1
    else this.#sent.set(key, { sinceMs: this.#clock.nowMs(), count: 1 })
  }

  /** For a stay. */
  onEnd(heldTokens: number, tokens: number, wasAsked: boolean): void {
    if (wasAsked) this.#running -= 1
    this.#tokens.end(heldTokens, tokens)
  }
}

/** One request of a client that has limits, or one that was made for it. */
export class ClientStay {
  readonly #load: ClientLoad
  readonly #heldTokens: number
  readonly #wasAsked: boolean
  #isOver = false

  constructor(load: ClientLoad, heldTokens: number, wasAsked: boolean) {
    this.#load = load
    this.#heldTokens = heldTokens
    this.#wasAsked = wasAsked
  }

  /** Once, whatever comes later. `tokens`: input and output of all its attempts. */
  end(tokens: number): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#load.onEnd(this.#heldTokens, tokens, this.#wasAsked)
  }
}
