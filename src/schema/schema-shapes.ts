import type { JsonObject } from '../protocols/core/index.ts'
import type { AnswerShape } from './answer-shape.ts'
import { compileSchema } from './compile-schema.ts'

/** Compiled schemas that are kept: compiling one takes 2 to 3 ms. */
const KEPT_SCHEMAS = 100

/** The shapes of JSON Schemas, each compiled once; the one that was not asked for longest goes first. */
export class SchemaShapes {
  readonly #byDigest = new Map<string, Promise<AnswerShape>>()

  /** Rejects with a `TypeError` that says what is wrong with the schema. */
  async shapeOf(schema: JsonObject): Promise<AnswerShape> {
    const text = JSON.stringify(schema)
    const digest = await sha256(text)
    const shape = this.#byDigest.get(digest) ?? toShape(schema, text)
    this.#byDigest.delete(digest)
    this.#byDigest.set(digest, shape)
    if (this.#byDigest.size > KEPT_SCHEMAS) this.#dropOldest()
    return shape
  }

  #dropOldest(): void {
    for (const digest of this.#byDigest.keys()) {
      this.#byDigest.delete(digest)
      return
    }
  }
}

async function toShape(schema: JsonObject, text: string): Promise<AnswerShape> {
  const problemOf = await compileSchema(schema)
  const instruction =
    'Answer with one JSON object and nothing else: no prose, no code fence. ' +
    `It must be valid under this JSON Schema: ${text}`
  return { schema, isStrict: false, instruction, problemOf }
}

async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
