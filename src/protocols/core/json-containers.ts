/**
 * Objects and lists in one JSON text. Empty ones cost the parser some 80 bytes a character: 30 MB of `[` took it two seconds, in which
 * nobody else is served, and 2 GB. A real request has some thousands.
 */
export const MOST_CONTAINERS = 500_000

const QUOTE = 34
const BACKSLASH = 92
const OPENING_BRACKET = 91
const OPENING_BRACE = 123

/** Whether a text, JSON or not, opens more objects and lists than may be. */
export function hasTooManyContainers(text: string): boolean {
  if (text.length <= MOST_CONTAINERS) return false
  let count = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) {
      at = stringEnd(text, at)
      if (at < 0) return false
    } else if (code === OPENING_BRACKET || code === OPENING_BRACE) {
      count += 1
      if (count > MOST_CONTAINERS) return true
    }
  }
  return false
}

/** The quote that ends the string which begins at `start`; -1: none does. */
function stringEnd(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let slashes = 0
    while (text.charCodeAt(end - 1 - slashes) === BACKSLASH) slashes += 1
    if (slashes % 2 === 0) return end
  }
  return -1
}
