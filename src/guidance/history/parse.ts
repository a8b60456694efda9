import { type Problem, readYaml, sortProblems, type SourceTreeOptions, toProblems } from '../../yaml/index.ts'
import type { Facts } from '../facts/index.ts'
import { checkContradictions } from './contradictions.ts'
import type { Complaint } from './complaint.ts'
import { checkReferences } from './references.ts'
import { type History, historySchema } from './schema.ts'
import { toFacts } from './to-facts.ts'

/** Facts, or everything that is wrong with the history, in the order of the file. */
export type HistoryResult =
  | { readonly ok: true; readonly facts: Facts }
  | { readonly ok: false; readonly problems: readonly Problem[] }

/** Ten thousand incidents are some 25 MB. */
export const historyLimitBytes: number = 33_554_432

/** Reads an incident history in YAML or JSON. Never throws: whatever is wrong comes back with line and column, all at once. */
export function parseHistory(text: string, { source }: { readonly source: string }): HistoryResult {
  if (text.length > historyLimitBytes) {
    const message = `the history is larger than ${historyLimitBytes} bytes`
    return { ok: false, problems: [{ file: source, line: 1, column: 1, path: '', message }] }
  }
  return readQuickly(text) ?? readWithPlaces(text, source)
}

// YAML's reader knows the place of everything, at a microsecond a byte. JSON that has nothing wrong needs no places.
function readQuickly(text: string): HistoryResult | undefined {
  if (!text.trimStart().startsWith('{')) return undefined
  try {
    const root: unknown = JSON.parse(text)
    if (countKeys(root) !== countKeyTokens(text)) return undefined
    const shape = historySchema.safeParse(root)
    if (!shape.success || complaintsOf(shape.data).length > 0) return undefined
    return { ok: true, facts: toFacts(shape.data) }
  } catch {
    // No JSON; YAML may still read it, and says where it cannot.
    return undefined
  }
}

function readWithPlaces(text: string, source: string): HistoryResult {
  const tree = readYaml(text, treeOptions(source))
  if (tree.problems.length > 0) return { ok: false, problems: sortProblems(tree.problems) }
  const shape = historySchema.safeParse(tree.root)
  if (!shape.success)
    return { ok: false, problems: sortProblems(toProblems(shape.error.issues, tree, { schema: historySchema })) }
  const complaints = complaintsOf(shape.data)
  if (complaints.length === 0) return { ok: true, facts: toFacts(shape.data) }
  return {
    ok: false,
    problems: sortProblems(complaints.map(({ path, at, message }) => tree.problem(path, at, message))),
  }
}

function complaintsOf(history: History): readonly Complaint[] {
  return [...checkReferences(history), ...checkContradictions(history)]
}

function treeOptions(file: string): SourceTreeOptions {
  return { file, what: 'the history', nodeLimit: 3_000_000 }
}

// A key that stands twice is lost silently by JSON.parse, and one of its values with it.
function countKeyTokens(text: string): number {
  let keys = 0
  for (const match of text.matchAll(/"(?:[^"\\]|\\.)*"\s*(:)?/g)) if (match[1] !== undefined) keys += 1
  return keys
}

function countKeys(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  let keys = Array.isArray(value) ? 0 : Object.keys(value).length
  for (const item of Object.values(value)) keys += countKeys(item)
  return keys
}
