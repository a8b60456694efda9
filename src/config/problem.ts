/** Where in a configuration: keys and list indexes from the root. */
export type ConfigPath = readonly (string | number)[]

/** Something wrong in a configuration. Never holds a secret's value. */
export interface ConfigProblem {
  /** The file as it was named, or `object` for a configuration passed as an object. */
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
export function formatPath(path: ConfigPath): string {
  let text = ''
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`
    else if (!plainKey.test(step)) text += `[${JSON.stringify(step)}]`
    else text += text === '' ? step : `.${step}`
  }
  return text
}

/** One problem a line: `fullstop.yaml:12:5 providers.openai.protocol: expected …`. */
export function formatProblems(problems: readonly ConfigProblem[]): string {
  return problems
    .map(({ file, line, column, path, message }) => {
      const place = line > 0 ? `${file}:${line}:${column}` : `${file}:`
      return path === '' ? `${place} ${message}` : `${place} ${path}: ${message}`
    })
    .join('\n')
}

/** In the order in which one would meet them in the file; the same complaint about the same place is kept once. */
export function sortProblems(problems: readonly ConfigProblem[]): readonly ConfigProblem[] {
  const sorted = [...problems].sort(compareProblems)
  return sorted.filter((problem, index) => {
    const previous = sorted[index - 1]
    return previous === undefined || compareProblems(previous, problem) !== 0
  })
}

function compareProblems(a: ConfigProblem, b: ConfigProblem): number {
  return a.line - b.line || a.column - b.column || compareText(a.path, b.path) || compareText(a.message, b.message)
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
