import type { Config } from './types.ts'

/**
 * A text that is equal for configurations that mean the same: comments, order of keys inside a section's fields and
 * ways of writing a value don't count. It holds secrets; it is for comparing, not for showing.
 */
export function configFingerprint(config: Config): string {
  return JSON.stringify(config, (_key, value: unknown) => (value instanceof Map ? [...value.entries()] : value))
}
