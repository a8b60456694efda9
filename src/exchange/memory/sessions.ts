import { BoundedMap } from '../../collections/index.ts'

/** Sessions that are remembered; about 200 bytes each. */
export const REMEMBERED_SESSIONS = 50_000

export interface SessionKey {
  readonly tenant: string | undefined
  readonly model: string
  /** The caller's word for it. */
  readonly session: string
}

/**
 * Where each session was answered last. Its prompt is cached there, and its thinking was signed there, so it stays while
 * that platform answers. Bounded, in memory.
 */
export class Sessions {
  readonly #platforms: BoundedMap<string, string>

  constructor(capacity: number = REMEMBERED_SESSIONS) {
    this.#platforms = new BoundedMap(capacity)
  }

  /** The platform's name. */
  platformOf(key: SessionKey): string | undefined {
    return this.#platforms.get(toKey(key))
  }

  answered(key: SessionKey, platform: string): void {
    this.#platforms.set(toKey(key), platform)
  }
}

const toKey = ({ tenant, model, session }: SessionKey): string => JSON.stringify([tenant ?? null, model, session])
