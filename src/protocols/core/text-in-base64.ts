import { fromUtf8 } from './utf8.ts'

/** The text, or `undefined` where it is not base64 or not UTF-8. */
export function textInBase64(base64: string): string | undefined {
  try {
    return fromUtf8(Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)))
  } catch {
    // It says only that it is not what it claims to be.
    return undefined
  }
}
