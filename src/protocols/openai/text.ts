import type { Json } from '../core/index.ts'

/** The text, or none where the value is something else. */
export function toText(value: Json | undefined): string {
  return typeof value === 'string' ? value : ''
}
