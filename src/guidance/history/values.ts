import { z } from 'zod'
import { list, text } from '../../yaml/index.ts'
import { type Moment, parseMoment, type Share } from '../facts/index.ts'

// Single values of a history. A message completes "expected …".

const momentExpected =
  'a time with its zone such as 2026-03-02T11:30:00Z, or a day (2026-03-02) or month (2026-03) where no more is known'

export const moment: z.ZodType<Moment, string> = z.string({ error: momentExpected }).transform((value, context) => {
  const result = parseMoment(value)
  if (result.ok) return result.moment
  const complete = result.reason !== 'shape'
  context.issues.push({
    code: 'custom',
    message: complete ? momentProblem(result.reason, value) : momentExpected,
    input: value,
    params: { complete },
  })
  return z.NEVER
})

function momentProblem(reason: 'zone' | 'calendar' | 'shape', value: string): string {
  if (reason === 'zone')
    return `this time has no zone; write ${value}Z for UTC, or its offset as in ${value}-08:00 (a day alone needs none)`
  return `there is no such day or time as ${value}`
}

const shareExpected = 'a percentage such as 0.8%, or <0.0004% for an upper bound'
export const share: z.ZodType<Share, string> = text(shareExpected, /^<?\d{1,3}(\.\d{1,6})?%$/).transform(
  (value, context) => {
    const isUpperBound = value.startsWith('<')
    const percent = Number(value.slice(isUpperBound ? 1 : 0, -1))
    if (percent <= 100) return { text: value, ratio: percent / 100, isUpperBound }
    context.issues.push({ code: 'custom', message: 'a percentage up to 100%', input: value })
    return z.NEVER
  },
)

const idExpected = 'a name of letters, digits, ".", "_" and "-"'
export const id: z.ZodType<string, string> = text(idExpected, /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/)

export const sentence: z.ZodType<string, string> = z
  .string({ error: 'a text' })
  .trim()
  .min(1, { error: 'a text that is not empty' })
  .max(2_000, { error: 'a text of at most 2000 characters' })

export const word: z.ZodType<string, string> = z
  .string({ error: 'a text' })
  .trim()
  .min(1, { error: 'a text that is not empty' })
  .max(200, { error: 'a text of at most 200 characters' })

// What a report links to must not run anything.
const urlExpected = 'an address that begins with https:// or http://'
export const url: z.ZodType<string, string> = text(urlExpected, /^https?:\/\/[^\s"<>]{1,2000}$/)

export const ids: z.ZodType<string[], string[]> = list(id, 'a list of ids')
export const sources: z.ZodType<string[], string[]> = list(id, 'a list of source ids').min(1, {
  error: 'at least one source id',
})
export const count: z.ZodType<number, number> = z
  .int({ error: 'a whole number' })
  .min(0, { error: 'a whole number from 0 on' })
  .max(10_000_000, { error: 'a whole number up to 10000000' })
export const flag: z.ZodType<boolean, boolean> = z.boolean({ error: 'true or false' })
