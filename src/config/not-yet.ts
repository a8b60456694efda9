/**
 * Keys and values of the configuration that are known, but whose feature is not part of this version. They are refused
 * by name: ignoring one would leave its user without a protection they believe in. `*` stands for any name.
 */
const notYetKeys: ReadonlyMap<string, readonly string[]> = new Map([
  ['', ['governance', 'storage', 'state', 'telemetry']],
])

/** The same for values, by the key they belong to. */
const notYetValues: ReadonlyMap<string, readonly string[]> = new Map([['limited', ['continue']]])

const notYet = 'is known, but not available in this version yet'

/** What to say about a key that is not available yet; `undefined` for any other. `section` is `providers.*` and the like. */
export function notYetKeyMessage(section: string, key: string): string | undefined {
  return notYetKeys.get(section)?.includes(key) === true ? `"${key}" ${notYet}; remove it` : undefined
}

/** The same for a value; `available` are those that work now. */
export function notYetValueMessage(key: string, value: string, available: readonly string[]): string | undefined {
  if (notYetValues.get(key)?.includes(value) !== true) return undefined
  return `"${value}" ${notYet}; use ${available.map((word) => `"${word}"`).join(' or ')}`
}
