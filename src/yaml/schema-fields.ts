import { z } from 'zod'

// A message in this file completes "expected …"; what came is added where the place is known.

export interface FieldNotes {
  readonly about: string
  readonly unit?: string
  readonly range?: string
  /** The default as it would be written, or in words where it depends on something. */
  readonly default?: string | number
  readonly defaultWords?: string
}

/** A key that may be left out. Its description states unit, range and default, since editors show nothing else. */
export function optional<T extends z.ZodType>(schema: T, notes: FieldNotes): z.ZodOptional<T> {
  const { default: value } = notes
  return schema.optional().meta({ description: describe(notes), ...(value === undefined ? {} : { default: value }) })
}

export function required<T extends z.ZodType>(schema: T, notes: FieldNotes): T {
  return schema.meta({ description: describe({ ...notes, defaultWords: 'none, it is required' }) })
}

function describe({ about, unit, range, default: value, defaultWords }: FieldNotes): string {
  const parts = [about]
  if (unit !== undefined) parts.push(`Unit: ${unit}.`)
  if (range !== undefined) parts.push(`Range: ${range}.`)
  parts.push(`Default: ${defaultWords ?? value ?? 'none'}.`)
  return parts.join(' ')
}

export function section<S extends z.core.$ZodLooseShape>(shape: S): z.ZodObject<S, z.core.$strict> {
  return z.strictObject(shape, { error: 'a mapping' })
}

export function word<const T extends readonly [string, ...string[]]>(
  ...values: T
): z.ZodEnum<z.core.util.ToEnum<T[number]>> {
  return z.enum(values, { error: values.length === 1 ? `"${values[0]}"` : `one of ${values.join(', ')}` })
}

export function text(expected: string, pattern: RegExp): z.ZodString {
  return z.string({ error: expected }).regex(pattern, { error: expected })
}

export function list<T extends z.ZodType>(items: T, expected: string): z.ZodArray<T> {
  return z.array(items, { error: expected })
}
