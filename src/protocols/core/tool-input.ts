import type { ToolCallKind } from './content.ts'
import { JsonValidator } from './json-validator.ts'

export interface ToolInputOptions {
  readonly kind: ToolCallKind
  /** Also keep the text, for translation. */
  readonly keepText: boolean
  readonly limitBytes: number
}

/** Where a call stands in an answer that has ended. */
export interface CallPlace {
  /** The answer was stopped from outside; see `mayCutCalls`. */
  readonly mayBeCut: boolean
  readonly isLast: boolean
}

/**
 * What a model writes as the input of one tool call, judged as it arrives. JSON inputs must be one whole object
 * when the call ends, an empty one means `{}`; free-form inputs are whatever they are.
 */
export class ToolInput {
  readonly kind: ToolCallKind
  readonly #limitBytes: number
  readonly #validator: JsonValidator | undefined
  readonly #pieces: string[] | undefined
  #length = 0

  constructor({ kind, keepText, limitBytes }: ToolInputOptions, origin?: ToolInput) {
    this.kind = kind
    this.#limitBytes = limitBytes
    const validator = origin === undefined ? undefined : origin.#validator
    const pieces = origin === undefined ? undefined : origin.#pieces
    this.#validator = kind === 'custom' ? undefined : (validator?.fork() ?? new JsonValidator())
    this.#pieces = keepText ? [...(pieces ?? [])] : undefined
    this.#length = origin === undefined ? 0 : origin.#length
  }

  push(text: string): void {
    this.#length += text.length
    this.#validator?.feed(text)
    if (this.#length <= this.#limitBytes) this.#pieces?.push(text)
  }

  get isTooLarge(): boolean {
    return this.#length > this.#limitBytes
  }

  get isEmpty(): boolean {
    return this.#validator === undefined ? this.#length === 0 : this.#validator.isEmpty
  }

  /** The input is one that a tool could be called with. */
  get isWhole(): boolean {
    const json = this.#validator
    return json === undefined || json.isEmpty || (json.isObject && json.isWhole)
  }

  /**
   * Whether nobody could call a tool with it, or the model may have been stopped inside of it. For the last call of an
   * answer that may be cut the latter is also so where nothing shows that the input was done: a free-form one, and an
   * empty one.
   */
  isUnfinished({ mayBeCut, isLast }: CallPlace): boolean {
    if (!this.isWhole) return true
    return mayBeCut && isLast && (this.kind === 'custom' || this.isEmpty)
  }

  /** The input's text, `{}` for an empty JSON one; only with `keepText`. */
  get text(): string {
    const text = this.#pieces?.join('') ?? ''
    return this.kind !== 'custom' && this.isEmpty ? '{}' : text
  }

  fork(): ToolInput {
    return new ToolInput({ kind: this.kind, keepText: this.#pieces !== undefined, limitBytes: this.#limitBytes }, this)
  }
}
