// Google counts places in an answer's text in bytes of UTF-8.

const encoder = new TextEncoder()

export function byteLength(text: string): number {
  return encoder.encode(text).length
}

/** How many characters of the text its first `bytes` bytes are. */
export function charsOf(text: string, bytes: number): number {
  return encoder.encodeInto(text, new Uint8Array(Math.max(0, bytes))).read
}
