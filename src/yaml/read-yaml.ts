import { isAlias, isMap, isScalar, isSeq, parseDocument, type YAMLError } from 'yaml'
import type { DocumentPath } from './problem.ts'
import { LineIndex } from './line-index.ts'
import { depthLimit, type Position, SourceTree, type SourceTreeOptions } from './source-tree.ts'
import { syntaxMessage, tooDeepAt } from './yaml-syntax.ts'

/** Reads YAML 1.2 into a tree of plain values with their places. Never throws. */
export function readYaml(text: string, options: SourceTreeOptions): SourceTree {
  const tree = new SourceTree(options)
  // A byte order mark would shift every column of the first line by one.
  const source = text.startsWith('\uFEFF') ? text.slice(1) : text
  const deep = tooDeepAt(source)
  if (deep !== undefined) {
    tree.reportAt([], deep, `nested more than ${depthLimit} levels deep`)
    return tree
  }
  const lines = new LineIndex(source)
  const document = parseDocument(source, {
    // Its pretty errors quote the source, and with it any key that stands there.
    prettyErrors: false,
    // Its check compares every pair of keys; the reader below does it in one pass, and names the key.
    uniqueKeys: false,
    stringKeys: true,
    // No `!!binary`, `!!timestamp` and the like: a document is text, numbers, lists and mappings.
    resolveKnownTags: false,
    logLevel: 'error',
  })
  const reader = new YamlReader(tree, lines)
  const complaints: readonly YAMLError[] = [...document.errors, ...document.warnings]
  if (complaints.length > 0) {
    // What such a file means is a guess, so nothing is said about its content before it can be read.
    // The first alone: those behind it are mostly what the parser makes of it.
    const [first] = complaints.toSorted((one, other) => one.pos[0] - other.pos[0])
    if (first !== undefined) tree.reportAt([], lines.position(first.pos[0]), syntaxMessage(first, source))
    return tree
  }
  const start = lines.position(0)
  tree.root = reader.read(document.contents, [], { key: start, at: start })
  return tree
}

interface Place {
  readonly key: Position
  /** Where a value that takes no space (`key:` and nothing) is said to be. */
  readonly at: Position
}

class YamlReader {
  readonly #tree: SourceTree
  readonly #lines: LineIndex
  readonly #anchors = new Map<string, unknown>()
  // What each alias stood for when the document's order first came to it: an anchor's name may be used again later.
  readonly #targets = new Map<unknown, unknown>()
  readonly #open = new Set<unknown>()
  #inAlias = false

  constructor(tree: SourceTree, lines: LineIndex) {
    this.#tree = tree
    this.#lines = lines
  }

  read(node: unknown, path: DocumentPath, place: Place): unknown {
    if (isAlias(node)) return this.#readAlias(node, path, place)
    const at = this.#startOf(node) ?? place.at
    if (!this.#tree.admit(path, at)) {
      this.#tree.markBroken(path)
      return null
    }
    if (isScalar(node)) {
      this.#noteAnchor(node.anchor, node)
      const isEmpty = node.value === null && (node.source ?? '') === ''
      const places = { key: place.key, value: isEmpty ? place.at : at }
      if (typeof node.value === 'string') return this.#tree.text(path, places, node.value)
      this.#tree.other(path, places, node.value)
      return node.value
    }
    const isList = isSeq(node)
    if (!isList && !isMap(node)) {
      this.#tree.other(path, { key: place.key, value: at }, null)
      return null
    }
    this.#noteAnchor(node.anchor, node)
    this.#open.add(node)
    this.#tree.other(path, { key: place.key, value: at }, isList ? node.items : {})
    const value = isList ? this.#readList(node.items, path, at) : this.#readMapping(node.items, path, at)
    this.#open.delete(node)
    return value
  }

  #readList(items: readonly unknown[], path: DocumentPath, at: Position): unknown[] {
    return items.map((item, index) => {
      const start = this.#startOf(item) ?? at
      return this.read(item, [...path, index], { key: start, at: start })
    })
  }

  #readMapping(items: readonly { key: unknown; value: unknown }[], path: DocumentPath, at: Position): unknown {
    const mapping: Record<string, unknown> = Object.create(null) as Record<string, unknown>
    const seen = new Map<string, Position>()
    for (const pair of items) {
      const keyAt = this.#startOf(pair.key) ?? at
      const key = isScalar(pair.key) ? String(pair.key.value) : undefined
      if (key === undefined) {
        this.#tree.reportAt(path, keyAt, 'a key must be a plain text')
        continue
      }
      const first = seen.get(key)
      if (first !== undefined) {
        this.#tree.reportAt([...path, key], keyAt, `"${key}" stands here twice (first on line ${first.line})`)
        continue
      }
      seen.set(key, keyAt)
      if (key === '<<') {
        this.#tree.reportAt([...path, key], keyAt, 'YAML merge keys are not supported; write the keys out')
        continue
      }
      if (!this.#tree.admitKey(path, key, keyAt)) continue
      mapping[key] = this.read(pair.value, [...path, key], { key: keyAt, at: keyAt })
    }
    return mapping
  }

  #readAlias(node: { readonly source: string }, path: DocumentPath, place: Place): unknown {
    const at = this.#startOf(node) ?? place.at
    if (!this.#targets.has(node)) this.#targets.set(node, this.#anchors.get(node.source))
    const target = this.#targets.get(node)
    if (target === undefined || this.#open.has(target)) {
      const why =
        target === undefined ? 'names no anchor before it (put a text that begins with * in quotes)' : 'contains itself'
      this.#tree.place(path, { key: place.key, value: at, shown: 'an alias' })
      this.#tree.markBroken(path)
      this.#tree.reportAt(path, at, `this alias ${why}`)
      return null
    }
    const wasInAlias = this.#inAlias
    this.#inAlias = true
    const value = this.read(target, path, place)
    this.#inAlias = wasInAlias
    return value
  }

  #noteAnchor(name: string | undefined, node: unknown): void {
    if (name !== undefined && !this.#inAlias) this.#anchors.set(name, node)
  }

  #startOf(node: unknown): Position | undefined {
    if (!isScalar(node) && !isAlias(node) && !isMap(node) && !isSeq(node)) return undefined
    const offset = node.range?.[0]
    return offset === undefined ? undefined : this.#lines.position(offset)
  }
}
