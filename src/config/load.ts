import { dirname } from 'node:path'
import type { Environment } from './interpolation.ts'
import { configLimitBytes, type ConfigResult, parseConfig, parseConfigObject } from './parse.ts'
import { readTextFile } from './read-text-file.ts'
import { readSchemaFiles, type SchemaAt } from './schema-files.ts'

/**
 * Reads and checks a configuration file and the schema files that it names. What the file system refuses comes back as a
 * problem too; never throws.
 */
export async function loadConfigFile(path: string, env: Environment): Promise<ConfigResult> {
  const file = await readTextFile(path, configLimitBytes)
  if (file.ok) return withSchemas(dirname(path), (schemaAt) => parseConfig(file.text, { source: path, env, schemaAt }))
  return { ok: false, problems: [{ file: path, line: 0, column: 0, path: '', message: file.message }] }
}

/** The same for a configuration given as an object; its schema files are looked for from the process's folder. */
export async function loadConfigObject(object: unknown, env: Environment): Promise<ConfigResult> {
  return withSchemas('.', (schemaAt) => parseConfigObject(object, { env, schemaAt }))
}

/** What schema files it names is known once it has been read: then they are, and it is read again with them. */
async function withSchemas(folder: string, parse: (schemaAt: SchemaAt) => ConfigResult): Promise<ConfigResult> {
  const named = new Set<string>()
  const first = parse((path) => {
    named.add(path)
    return { ok: true, schema: {}, check: () => undefined }
  })
  return named.size === 0 ? first : parse(await readSchemaFiles(folder, named))
}
