import { BoundedMap } from '../collections/index.ts'
import type { JsonObject } from '../protocols/core/index.ts'
import { type AnswerShape, ONE_OBJECT } from './answer-shape.ts'
import { SchemaCompiler } from './compile-schema.ts'
import { sentenceOf } from './violation.ts'

/** Compiled schemas that are kept: compiling one takes 1 to 3 ms. */
const KEPT_SCHEMAS = 100

/** The shapes of JSON Schemas, each compiled once; the one that was not asked for longest goes first. */
export class SchemaShapes {
  readonly #byText = new BoundedMap<string, AnswerShape>(KEPT_SCHEMAS)
  #compiler: Promise<SchemaCompiler> | undefined

  /** Rejects with a `TypeError` that says what is wrong with the schema. */
  async shapeOf(schema: JsonObject): Promise<AnswerShape> {
    const { type } = schema
    if (type !== undefined && type !== 'object') throw new TypeError('schema: expected one whose type is "object"')
    this.#compiler ??= SchemaCompiler.load()
    const compiler = await this.#compiler
    const text = JSON.stringify(schema)
    return this.#byText.getOrMake(text, () => toShape(schema, text, compiler))
  }
}

function toShape(schema: JsonObject, text: string, compiler: SchemaCompiler): AnswerShape {
  const check = compiler.compile(schema)
  const instruction = `${ONE_OBJECT} It must be valid under this JSON Schema: ${text}`
  const problemOf = (answer: JsonObject): string | undefined => {
    const violation = check(answer)
    return violation === undefined ? undefined : sentenceOf(violation)
  }
  return { schema, isStrict: false, instruction, problemOf }
}
