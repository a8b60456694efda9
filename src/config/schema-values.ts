import { z } from 'zod'
import { isLoopback, parseBaseUrl } from './base-url.ts'
import { durationPattern, parseDuration } from './duration.ts'
import { type ListenAddress, parseListen } from './listen.ts'
import { durationRange, maxDurationMs } from './policy-defaults.ts'
import { text } from '../yaml/index.ts'
import type { PlatformConfig } from './types.ts'

// Single values: each is checked and read at once. As in schema-fields.ts, a message completes "expected …".

const durationExpected = `a duration from ${durationRange} such as 250ms, 10s, 5m or 1h`
export const duration: z.ZodType<number, string> = text(durationExpected, durationPattern).transform(
  (value, context) => {
    const durationMs = parseDuration(value)
    if (durationMs !== undefined && durationMs <= maxDurationMs) return durationMs
    context.issues.push({ code: 'custom', message: durationExpected, input: value })
    return z.NEVER
  },
)
export const durationNotes: { readonly unit: string; readonly range: string } = {
  unit: 'duration with ms, s, m or h',
  range: durationRange,
}

export const baseUrl: z.ZodType<URL, string> = z
  .string({ error: 'an address in a text' })
  .transform((value, context) => {
    const result = parseBaseUrl(value)
    if (result.ok) return result.url
    context.issues.push({ code: 'custom', message: result.message, input: value, params: { complete: true } })
    return z.NEVER
  })

export const listen: z.ZodType<ListenAddress, string> = z
  .string({ error: 'host:port such as 127.0.0.1:8788' })
  .transform((value, context) => {
    const result = parseListen(value)
    if (result !== undefined) return result
    context.issues.push({ code: 'custom', message: 'host:port such as 127.0.0.1:8788 or "[::1]:8788"', input: value })
    return z.NEVER
  })

const keyHashPattern = /^sha256:[0-9a-fA-F]{64}$/
export const keyHash: z.ZodType<string, string> = text(
  'sha256: and the 64 hexadecimal digits of the key’s SHA-256 (printf %s "$KEY" | sha256sum)',
  keyHashPattern,
).transform((value) => value.slice('sha256:'.length).toLowerCase())

export const platform: z.ZodType<PlatformConfig, string> = text('provider/model', /^[^/\s]+\/\S+$/).transform(
  (value) => {
    const slash = value.indexOf('/')
    return { provider: value.slice(0, slash), model: value.slice(slash + 1) }
  },
)

export const providerName: z.ZodType<string, string> = text(
  'a provider name of a-z, 0-9, ".", "_" and "-"',
  /^[a-z0-9][a-z0-9._-]{0,99}$/,
)
export const modelName: z.ZodType<string, string> = text(
  'a model name without spaces',
  /^[A-Za-z0-9][A-Za-z0-9._:/@+-]{0,199}$/,
)
export const plainName: z.ZodType<string, string> = text(
  'a name of letters, digits, ".", "_", ":" and "-"',
  /^[A-Za-z0-9][A-Za-z0-9._:-]{0,99}$/,
)
// Printable ASCII: what may stand in a header. A key read from a file often ends in a line break.
export const apiKey: z.ZodType<string, string> = text(
  'a key without spaces or line breaks',
  /^[\x21-\x7e]+$/,
).transform((value, context) => {
  // No provider's key looks like that, and it would be refused request by request.
  if (!/^\$[A-Za-z_][A-Za-z0-9_]*$/.test(value)) return value
  const message = 'expected a key, got what a shell would take for a variable; write "${NAME}", with braces'
  context.issues.push({ code: 'custom', message, input: value, params: { complete: true } })
  return z.NEVER
})
export const filePath: z.ZodType<string, string> = text('the path of a file', /\S/)
export const fieldName: z.ZodType<string, string> = text('the name of a field', /^[^\r\n]{1,200}$/)

export const webhookUrl: z.ZodType<URL, string> = z
  .string({ error: 'an address in a text' })
  .transform((value, context) => {
    const url = URL.parse(value)
    if (url !== null && isSafe(url)) return url
    const message = 'an address with https, or http on loopback, without user, password or fragment'
    context.issues.push({ code: 'custom', message, input: value })
    return z.NEVER
  })

function isSafe({ protocol, hostname, username, password, hash }: URL): boolean {
  const isCovered = protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname))
  return isCovered && username === '' && password === '' && hash === ''
}

export const webhookSecret: z.ZodType<string, string> = text(
  'a secret of 16 to 512 characters without spaces or line breaks',
  /^[\x21-\x7e]{16,512}$/,
)
