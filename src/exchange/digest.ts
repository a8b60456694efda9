import type { Label } from '../evidence/index.ts'
import type { CoreResponse, Json } from '../protocols/core/index.ts'

/** A value as one JSON text, whatever order its names came in: they are sorted by their UTF-16 units at every level. */
export function canonicalJson(value: Json | CoreResponse): string {
  return JSON.stringify(ordered(value as Json))
}

function ordered(value: Json | undefined): Json | undefined {
  if (Array.isArray(value)) return (value as readonly Json[]).map((each) => ordered(each) ?? null)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(entries.map(([name, each]) => [name, ordered(each)]))
}

/** SHA-256 of a text's UTF-8, 64 lower-case hexadecimal digits. */
export async function sha256Hex(text: string): Promise<Label> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('') as Label
}
