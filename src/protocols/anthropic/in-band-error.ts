import { isJsonObject, type JsonObject } from '../core/index.ts'

/** Whether a body or event that began as a success is an error. */
export function isInBandError({ type, error }: JsonObject): boolean {
  return type === 'error' || isJsonObject(error)
}
