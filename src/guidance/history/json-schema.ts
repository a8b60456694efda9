import { z } from 'zod'
import { historySchema } from './schema.ts'

/** The JSON Schema (draft 2020-12) of an incident history, made from the one declaration. */
export function historyJsonSchema(): Readonly<Record<string, unknown>> {
  const { $schema, ...schema } = z.toJSONSchema(historySchema, { io: 'input' })
  return {
    $schema,
    title: 'Incident history',
    description: 'What `fullstop diagnose` reads: incidents with dated events, practices in place, and who says so.',
    ...schema,
  }
}
