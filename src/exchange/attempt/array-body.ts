import { JsonArrayToEvents } from '../../protocols/core/index.ts'
import type { UnfinishedVerdict } from '../../evidence/index.ts'
import { NO_BYTES } from '../bytes.ts'
import type { BodyReader } from './upstream-body.ts'

/** The body did not end where its array does. */
export class BrokenArray extends Error {
  override readonly name = 'BrokenArray'
  readonly verdict: UnfinishedVerdict

  constructor(verdict: UnfinishedVerdict) {
    super(verdict.reason)
    this.verdict = verdict
  }
}

/**
 * A stream that came as one JSON array, read as the events that it would have been. Rejects with a `BrokenArray` where
 * the body ends before the array does, or is none.
 */
export class ArrayBody implements BodyReader {
  readonly #body: BodyReader
  readonly #array = new JsonArrayToEvents()
  #first: Uint8Array | undefined

  /** `first`: the piece that was read of it already. */
  constructor(body: BodyReader, first: Uint8Array) {
    this.#body = body
    this.#first = first
  }

  /** Whether a body that begins so is an array. */
  static isArray(first: Uint8Array): boolean {
    return first.find((byte) => !WHITE_SPACE.has(byte)) === OPEN_BRACKET
  }

  async read(): Promise<Awaited<ReturnType<BodyReader['read']>>> {
    const first = this.#first
    this.#first = undefined
    const { value, done } = first === undefined ? await this.#body.read() : { value: first, done: false }
    if (!done) {
      const events = this.#array.push(value ?? NO_BYTES)
      if (this.#array.state === 'broken') throw new BrokenArray({ name: 'malformed', reason: 'not-this-protocol' })
      return { done: false, value: events }
    }
    if (this.#array.state === 'closed') return { done: true }
    throw new BrokenArray({ name: 'truncated', reason: 'ended-before-proof' })
  }

  cancel(): Promise<void> {
    return this.#body.cancel()
  }
}

const OPEN_BRACKET = 91
const WHITE_SPACE: ReadonlySet<number> = new Set([9, 10, 13, 32])
