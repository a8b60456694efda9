import { type JsonObject, optional, type OutputFormat, readBoolean, readName, readObject } from '../core/index.ts'

type SchemaFormat = Extract<OutputFormat, { type: 'json-schema' }>

/** OpenAI requires a name for a schema; other protocols have none. */
const DEFAULT_NAME = 'response'

/** The fields of a `json_schema`, which OpenAI Chat has in an object of their own and Responses beside the type. */
export function readSchema(value: JsonObject, field: string): SchemaFormat {
  const name = optional(value.name, `${field}.name`, readName)
  const strict = optional(value.strict, `${field}.strict`, readBoolean)
  return {
    type: 'json-schema',
    ...(name !== undefined && { name }),
    schema: readObject(value.schema, `${field}.schema`),
    ...(strict !== undefined && { strict }),
  }
}

export function renderSchema({ name = DEFAULT_NAME, schema, strict }: SchemaFormat): JsonObject {
  return { name, schema, ...(strict !== undefined && { strict }) }
}
