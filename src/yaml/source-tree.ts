import { formatPath, type DocumentPath, type Problem } from './problem.ts'

/** A place in a text, both from 1; both 0 without a text. */
export interface Position {
  readonly line: number
  readonly column: number
}

/** Where a value stands, and how a message may show it. */
export interface Location {
  /** Of the key that names it (of the value itself in a list). */
  readonly key: Position
  readonly value: Position
  /** Fit for a message: never the value of an environment variable or something that looks like a key. */
  readonly shown: string
}

/** Keys that an object in memory treats specially. They name nothing here, so nothing is lost. */
const forbiddenKeys: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype'])

/** Four levels are meant; the rest is for the sake of a good message. */
export const depthLimit: number = 32

const looksLikeKey = /(^|[^a-z])(sk|pk|rk|key|token|bearer|aiza|ghp|xox[a-z])[-_ ]?[a-z0-9_-]{12,}/i

/** What a text stands for, or why that cannot be told. `shown` is how a message names it where it may not be quoted. */
export type TextReading =
  | { readonly ok: true; readonly text: string; readonly shown: string | undefined }
  | { readonly ok: false; readonly messages: readonly string[] }

export interface SourceTreeOptions {
  readonly file: string
  /** What messages call the whole: "the configuration". */
  readonly what: string
  /** Bounds what a small text can grow into through aliases, and how long an object may be. */
  readonly nodeLimit: number
  /** Reads a text; by default it is what it says. */
  readonly readText?: (text: string) => TextReading
  /** Fields whose literal text may be a secret or hold one, whatever the value looks like. */
  readonly secretFields?: ReadonlySet<string>
}

/**
 * A document as plain values, with the place of each. Both readers (YAML, objects) fill one, so that everything
 * after them is the same for both.
 */
export class SourceTree {
  readonly file: string
  /** What the readers themselves found wrong. */
  readonly problems: Problem[] = []
  root: unknown = null
  readonly #options: SourceTreeOptions
  readonly #locations = new Map<string, Location>()
  readonly #broken = new Set<string>()
  #nodeCount = 0

  constructor(options: SourceTreeOptions) {
    this.file = options.file
    this.#options = options
  }

  /** Counts a value; `false` once there are too many to go on. Says so once. */
  admit(path: DocumentPath, at: Position): boolean {
    const { nodeLimit, what } = this.#options
    this.#nodeCount += 1
    if (this.#nodeCount === nodeLimit + 1) {
      this.reportAt(path, at, `${what} has more than ${nodeLimit} values (aliases count each time)`)
    }
    if (path.length === depthLimit + 1) this.reportAt(path, at, `nested more than ${depthLimit} levels deep`)
    return this.#nodeCount <= nodeLimit && path.length <= depthLimit
  }

  /** `false`, and a problem, for a key that may not be used at all. */
  admitKey(path: DocumentPath, key: string, at: Position): boolean {
    if (!forbiddenKeys.has(key)) return true
    this.reportAt([...path, key], at, `"${key}" cannot be used as a name; choose another`)
    return false
  }

  /** Reads a text; `null`, and a problem, when that is impossible. */
  text(path: DocumentPath, places: Omit<Location, 'shown'>, text: string): string | null {
    const result: TextReading = this.#options.readText?.(text) ?? { ok: true, text, shown: undefined }
    if (!result.ok) {
      this.markBroken(path)
      this.place(path, { ...places, shown: 'a text' })
      for (const message of result.messages) this.reportAt(path, places.value, message)
      return null
    }
    this.place(path, { ...places, shown: result.shown ?? this.#quote(path, text) })
    return result.text
  }

  /** Notes the place of a value that is not a text. */
  other(path: DocumentPath, places: Omit<Location, 'shown'>, value: unknown): void {
    this.place(path, { ...places, shown: this.#isSecret(path) ? 'something else' : showValue(value) })
  }

  place(path: DocumentPath, location: Location): void {
    this.#locations.set(JSON.stringify(path), location)
  }

  /** The place of a value, or of the nearest thing around it. */
  locate(path: DocumentPath): Location {
    for (let length = path.length; length >= 0; length -= 1) {
      const found = this.#locations.get(JSON.stringify(path.slice(0, length)))
      if (found !== undefined) return found
    }
    const nowhere = { line: 0, column: 0 }
    return { key: nowhere, value: nowhere, shown: 'nothing' }
  }

  /** Nothing more is said about this value: what is wrong with it has been reported. */
  markBroken(path: DocumentPath): void {
    this.#broken.add(JSON.stringify(path))
  }

  isBroken(path: DocumentPath): boolean {
    return path.some((_, index) => this.#broken.has(JSON.stringify(path.slice(0, index + 1))))
  }

  /** A problem with the value at `path`, or with its key. */
  problem(path: DocumentPath, at: 'key' | 'value', message: string): Problem {
    return { file: this.file, ...this.locate(path)[at], path: formatPath(path), message }
  }

  reportAt(path: DocumentPath, at: Position, message: string): void {
    this.problems.push({ file: this.file, line: at.line, column: at.column, path: formatPath(path), message })
  }

  #quote(path: DocumentPath, text: string): string {
    if (text === '') return 'an empty text'
    if (this.#isSecret(path)) return 'something else'
    if (looksLikeKey.test(text)) return 'something that looks like a key (not shown)'
    return text.length > 80 ? `a text of ${text.length} characters` : JSON.stringify(text)
  }

  #isSecret(path: DocumentPath): boolean {
    const { secretFields } = this.#options
    return secretFields !== undefined && path.some((step) => typeof step === 'string' && secretFields.has(step))
  }
}

function showValue(value: unknown): string {
  if (value === null || value === undefined) return 'nothing'
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list'
  if (typeof value === 'object') return 'a mapping'
  if (typeof value === 'number' || typeof value === 'boolean') return `the ${typeof value} ${String(value)}`
  return `a ${typeof value}`
}
