import type { JsonObject } from '../core/index.ts'

/** Whether a body or chunk that began as a success is an error. `error: null` and its kin are none. */
export function isInBandError({ error }: JsonObject): boolean {
  return error !== undefined && error !== null && error !== '' && error !== false
}
