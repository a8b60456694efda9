/** A part of a path in plain text. A malformed escape names nothing, and is looked up as it came. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
