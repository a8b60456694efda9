import { z } from 'zod'
import { nearestKey } from './nearest-key.ts'
import type { DocumentPath, Problem } from './problem.ts'
import type { SourceTree } from './source-tree.ts'

type Issue = z.core.$ZodIssue

export interface IssueContext {
  readonly schema: z.core.$ZodType
  /** What to say about a key that is known, but not taken yet; `undefined` for any other. `section` is `providers.*`. */
  readonly laterKey?: (section: string, key: string) => string | undefined
}

/** Turns what a schema found into problems at their places in the source. */
export function toProblems(issues: readonly Issue[], tree: SourceTree, context: IssueContext): readonly Problem[] {
  return issues.flatMap((issue) => {
    const path = issue.path.map((step) => (typeof step === 'number' ? step : String(step)))
    return tree.isBroken(path) ? [] : issueProblems(issue, path, tree, context)
  })
}

function issueProblems(issue: Issue, path: DocumentPath, tree: SourceTree, context: IssueContext): readonly Problem[] {
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) =>
        tree.problem([...path, key], 'key', unknownKeyMessage(path, key, tree.root, context)),
      )
    case 'invalid_key':
      return [tree.problem(path, 'key', `expected ${issue.issues[0]?.message ?? 'another name'}`)]
    default:
      return [valueProblem(issue, path, tree)]
  }
}

function valueProblem(issue: Issue, path: DocumentPath, tree: SourceTree): Problem {
  const value = valueAt(tree.root, path)
  const last = path.at(-1)
  if (value === undefined && typeof last === 'string') {
    // Missing: its place is that of the mapping it should stand in.
    const owner = tree.problem(path.slice(0, -1), 'key', `"${last}" is missing; expected ${issue.message}`)
    return { ...owner, path: tree.problem(path, 'key', '').path }
  }
  if (issue.code === 'custom' && issue.params?.['complete'] === true) return tree.problem(path, 'value', issue.message)
  return tree.problem(path, 'value', `expected ${issue.message}, got ${tree.locate(path).shown}`)
}

function unknownKeyMessage(
  path: DocumentPath,
  key: string,
  document: unknown,
  { schema, laterKey }: IssueContext,
): string {
  const { section, keys } = sectionAt(path, schema, document)
  const later = laterKey?.(section, key)
  if (later !== undefined) return later
  const near = nearestKey(key, keys)
  const hint = near === undefined ? `expected one of ${keys.join(', ')}` : `did you mean "${near}"?`
  return `unknown key "${key}"; ${hint}`
}

/** The section's name in the table of what is not available yet (`providers.*`), and its keys. */
function sectionAt(
  path: DocumentPath,
  root: z.core.$ZodType,
  document: unknown,
): { readonly section: string; readonly keys: readonly string[] } {
  const names: string[] = []
  let schema: z.core.$ZodType | undefined = root
  for (const [depth, step] of path.entries()) {
    const inner = chosen(unwrap(schema), valueAt(document, path.slice(0, depth)))
    if (inner instanceof z.ZodObject) {
      schema = shapeOf(inner)[String(step)]
      names.push(String(step))
    } else if (inner instanceof z.ZodRecord) {
      schema = inner.valueType
      names.push('*')
    } else if (inner instanceof z.ZodArray) {
      schema = inner.element
    }
  }
  const inner = chosen(unwrap(schema), valueAt(document, path))
  return { section: names.join('.'), keys: inner instanceof z.ZodObject ? Object.keys(shapeOf(inner)) : [] }
}

/** Of a union told apart by one key, the member that a value means to be. */
function chosen(schema: z.core.$ZodType | undefined, value: unknown): z.core.$ZodType | undefined {
  if (!(schema instanceof z.ZodDiscriminatedUnion)) return schema
  const { discriminator } = schema.def
  const tag = valueAt(value, [discriminator])
  return schema.options.find((option) => {
    const literal = option instanceof z.ZodObject ? shapeOf(option)[discriminator] : undefined
    return literal instanceof z.ZodLiteral && [...literal.values].some((value) => value === tag)
  })
}

function shapeOf(schema: z.ZodObject): Readonly<Record<string, z.core.$ZodType | undefined>> {
  return schema.shape
}

function unwrap(schema: z.core.$ZodType | undefined): z.core.$ZodType | undefined {
  return schema instanceof z.ZodOptional ? schema.unwrap() : schema
}

function valueAt(root: unknown, path: DocumentPath): unknown {
  let value = root
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined
    value = (value as Readonly<Record<string | number, unknown>>)[step]
  }
  return value
}
