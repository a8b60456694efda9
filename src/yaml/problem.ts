/** Where in a document: keys and list indexes from the root. */
export type DocumentPath = readonly (string | number)[]

/** Something wrong in a document. Never holds a secret's value. */
export interface Problem {
  /** The file as it was named, or `object` for a document passed as an object. */
  readonly file: string
  /** From 1; 0 when there is no text to point into. */
  readonly line: number
  /** From 1, in UTF-16 units; 0 when there is no text to point into. */
  readonly column: number
  /** `providers.anthropic.apiKey`, `models.sonnet.platforms[0]`; empty for the whole. */
  readonly path: string
  readonly message: string
}

const plainKey = /^[A-Za-z0-9_-]+$/

/** `models["gpt-4.1"].platforms[0]`: keys that would be ambiguous are quoted. */
export function formatPath(path: DocumentPath): string {
  let text = ''
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`
    else if (!plainKey.test(step)) text += `[${JSON.stringify(step)}]`
    else text += text === '' ? step : `.${step}`
  }
  return text
}

/** One problem a line: `fullstop.yaml:12:5 providers.openai.protocol: expected …`. */
export function formatProblems(problems: readonly Problem[]): string {
  return problems
    .map(({ file, line, column, path, message }) => {
      const place = line > 0 ? `${file}:${line}:${column}` : `${file}:`
      return path === '' ? `${place} ${message}` : `${place} ${path}: ${message}`
    })
    .join('\n')
}

/** In the order in which one would meet them in the file; the same complaint about the same place is kept once. */
export function sortProblems(problems: readonly Problem[]): readonly Problem[] {
  const sorted = [...problems].sort(compareProblems)
  return sorted.filter((problem, index) => {
    const previous = sorted[index - 1]
    return previous === undefined || compareProblems(previous, problem) !== 0
  })
}

function compareProblems(a: Problem, b: Problem): number {
  return a.line - b.line || a.column - b.column || compareText(a.path, b.path) || compareText(a.message, b.message)
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
