/** The text, or `undefined` where it is not base64 or not UTF-8. */
export function textInBase64(base64: string): string | undefined {
  try {
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    // Both say only that it is not what it claims to be.
    return undefined
  }
}
