import { BoundedMap } from '../collections/index.ts'
import type { JsonObject } from '../protocols/core/index.ts'
import type { AnswerShape } from './answer-shape.ts'
import { compileSchema } from './compile-schema.ts'

/** Compiled schemas that are kept: compiling one takes 2 to 3 ms. */
const KEPT_SCHEMAS = 100

/** The shapes of JSON Schemas, each compiled once; the one that was not asked for longest goes first. */
export class SchemaShapes {
  readonly #byText = new BoundedMap<string, Promise<AnswerShape>>(KEPT_SCHEMAS)

  /** Rejects with a `TypeError` that says what is wrong with the schema. */
  shapeOf(schema: JsonObject): Promise<AnswerShape> {
    const text = JSON.stringify(schema)
    return this.#byText.getOrMake(text, () => toShape(schema, text))
  }
}

async function toShape(schema: JsonObject, text: string): Promise<AnswerShape> {
  const problemOf = await compileSchema(schema)
  const instruction =
    'Answer with one JSON object and nothing else: no prose, no code fence. ' +
    `It must be valid under this JSON Schema: ${text}`
  return { schema, isStrict: false, instruction, problemOf }
}
