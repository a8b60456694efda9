import { Buffer } from 'node:buffer'
import { readYaml, sortProblems, type SourceTree, toProblems } from '../yaml/index.ts'
import { isJsonObject, type JsonObject, parseJson } from '../protocols/core/index.ts'
import { type Check, sentenceOf } from '../schema/index.ts'
import type { ConfigInput } from './config-input.ts'
import type { Environment } from './interpolation.ts'
import { notYetKeyMessage } from './not-yet.ts'
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

const issueContext = { schema: configSchema, laterKey: notYetKeyMessage }

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

/** The schemas of workflows; what is wrong with the path to one, inside its file, or with the fixed answer that has to meet it. */
function schemasOf(
  { workflows = {} }: ConfigInput,
  tree: SourceTree,
  schemaAt: SchemaAt,
): { readonly byPath: ReadonlyMap<string, JsonObject>; readonly problems: readonly ConfigProblem[] } {
  const byPath = new Map<string, JsonObject>()
  const problems: ConfigProblem[] = []
  const broken = new Set<string>()
  for (const [name, { schema: path, expect, degrade }] of Object.entries(workflows)) {
    const file = path === undefined ? undefined : schemaAt(path)
    if (path !== undefined && file?.ok === true) byPath.set(path, file.schema)
    else if (path !== undefined && file?.ok === false && !broken.has(path)) {
      broken.add(path)
      problems.push(
        'message' in file ? tree.problem(['workflows', name, 'schema'], 'value', file.message) : file.problem,
      )
    }
    const check = file === undefined ? expect && expected(expect) : file.ok ? file.check : undefined
    const flaw = degrade?.answer === undefined ? undefined : flawOf(degrade.answer, check)
    if (flaw !== undefined) problems.push(tree.problem(['workflows', name, 'degrade', 'answer'], 'value', flaw))
  }
  return { byPath, problems }
}

const expected =
  (fields: readonly string[]): Check =>
  (value) => {
    const missing = fields.find((field) => !isJsonObject(value) || (value[field] ?? null) === null)
    return missing === undefined ? undefined : { path: '#/required', missing }
  }

/** Whoever relies on what answers are to be relies on it in an outage too. */
function flawOf(answer: string, check: Check | undefined): string | undefined {
  if (check === undefined) return undefined
  const value = parseJson(answer)
  if (value === undefined)
    return 'answers of this workflow are JSON; expected JSON that meets its schema, got other words'
  const violation = check(value)
  return violation === undefined
    ? undefined
    : `it is not what answers of this workflow have to be: ${sentenceOf(violation)}`
}
