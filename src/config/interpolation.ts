/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>

/** The text with its variables put in and their names, or why that is impossible. */
export type Interpolation =
  | { readonly ok: true; readonly text: string; readonly names: readonly string[] }
  | { readonly ok: false; readonly messages: readonly string[] }

// In this order: the escape first, or `$${A}` would be read as a dollar and a reference.
const reference = /\$\$\{|\$\{([A-Za-z_][A-Za-z0-9_]*)\}|\$\{/g

/**
 * Puts environment variables in: `${NAME}` is the variable's value, `$${` is a plain `${`. One pass, so a value that
 * happens to hold `${…}` stays as it is. An unset or empty variable is refused by name: an empty key would only fail
 * later, far from its cause.
 */
export function interpolate(text: string, env: Environment): Interpolation {
  const names: string[] = []
  const messages: string[] = []
  const result = text.replaceAll(reference, (match: string, name: string | undefined) => {
    if (match === '$${') return '${'
    if (name === undefined) {
      messages.push('expected ${NAME} with a variable name of letters, digits and _ (write $${ for a plain ${)')
      return ''
    }
    const value = Object.hasOwn(env, name) ? env[name] : undefined
    if (value === undefined) messages.push(`the environment variable ${name} is not set`)
    else if (value === '') messages.push(`the environment variable ${name} is set, but empty`)
    names.push(name)
    return value ?? ''
  })
  return messages.length === 0 ? { ok: true, text: result, names } : { ok: false, messages: [...new Set(messages)] }
}
