import { isAbsolute, join } from 'node:path'
import { isJsonObject, type JsonObject, parseJson } from '../protocols/core/index.ts'
import { type Check, InvalidSchema, SchemaCompiler } from '../schema/index.ts'
import { readYaml } from '../yaml/index.ts'
import type { ConfigProblem } from './problem.ts'
import { readTextFile } from './read-text-file.ts'

/** What a schema's file holds, or what is wrong with it: with the path to it, or inside. */
export type SchemaFile =
  | { readonly ok: true; readonly schema: JsonObject; readonly check: Check }
  | { readonly ok: false; readonly message: string }
  | { readonly ok: false; readonly problem: ConfigProblem }

/** By the path as it was written. */
export type SchemaAt = (path: string) => SchemaFile

/** Written by hand, or made of types: 256 KiB. */
const SCHEMA_LIMIT_BYTES = 262_144

/** Where a path of the configuration leads, from its folder. */
export function schemaPath(folder: string, path: string): string {
  return isAbsolute(path) ? path : join(folder, path)
}

/** Reads each file and compiles its schema once, so that whatever is wrong is known before it serves. */
export async function readSchemaFiles(folder: string, paths: ReadonlySet<string>): Promise<SchemaAt> {
  const compiler = await SchemaCompiler.load()
  const files = new Map<string, SchemaFile>()
  for (const path of paths) files.set(path, await readSchemaFile(schemaPath(folder, path), compiler))
  return (path) => files.get(path) ?? { ok: false, message: 'the file was not read' }
}

async function readSchemaFile(file: string, compiler: SchemaCompiler): Promise<SchemaFile> {
  const reading = await readTextFile(file, SCHEMA_LIMIT_BYTES)
  if (!reading.ok) return { ok: false, message: `${file}: ${reading.message}` }
  const { text } = reading
  if (text.length > SCHEMA_LIMIT_BYTES)
    return { ok: false, message: `${file} is larger than ${SCHEMA_LIMIT_BYTES} bytes` }
  const schema = parseJson(text)
  if (schema === undefined) return { ok: false, problem: notJson(text, file) }
  if (!isJsonObject(schema))
    return { ok: false, problem: problemAt(text, file, [], 'expected a JSON Schema, an object') }
  try {
    return { ok: true, schema, check: compiler.compile(schema) }
  } catch (error) {
    if (!(error instanceof InvalidSchema)) throw error
    return { ok: false, problem: problemAt(text, file, error.path, error.flaw) }
  }
}

/** JSON is YAML too, whose reader knows where things stand. */
function problemAt(text: string, file: string, path: readonly string[], message: string): ConfigProblem {
  const tree = readYaml(text, { file, what: 'the schema', nodeLimit: 50_000 })
  const steps = path.map((step) => (/^\d+$/.test(step) ? Number(step) : step))
  return tree.problem(steps, 'value', message)
}

function notJson(text: string, file: string): ConfigProblem {
  const [problem] = readYaml(text, { file, what: 'the schema', nodeLimit: 50_000 }).problems
  const { line, column } = problem ?? { line: 1, column: 1 }
  const why = problem === undefined ? '' : `: ${problem.message.replace('not valid YAML: ', '')}`
  return { file, line, column, path: '', message: `expected JSON, got something else${why}` }
}
