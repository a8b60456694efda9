/**
 * Keys of the configuration that are known, but whose feature is not part of this version. They are refused
 * by name: ignoring one would leave its user without a protection they believe in. `*` stands for any name.
 */
const notYetKeys: ReadonlyMap<string, readonly string[]> = new Map([
  ['', ['governance', 'storage', 'state', 'telemetry']],
])

const notYet = 'is known, but not available in this version yet'

/** What to say about a key that is not available yet; `undefined` for any other. `section` is `providers.*` and the like. */
export function notYetKeyMessage(section: string, key: string): string | undefined {
  return notYetKeys.get(section)?.includes(key) === true ? `"${key}" ${notYet}; remove it` : undefined
}
