import { Buffer } from 'node:buffer'
import { readYaml, sortProblems, type SourceTree, toProblems } from '../yaml/index.ts'
import type { Environment } from './interpolation.ts'
import { notYetKeyMessage, notYetValueMessage } from './not-yet.ts'
import { readObject } from './object-source.ts'
import type { ConfigProblem } from './problem.ts'
import { checkReferences } from './references.ts'
import { resolveConfig } from './resolve.ts'
import { configSchema } from './schema.ts'
import { configSource } from './source.ts'
import type { Config } from './types.ts'

/** A whole, checked configuration, or everything that is wrong with it, in the order of the file. */
export type ConfigResult =
  | { readonly ok: true; readonly config: Config }
  | { readonly ok: false; readonly problems: readonly ConfigProblem[] }

/** A configuration is written by hand: 1 MiB. */
export const configLimitBytes: number = 1_048_576

/**
 * Reads `fullstop.yaml`. `source` names it in messages; `env` is where `${NAME}` is looked up. Never throws: whatever
 * is wrong comes back as problems with line and column, all at once.
 */
export function parseConfig(
  text: string,
  { source, env }: { readonly source: string; readonly env: Environment },
): ConfigResult {
  if (text.length > configLimitBytes || Buffer.byteLength(text) > configLimitBytes) {
    const message = `the configuration is larger than ${configLimitBytes} bytes`
    return { ok: false, problems: [{ file: source, line: 1, column: 1, path: '', message }] }
  }
  return check(readYaml(text, configSource({ file: source, env })))
}

/** The same for a configuration given as an object: problems name the path, with line and column 0. */
export function parseConfigObject(object: unknown, { env }: { readonly env: Environment }): ConfigResult {
  return check(readObject(object, { file: 'object', env }))
}

const issueContext = { schema: configSchema, laterKey: notYetKeyMessage, laterValue: notYetValueMessage }

function check(tree: SourceTree): ConfigResult {
  if (tree.problems.length > 0 && tree.root === null) return { ok: false, problems: sortProblems(tree.problems) }
  const shape = configSchema.safeParse(tree.root)
  const problems = [
    ...tree.problems,
    ...(shape.success ? [] : toProblems(shape.error.issues, tree, issueContext)),
    ...checkReferences(tree),
  ]
  if (problems.length > 0 || !shape.success) return { ok: false, problems: sortProblems(problems) }
  return { ok: true, config: resolveConfig(shape.data, tree.file) }
}
