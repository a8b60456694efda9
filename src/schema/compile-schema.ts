import type { ErrorObject, Options, ValidateFunction } from 'ajv'
import type { JsonObject } from '../protocols/core/index.ts'

/**
 * `strict: false` and `validateFormats: false`: keywords and formats that nobody knows are remarks, as JSON Schema has
 * them. `ownProperties`: else every object has a `constructor`. One error is enough, and looking for all of them is what
 * a hostile answer could make expensive.
 */
const OPTIONS: Options = { strict: false, validateFormats: false, ownProperties: true, allErrors: false, logger: false }

/** Judges an object by a schema, see `AnswerShape.problemOf`. Rejects with a `TypeError` where the schema is none. */
export async function compileSchema(schema: JsonObject): Promise<(answer: JsonObject) => string | undefined> {
  const { type } = schema
  if (type !== undefined && type !== 'object') throw new TypeError('schema: expected one whose type is "object"')
  const validate = await compile(schema)
  // Such a schema's verdict would be a promise, and every promise looks like a yes.
  if ('$async' in validate) throw new TypeError('schema: expected one without "$async"')
  return (answer) => (validate(answer) ? undefined : problemOf(validate.errors?.[0]))
}

/** A compiler of its own for each: it would keep every schema, and refuse a second one of the same `$id`. */
async function compile(schema: JsonObject): Promise<ValidateFunction> {
  try {
    const isDraft7 = typeof schema.$schema === 'string' && schema.$schema.includes('draft-07')
    // Loaded with the first schema: most who take this package for its `fetch` have none.
    if (isDraft7) return new (await import('ajv')).Ajv(OPTIONS).compile(schema)
    return new (await import('ajv/dist/2020.js')).Ajv2020(OPTIONS).compile(schema)
  } catch (error) {
    throw new TypeError(`schema: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
  }
}

/**
 * By the schema's own path: a path through the answer can hold names that the model made up. So can `params`, but for
 * the name of a missing field.
 */
function problemOf(error: ErrorObject | undefined): string {
  if (error === undefined) return 'it is not valid'
  const { keyword, schemaPath, params } = error
  const missing: unknown = keyword === 'required' ? params['missingProperty'] : undefined
  if (typeof missing !== 'string') return `${schemaPath} is not met`
  const parent = schemaPath.replace(/\/?required$/, '')
  return `${JSON.stringify(missing)} is missing${parent === '#' ? '' : ` (${parent})`}`
}
