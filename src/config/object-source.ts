import { type DocumentPath as ConfigPath, SourceTree } from '../yaml/index.ts'
import type { Environment } from './interpolation.ts'
import { configSource } from './source.ts'

const nowhere = { line: 0, column: 0 }
const places = { key: nowhere, value: nowhere }

/** Reads a plain object into the same tree as YAML; a key whose value is `undefined` is as good as absent. */
export function readObject(object: unknown, options: { readonly file: string; readonly env: Environment }): SourceTree {
  const tree = new SourceTree(configSource(options))
  tree.root = copy(tree, object, [], new Set())
  return tree
}

function copy(tree: SourceTree, value: unknown, path: ConfigPath, open: Set<unknown>): unknown {
  if (!tree.admit(path, nowhere)) {
    tree.markBroken(path)
    return null
  }
  if (typeof value === 'string') return tree.text(path, places, value)
  tree.other(path, places, value)
  if (typeof value !== 'object' || value === null) return value
  if (open.has(value)) {
    tree.markBroken(path)
    tree.reportAt(path, nowhere, 'the object contains itself')
    return null
  }
  open.add(value)
  const result = Array.isArray(value)
    ? value.map((item, index) => copy(tree, item, [...path, index], open))
    : copyMapping(tree, value, path, open)
  open.delete(value)
  return result
}

function copyMapping(tree: SourceTree, value: object, path: ConfigPath, open: Set<unknown>): unknown {
  const prototype: unknown = Object.getPrototypeOf(value)
  // A Date, a Map or a class of the user's would lose what it is by copying its fields.
  if (prototype !== null && prototype !== Object.prototype) {
    tree.markBroken(path)
    tree.reportAt(path, nowhere, 'expected a plain object, a list, a text or a number; got an instance of a class')
    return null
  }
  const mapping: Record<string, unknown> = Object.create(null) as Record<string, unknown>
  for (const [key, item] of Object.entries(value)) {
    if (item === undefined || !tree.admitKey(path, key, nowhere)) continue
    mapping[key] = copy(tree, item, [...path, key], open)
  }
  return mapping
}
