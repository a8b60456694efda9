import { Buffer } from 'node:buffer'
import { readYaml, sortProblems, type SourceTree, toProblems } from '../yaml/index.ts'
import type { JsonObject } from '../protocols/core/index.ts'
import type { ConfigInput } from './config-input.ts'
import type { Environment } from './interpolation.ts'
import { notYetKeyMessage, notYetValueMessage } from './not-yet.ts'
import { readObject } from './object-source.ts'
import type { ConfigProblem } from './problem.ts'
import { checkReferences } from './references.ts'
import { resolveConfig } from './resolve.ts'
import type { SchemaAt } from './schema-files.ts'
import { configSchema } from './schema.ts'
import { configSource } from './source.ts'
import type { Config } from './types.ts'

/** A whole, checked configuration, or everything that is wrong with it, in the order of the file. */
export type ConfigResult =
  | { readonly ok: true; readonly config: Config }
  | { readonly ok: false; readonly problems: readonly ConfigProblem[] }

/** A configuration is written by hand: 1 MiB. */
export const configLimitBytes: number = 1_048_576

interface ParseOptions {
  readonly env: Environment
  /** Schema files that were read; by default none was, and a configuration that names one is refused. */
  readonly schemaAt?: SchemaAt
}

/**
 * Reads `fullstop.yaml`. `source` names it in messages; `env` is where `${NAME}` is looked up. Never throws: whatever
 * is wrong comes back as problems with line and column, all at once.
 */
export function parseConfig(
  text: string,
  { source, env, schemaAt }: ParseOptions & { readonly source: string },
): ConfigResult {
  if (text.length > configLimitBytes || Buffer.byteLength(text) > configLimitBytes) {
    const message = `the configuration is larger than ${configLimitBytes} bytes`
    return { ok: false, problems: [{ file: source, line: 1, column: 1, path: '', message }] }
  }
  return check(readYaml(text, configSource({ file: source, env })), schemaAt)
}

/** The same for a configuration given as an object: problems name the path, with line and column 0. */
export function parseConfigObject(object: unknown, { env, schemaAt }: ParseOptions): ConfigResult {
  return check(readObject(object, { file: 'object', env }), schemaAt)
}

const issueContext = { schema: configSchema, laterKey: notYetKeyMessage, laterValue: notYetValueMessage }

const readsNone: SchemaAt = () => ({ ok: false, message: 'schema files are not read here' })

function check(tree: SourceTree, schemaAt: SchemaAt = readsNone): ConfigResult {
  if (tree.problems.length > 0 && tree.root === null) return { ok: false, problems: sortProblems(tree.problems) }
  const shape = configSchema.safeParse(tree.root)
  const problems = [
    ...tree.problems,
    ...(shape.success ? [] : toProblems(shape.error.issues, tree, issueContext)),
    ...checkReferences(tree),
  ]
  if (problems.length > 0 || !shape.success) return { ok: false, problems: sortProblems(problems) }
  const schemas = schemasOf(shape.data, tree, schemaAt)
  if (schemas.problems.length > 0) return { ok: false, problems: sortProblems(schemas.problems) }
  return { ok: true, config: resolveConfig(shape.data, tree.file, schemas.byPath) }
}

/** The schemas of workflows; what is wrong with the path to one, or inside its file. */
function schemasOf(
  { workflows = {} }: ConfigInput,
  tree: SourceTree,
  schemaAt: SchemaAt,
): { readonly byPath: ReadonlyMap<string, JsonObject>; readonly problems: readonly ConfigProblem[] } {
  const byPath = new Map<string, JsonObject>()
  const problems: ConfigProblem[] = []
  const seen = new Set<string>()
  for (const [name, { schema: path }] of Object.entries(workflows)) {
    if (path === undefined || seen.has(path)) continue
    seen.add(path)
    const file = schemaAt(path)
    if (file.ok) byPath.set(path, file.schema)
    else if ('message' in file) problems.push(tree.problem(['workflows', name, 'schema'], 'value', file.message))
    else problems.push(file.problem)
  }
  return { byPath, problems }
}
