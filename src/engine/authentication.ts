import { BoundedMap } from '../collections/index.ts'
import type { ClientConfig } from '../config/index.ts'
import { FullstopError } from '../errors.ts'
import { queryOf } from './routes.ts'
import { type Caller, sha256Hex } from '../exchange/index.ts'

/** Keys whose hash is remembered; a key is hashed at most once while it is among them. */
const REMEMBERED_KEYS = 1_000

/**
 * Who calls, by the SHA-256 of the key. Keys are compared as hashes of equal length, so how long a comparison takes
 * says nothing about a key.
 */
export class Authentication {
  readonly #callers: ReadonlyMap<string, Caller>
  readonly #remembered = new BoundedMap<string, Caller>(REMEMBERED_KEYS)

  constructor(clients: ReadonlyMap<string, ClientConfig>) {
    this.#callers = new Map([...clients.values()].map((client) => [client.keyHash, toCaller(client)]))
  }

  /** Without configured clients everybody may call; then only loopback is served. */
  get isOpen(): boolean {
    return this.#callers.size === 0
  }

  /** Throws `missing-key` or `unknown-key`. */
  async authenticate({ headers, url }: Pick<Request, 'headers' | 'url'>): Promise<Caller> {
    if (this.isOpen) return ANYBODY
    const key = keyOf(headers) ?? keyInQuery(url)
    if (key === undefined) throw new FullstopError('missing-key', 'Expected a client key; the request has none.')
    const known = this.#remembered.get(key)
    if (known !== undefined) return known
    const caller = this.#callers.get(await sha256Hex(key))
    // What came is not repeated: it may be the key of something else.
    if (caller === undefined)
      throw new FullstopError('unknown-key', 'Expected the key of a configured client; another came.')
    this.#remembered.set(key, caller)
    return caller
  }
}

export const ANYBODY: Caller = {
  client: undefined,
  tenant: undefined,
  keyHash: undefined,
  workflows: undefined,
  limits: undefined,
}

function toCaller({ name, tenant, keyHash, workflows, limits }: ClientConfig): Caller {
  return { client: name, tenant, keyHash, workflows, limits }
}

/** Google's SDKs and examples may put the key into the address: `?key=…`. */
function keyInQuery(url: string): string | undefined {
  return queryOf(url).get('key') ?? undefined
}

/** The SDKs' ways of sending their key. */
export function keyOf(headers: Headers): string | undefined {
  const bearer = /^bearer +(\S+)$/i.exec(headers.get('authorization')?.trim() ?? '')?.[1]
  return bearer ?? (headers.get('x-api-key')?.trim() || headers.get('x-goog-api-key')?.trim() || undefined)
}
