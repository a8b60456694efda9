const QUOTE = 34
const BACKSLASH = 92

/**
 * The text of a JSON object with the value of its top-level field replaced, every other byte as it came: a
 * parsed and re-written body would lose what JavaScript cannot hold (long integers, number spelling, key order).
 * Every occurrence of the field is replaced, since parsers differ on which of two counts. The text must be valid JSON.
 */
export function spliceTopLevel(text: string, field: string, value: string): string {
  const key = JSON.stringify(field)
  const replacement = JSON.stringify(value)
  let spliced = ''
  let copiedTo = 0
  let depth = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === OPEN_BRACE || code === OPEN_BRACKET) depth += 1
    else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) depth -= 1
    else if (code === QUOTE) {
      const end = stringEnd(text, at)
      const valueAt = depth === 1 && isKey(text, at, end, key) ? valueStart(text, end) : -1
      if (valueAt >= 0) {
        spliced += text.slice(copiedTo, valueAt) + replacement
        copiedTo = valueEnd(text, valueAt)
        at = copiedTo - 1
      } else at = end
    }
  }
  return spliced + text.slice(copiedTo)
}

const OPEN_BRACE = 123
const CLOSE_BRACE = 125
const OPEN_BRACKET = 91
const CLOSE_BRACKET = 93
const COLON = 58
const COMMA = 44

/** Where the value that begins at `at` is over. */
function valueEnd(text: string, at: number): number {
  if (text.charCodeAt(at) === QUOTE) return stringEnd(text, at) + 1
  let depth = 0
  for (let end = at; end < text.length; end++) {
    const code = text.charCodeAt(end)
    if (code === QUOTE) end = stringEnd(text, end)
    else if (code === OPEN_BRACE || code === OPEN_BRACKET) depth += 1
    else if (code === CLOSE_BRACE || code === CLOSE_BRACKET || code === COMMA) {
      // A comma, or the bracket around it: the value is before it.
      if (depth === 0) return end
      if (code !== COMMA) depth -= 1
    }
  }
  return text.length
}

/** The index of the closing quote of the string that opens at `at`. */
function stringEnd(text: string, at: number): number {
  let end = text.indexOf('"', at + 1)
  while (end >= 0 && isEscaped(text, end)) end = text.indexOf('"', end + 1)
  return end < 0 ? text.length : end
}

function isEscaped(text: string, at: number): boolean {
  let backslashes = 0
  while (text.charCodeAt(at - 1 - backslashes) === BACKSLASH) backslashes += 1
  return backslashes % 2 === 1
}

/** The string in `[at, end]` is the field's name, in whatever escapes, and a colon follows. */
function isKey(text: string, at: number, end: number, key: string): boolean {
  if (valueStart(text, end) < 0) return false
  const name = text.slice(at, end + 1)
  return name === key || (name.includes('\\') && JSON.stringify(JSON.parse(name)) === key)
}

/** Where the value begins if a colon follows the string that ends at `end`, else -1. */
function valueStart(text: string, end: number): number {
  let at = skipSpace(text, end + 1)
  if (text.charCodeAt(at) !== COLON) return -1
  at = skipSpace(text, at + 1)
  return at
}

function skipSpace(text: string, at: number): number {
  let next = at
  while (next < text.length && ' \t\n\r'.includes(text.charAt(next))) next += 1
  return next
}
