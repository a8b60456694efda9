import type { JsonObject } from '../protocols/core/index.ts'
import { type AnswerShape, ONE_OBJECT } from './answer-shape.ts'

/**
 * Any JSON that is not null. Spelled out and without nested objects, since the structured outputs of OpenAI and Anthropic
 * take no field without a type, and no object whose own fields are not listed.
 */
const ANY_VALUE: JsonObject = {
  anyOf: [
    { type: 'string' },
    { type: 'number' },
    { type: 'boolean' },
    { type: 'array', items: { anyOf: [{ type: 'string' }, { type: 'number' }, { type: 'boolean' }] } },
  ],
}

/** The shape of an object that has every one of these fields, none of them null; more may stand beside them. */
export function expectedFields(fields: readonly string[]): AnswerShape {
  return {
    schema: {
      type: 'object',
      properties: Object.fromEntries(fields.map((field) => [field, ANY_VALUE])),
      required: fields,
      additionalProperties: false,
    },
    isStrict: true,
    instruction: `${ONE_OBJECT} It must have each of these fields, none of them null: ${fields.map((field) => JSON.stringify(field)).join(', ')}.`,
    problemOf: (answer) => {
      const problems = fields.flatMap((field) => {
        if (!Object.hasOwn(answer, field)) return [`${JSON.stringify(field)} is missing`]
        return answer[field] === null ? [`${JSON.stringify(field)} is null`] : []
      })
      return problems.length === 0 ? undefined : problems.join(', ')
    },
  }
}

/** The same as a JSON Schema to judge by: what strict structured outputs cannot say is in it too. */
export function schemaOfFields(fields: readonly string[]): JsonObject {
  return {
    type: 'object',
    properties: Object.fromEntries(fields.map((field) => [field, { not: { type: 'null' } }])),
    required: fields,
  }
}
