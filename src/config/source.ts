import type { SourceTreeOptions, TextReading } from '../yaml/index.ts'
import { interpolate, type Environment } from './interpolation.ts'

// Whatever the value looks like, it may be a secret or hold one.
const secretFields: ReadonlySet<string> = new Set(['apiKey', 'apiKeys', 'keyHash', 'baseUrl', 'url', 'secret'])

/** How a configuration is read: its texts may hold variables, and neither these nor keys are ever shown. */
export function configSource({ file, env }: { readonly file: string; readonly env: Environment }): SourceTreeOptions {
  return {
    file,
    what: 'the configuration',
    nodeLimit: 50_000,
    secretFields,
    readText: (text): TextReading => {
      const result = interpolate(text, env)
      if (!result.ok) return result
      const variables = result.names.map((name) => `\${${name}}`).join(' and ')
      return { ok: true, text: result.text, shown: variables === '' ? undefined : `the value of ${variables}` }
    },
  }
}
