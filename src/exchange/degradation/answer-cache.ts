import { BoundedStore } from '../../collections/index.ts'
import { type CoreResponse, isClientCall } from '../../protocols/core/index.ts'
import type { Clock } from '../../resilience/index.ts'
import { type Inbound, ownerOf } from '../admission/inbound.ts'
import { identityOf } from '../replay/request-identity.ts'

/** Answers that are kept at most, and their memory, however many ask for it. */
export const CACHED_ANSWERS = 10_000
export const CACHE_BYTES: number = 64 * 1024 * 1024

interface CachedAnswer {
  /** JSON of a `CoreResponse`: what is kept can be counted, and changed by nobody. */
  readonly json: string
  readonly keptAtMs: number
}

/**
 * Proven answers for the time in which nobody answers: given to the same client of the same tenant for the same request
 * alone. Only workflows that ask for it (`degrade.cache`) have any; in memory, bounded, each for its time.
 */
export class AnswerCache {
  readonly #nowMs: () => number
  readonly #store: BoundedStore<CachedAnswer>
  /** Requests whose answer is about to be kept; who asks for the same meanwhile waits for that. */
  readonly #keeping = new Set<Promise<void>>()
  /** How often all was let go of: what was about to be kept before that is not kept any more. */
  #clearings = 0

  constructor({ clock }: { readonly clock: Clock }) {
    this.#nowMs = () => clock.nowMs()
    this.#store = new BoundedStore({ capacity: CACHED_ANSWERS, limitBytes: CACHE_BYTES }, { nowMs: this.#nowMs })
  }

  get size(): number {
    return this.#store.size
  }

  /** Keeps a complete answer. One that calls a tool is not kept: what was to be done then need not be right now. */
  keep(inbound: Inbound, answer: CoreResponse): void {
    const forMs = inbound.degrade?.cacheMs
    if (forMs === undefined || answer.choices.some(({ content }) => content.some(isClientCall))) return
    const json = JSON.stringify(answer)
    const clearings = this.#clearings
    const keeping = keyOf(inbound)
      .then((key) => {
        if (clearings !== this.#clearings) return
        this.#store.set(key, { json, keptAtMs: this.#nowMs() }, { forMs, bytes: 2 * json.length })
      })
      // A request that cannot be told from others is not kept; nothing else is lost.
      .catch(() => undefined)
      .finally(() => this.#keeping.delete(keeping))
    this.#keeping.add(keeping)
  }

  /** Nobody is billed for it now. */
  async find(inbound: Inbound): Promise<CoreResponse | undefined> {
    const maxAgeMs = inbound.degrade?.cacheMs
    if (maxAgeMs === undefined) return undefined
    await Promise.all(this.#keeping)
    if (this.#store.size === 0) return undefined
    const kept = this.#store.get(await keyOf(inbound))
    // The time may have been shortened since.
    if (kept === undefined || this.#nowMs() - kept.keptAtMs >= maxAgeMs) return undefined
    return { ...(JSON.parse(kept.json) as CoreResponse), usage: { inputTokens: 0, outputTokens: 0 } }
  }

  clear(): void {
    this.#clearings += 1
    this.#store.clear()
  }
}

async function keyOf(inbound: Inbound): Promise<string> {
  const { caller, protocol, model } = inbound
  return JSON.stringify([ownerOf(caller), protocol.name, model, await identityOf(inbound)])
}
