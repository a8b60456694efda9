const strict = new TextDecoder('utf-8', { fatal: true })

/** The bytes as text, without a mark of the byte order; `undefined` where they are not UTF-8, so that none becomes another character. */
export function fromUtf8(bytes: ArrayBuffer | Uint8Array): string | undefined {
  try {
    return strict.decode(bytes)
  } catch {
    return undefined
  }
}
