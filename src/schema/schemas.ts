import type { Label, Unchecked } from '../evidence/index.ts'
import type { Json, JsonObject } from '../protocols/core/index.ts'
import { type Check, InvalidSchema, SchemaCompiler, TooCostly, type Violation } from './compile-schema.ts'
import { labelOf } from './violation.ts'

/** What is wrong with a value, or why that cannot be told. */
export type Finding =
  | { readonly violation: Label | undefined; readonly unchecked?: undefined }
  | { readonly unchecked: Unchecked; readonly violation?: undefined }

/**
 * Of callers' schemas that are kept compiled, characters of all of them: 50 MB at most, 400 schemas of usual tools. Each takes up to
 * 200 bytes a character.
 */
const KEPT_CHARACTERS = 262_144

/** Compiling takes up to 8 µs a character, during which nobody is served: a tenth of a second. Nested deeply, far longer. */
const LONGEST_SCHEMA = 16_384
const DEEPEST_SCHEMA = 64
/** Of what is judged, characters of JSON. */
const LONGEST_VALUE = 1_048_576

/** Judges values by schemas, each compiled once, when it is first needed. */
export class Schemas {
  #compiler: SchemaCompiler | undefined
  #loading: Promise<void> | undefined
  readonly #trusted = new WeakMap<JsonObject, Check>()
  /** The one that was not used longest comes first. */
  readonly #byText = new Map<string, Check | Unchecked>()
  #keptCharacters = 0

  /** Has to be waited for before anything is judged; `undefined` where there is nothing to wait for. */
  ready(): Promise<void> | undefined {
    if (this.#compiler !== undefined) return undefined
    this.#loading ??= SchemaCompiler.load().then((compiler) => {
      this.#compiler = compiler
    })
    return this.#loading
  }

  /** By a schema of the operator's, which compiled when the configuration was read. */
  judge(value: Json, schema: JsonObject): Finding | undefined {
    const check = this.#trusted.get(schema) ?? this.#ready.compile(schema)
    this.#trusted.set(schema, check)
    return found(check(value))
  }

  /** By a schema of a caller's, which may be anything: within bounds, and `unchecked` where these do not do. `length`: of the value as JSON. */
  judgeBounded(value: Json, length: number, schema: JsonObject): Finding | undefined {
    if (isDeeper(schema, DEEPEST_SCHEMA)) return { unchecked: 'too-large' }
    const text = JSON.stringify(schema)
    if (text.length > LONGEST_SCHEMA || length > LONGEST_VALUE) return { unchecked: 'too-large' }
    const check = this.#checkFor(text, schema)
    if (typeof check === 'string') return { unchecked: check }
    try {
      return found(check(value))
    } catch (error) {
      // References in a circle that no part of the value ends, too.
      if (error instanceof TooCostly || error instanceof RangeError) return { unchecked: 'too-costly' }
      throw error
    }
  }

  #checkFor(text: string, schema: JsonObject): Check | Unchecked {
    const known = this.#byText.get(text)
    const check = known ?? this.#compiled(schema)
    if (known === undefined) this.#keptCharacters += text.length
    else this.#byText.delete(text)
    this.#byText.set(text, check)
    for (const [oldest] of this.#byText) {
      if (this.#keptCharacters <= KEPT_CHARACTERS) break
      this.#byText.delete(oldest)
      this.#keptCharacters -= oldest.length
    }
    return check
  }

  /** For tests: how much is kept. */
  get keptCharacters(): number {
    return this.#keptCharacters
  }

  #compiled(schema: JsonObject): Check | Unchecked {
    try {
      return this.#ready.compileBounded(schema)
    } catch (error) {
      if (error instanceof InvalidSchema) return 'not-compilable'
      throw error
    }
  }

  get #ready(): SchemaCompiler {
    if (this.#compiler === undefined) throw new Error('schemas are judged before their compiler is ready')
    return this.#compiler
  }
}

function found(violation: Violation | undefined): Finding | undefined {
  return violation === undefined ? undefined : { violation: labelOf(violation) }
}

function isDeeper(value: Json | undefined, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  return levels === 0 || Object.values(value).some((each: Json | undefined) => isDeeper(each, levels - 1))
}
