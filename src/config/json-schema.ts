import { z } from 'zod'
import { configSchema } from './schema.ts'

type JsonObject = Readonly<Record<string, unknown>>

/** The JSON Schema (draft 2020-12) of `fullstop.yaml` that editors use, made from the one declaration. */
export function configJsonSchema(): JsonObject {
  const { $schema, ...schema } = z.toJSONSchema(configSchema, {
    io: 'input',
    override: ({ zodSchema, jsonSchema }) => {
      // The generator drops the default of a value that is read into something else, such as a duration.
      const value = z.globalRegistry.get(zodSchema)?.['default']
      if (typeof value === 'string' || typeof value === 'number') jsonSchema.default = value
    },
  })
  return {
    $schema,
    title: 'fullstop.yaml',
    description: 'Configuration of the Fullstop gateway. ${NAME} in any text is the environment variable of that name.',
    ...mapping(allowVariables(schema)),
  }
}

// An editor cannot know a variable's value, so a text that holds one satisfies every pattern and enumeration.
const variable: JsonObject = { type: 'string', pattern: '\\$\\{' }

function allowVariables(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(allowVariables)
  if (typeof schema !== 'object' || schema === null) return schema
  const { type, pattern, enum: values, ...rest } = mapping(schema)
  if (type === 'string' && (pattern !== undefined || values !== undefined)) {
    const literal = {
      type,
      ...(pattern === undefined ? {} : { pattern }),
      ...(values === undefined ? {} : { enum: values }),
    }
    return { ...rest, anyOf: [literal, variable] }
  }
  const entries = Object.entries(schema).map(([key, value]): [string, unknown] => {
    // Names are taken as they stand.
    return [key, key === 'propertyNames' || key === 'default' ? value : allowVariables(value)]
  })
  return Object.fromEntries(entries)
}

function mapping(value: unknown): JsonObject {
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {}
}
