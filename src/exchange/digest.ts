import type { Label } from '../evidence/index.ts'
import type { CoreResponse, Json } from '../protocols/core/index.ts'

/**
 * A value as one JSON text, whatever order its names came in: RFC 8785, which writes names by their UTF-16 units at every level,
 * and texts and numbers as `JSON.stringify` does. A lone surrogate, which the RFC leaves without a form, stays an escape:
 * requests and answers of models have some, and libraries that follow it throw. What is `undefined` is left out.
 */
export function canonicalJson(value: Json | CoreResponse): string {
  return written(value as Json) ?? 'null'
}

/** Whether it has such a text: what is nested ten thousands of levels deep has none. */
export function isWritable(value: Json | CoreResponse): boolean {
  try {
    canonicalJson(value)
    return true
  } catch (error) {
    if (error instanceof RangeError) return false
    throw error
  }
}

// Written and not made into an ordered object first: whatever order they come in, objects have names like "2" before all others.
function written(value: Json | undefined): string | undefined {
  if (Array.isArray(value)) return `[${(value as readonly Json[]).map((each) => written(each) ?? 'null').join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const fields = Object.entries(value)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, each]) => {
      const text = written(each)
      return text === undefined ? [] : [`${JSON.stringify(name)}:${text}`]
    })
  return `{${fields.join(',')}}`
}

/** SHA-256 of a text's UTF-8, 64 lower-case hexadecimal digits. */
export async function sha256Hex(text: string): Promise<Label> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('') as Label
}
