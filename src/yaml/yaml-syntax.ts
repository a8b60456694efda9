import { Lexer, type YAMLError } from 'yaml'
import { depthLimit, type Position } from './source-tree.ts'

/**
 * Where brackets are open too deeply, if anywhere. The composer takes cubic time over brackets that are never closed (2,000
 * of them: 5 s), so they are counted first, over lexemes, which is linear.
 */
export function tooDeepAt(source: string): Position | undefined {
  let depth = 0
  let line = 1
  let column = 1
  for (const lexeme of new Lexer().lex(source)) {
    // Marks that take no space in the source: document start, end of a flow, scalar to follow.
    if (lexeme === '\u0002' || lexeme === '\u0018' || lexeme === '\u001f') continue
    if (lexeme === '[' || lexeme === '{') depth += 1
    else if (lexeme === ']' || lexeme === '}') depth -= 1
    if (depth > depthLimit) return { line, column }
    const lastBreak = lexeme.lastIndexOf('\n')
    if (lastBreak === -1) column += lexeme.length
    else {
      line += lexeme.split('\n').length - 1
      column = lexeme.length - lastBreak
    }
  }
  return undefined
}

// Codes whose message repeats what stands in the source, which may be a secret.
const ownWords: ReadonlyMap<string, string> = new Map([
  ['NON_STRING_KEY', 'a key must be a plain text'],
  ['MULTIPLE_DOCS', 'expected one YAML document, got several (separated by ---)'],
  ['RESOURCE_EXHAUSTION', 'nested too deeply to read'],
  ['BAD_DIRECTIVE', 'not valid YAML: unknown directive (a line that begins with %)'],
  [
    'BAD_DQ_ESCAPE',
    'not valid YAML: unknown escape sequence in double quotes; use single quotes, or \\\\ for a backslash',
  ],
  [
    'TAG_RESOLVE_FAILED',
    'YAML tags other than !!str, !!int, !!float, !!bool and !!null are not supported (put a text that begins with ! in quotes)',
  ],
])

// `a: b: c`, or a line that is indented deeper than the value before it.
const KEY_WITHIN_VALUE = 'a "key:" within a value; indent the keys of one mapping alike, or put the value in quotes'

// The parser's summaries that speak of its own grammar, in the words of who writes the file.
const plainWords: ReadonlyMap<string, string> = new Map([
  ['Tabs are not allowed as indentation', 'a tab as indentation; use spaces'],
  ['All mapping items must start at the same column', 'the keys of one mapping must begin in the same column'],
  ['Implicit map keys need to be followed by map values', 'expected "key: value", with a colon and a space'],
  ['Nested mappings are not allowed in compact mappings', KEY_WITHIN_VALUE],
  ['Implicit keys need to be on a single line', KEY_WITHIN_VALUE],
  [
    'Flow sequence in block collection must be sufficiently indented and end with a ]',
    'a list that begins with [ has no ] before this place',
  ],
  ['Flow sequence must end with a ]', 'a list that begins with [ has no ]'],
  [
    'Flow map in block collection must be sufficiently indented and end with a }',
    'a mapping that begins with { has no } before this place',
  ],
  ['Flow map must end with a }', 'a mapping that begins with { has no }'],
  ['Missing closing "quote', 'a text that begins with " has no second "'],
  ["Missing closing 'quote", "a text that begins with ' has no second '"],
])

/** What a message says about text that is not YAML. It never quotes the text: a key may stand there. */
export function syntaxMessage(error: YAMLError, source: string): string {
  const own = ownWords.get(error.code)
  if (own !== undefined) return own
  // In the others, such text comes after a colon.
  const [summary = ''] = error.message.split('\n')
  const words = summary.replace(/(\S): .*$/, '$1').replace(/:$/, '')
  const lineStart = source.lastIndexOf('\n', error.pos[0] - 1) + 1
  const lineEnd = source.indexOf('\n', lineStart)
  const line = source.slice(lineStart, lineEnd === -1 ? undefined : lineEnd)
  // The most likely slip in a compact line: there the brace of an unquoted ${NAME} opens a mapping.
  const hint = /[{[].*[^"'$]\$\{/.test(line) ? ' (inside { } and [ ], write "${NAME}" with quotes)' : ''
  return `not valid YAML: ${plainWords.get(words) ?? words}${hint}`
}
