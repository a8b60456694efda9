import { isFilled, isJsonObject, type Json, type JsonObject, type ToolCallPart } from '../core/index.ts'
import { PartialArgs } from './partial-args.ts'

/** One function call of a candidate, in one part or in several. */
export class CallState {
  readonly number: number
  /** Its place among the candidate's parts, for the core. */
  readonly part: number
  #id = ''
  #name = ''
  #signature: string | undefined
  #args: Json | undefined
  #partial: PartialArgs | undefined
  #isOpen = false

  constructor(number: number, part: number) {
    this.number = number
    this.part = part
  }

  push(call: JsonObject, signature: string | undefined): void {
    if (isFilled(call.id)) this.#id = call.id
    if (isFilled(call.name)) this.#name = call.name
    this.#signature ??= signature
    if (call.args !== undefined && call.args !== null) this.#args = call.args
    if (Array.isArray(call.partialArgs)) {
      this.#partial ??= new PartialArgs()
      for (const partial of call.partialArgs as readonly Json[]) this.#partial.push(partial)
    }
    this.#isOpen = call.willContinue === true
  }

  /** Characters of arguments that came in pieces; those that came whole are bounded by their event. */
  get length(): number {
    return this.#partial?.length ?? 0
  }

  /** A tool could be called with what it has. */
  get isWhole(): boolean {
    const isObject = this.#args === undefined || isJsonObject(this.#args)
    return !this.#isOpen && this.#name !== '' && isObject && (this.#partial?.isWhole ?? true)
  }

  /** `fallbackId`: models before 3 give none. */
  toCore(fallbackId: string): ToolCallPart {
    return {
      type: 'tool-call',
      kind: 'json',
      id: this.#id === '' ? fallbackId : this.#id,
      name: this.#name,
      input: JSON.stringify(this.#partial?.value ?? this.#args ?? {}),
      ...(this.#signature !== undefined && { signature: this.#signature }),
    }
  }

  fork(): CallState {
    const copy = new CallState(this.number, this.part)
    copy.#id = this.#id
    copy.#name = this.#name
    copy.#signature = this.#signature
    copy.#args = this.#args
    copy.#partial = this.#partial?.fork()
    copy.#isOpen = this.#isOpen
    return copy
  }
}
