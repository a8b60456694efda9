import { forgetOldest } from '../../forget-oldest.ts'
import type { JsonRecord } from '../../json-checks.ts'

/** A response that its client may come back to. */
export interface StoredResponse {
  /** The conversation up to and including the response: every input and output item. */
  readonly items: readonly JsonRecord[]
  /** The finished response, as retrieving it shows it. */
  readonly body: JsonRecord
}

// The oldest is forgotten first, as if it had expired.
const REMEMBERED_RESPONSES = 2_000

/** The responses that the platforms remember. What one platform stored, no other knows. */
export class ResponseMemory {
  readonly #stored = new Map<string, StoredResponse>()
  readonly #items = new Map<string, JsonRecord>()

  store(platform: string, id: string, response: StoredResponse): void {
    this.#stored.set(keyOf(platform, id), response)
    for (const item of response.items) {
      const itemId = item['id']
      if (typeof itemId === 'string') this.#items.set(keyOf(platform, itemId), item)
    }
    forgetOldest(this.#stored, REMEMBERED_RESPONSES)
    forgetOldest(this.#items, REMEMBERED_RESPONSES)
  }

  find(platform: string, id: string): StoredResponse | undefined {
    return this.#stored.get(keyOf(platform, id))
  }

  /** An item that an `item_reference` names. */
  findItem(platform: string, id: string): JsonRecord | undefined {
    return this.#items.get(keyOf(platform, id))
  }

  /** Whether there was such a response. */
  remove(platform: string, id: string): boolean {
    return this.#stored.delete(keyOf(platform, id))
  }

  clear(): void {
    this.#stored.clear()
    this.#items.clear()
  }
}

function keyOf(platform: string, id: string): string {
  return `${platform} ${id}`
}
