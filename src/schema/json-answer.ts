import { type CoreResponse, isJsonObject, type JsonObject, parseJson, textIn } from '../protocols/core/index.ts'

/** The text of an answer's first choice; nothing of its thinking, its calls or its refusal. */
export function textOf({ choices }: CoreResponse): string {
  return textIn(choices[0]?.content ?? [])
}

/**
 * The one JSON object of an answer, alone or with fences or prose around it. `undefined` where there is none, where there
 * are several and one would have to guess, and where an object is not closed: what stands inside it is not the answer.
 */
export function findJsonObject(text: string): JsonObject | undefined {
  const whole = parseJson(text)
  if (whole !== undefined) return isJsonObject(whole) ? whole : undefined
  let found: JsonObject | undefined
  for (let start = text.indexOf('{'); start >= 0;) {
    const end = closingBrace(text, start)
    if (end === undefined) return undefined
    // Braces of prose are no answer; neither is anything inside them.
    const candidate = parseJson(text.slice(start, end + 1))
    if (isJsonObject(candidate)) {
      if (found !== undefined) return undefined
      found = candidate
    }
    start = text.indexOf('{', end + 1)
  }
  return found
}

/** Where the brace at `start` is closed, as JSON has it: braces in strings do not count. */
function closingBrace(text: string, start: number): number | undefined {
  let depth = 0
  let isInString = false
  for (let at = start; at < text.length; at++) {
    const character = text[at]
    if (isInString) {
      if (character === '\\') at += 1
      else if (character === '"') isInString = false
    } else if (character === '"') isInString = true
    else if (character === '{') depth += 1
    else if (character === '}' && --depth === 0) return at
  }
  return undefined
}
