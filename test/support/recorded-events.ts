/** JSON of another maker, read as it comes. */
export type Loose = ReturnType<typeof JSON.parse>

/** The data of each event; sentinels and comments are none. */
export function recordedEvents(bytes: Uint8Array): readonly Loose[] {
  const text = new TextDecoder().decode(bytes).replaceAll('\r\n', '\n')
  return text.split('\n\n').flatMap((block) => {
    const lines = block.split('\n').filter((line) => line.startsWith('data:'))
    const data = lines.map((line) => line.slice(5).trim()).join('\n')
    return data === '' || data === '[DONE]' ? [] : [JSON.parse(data)]
  })
}

/** Byte offsets behind each event's blank line, the last one being the recording's length if it ends in one. */
export function eventBoundaries(bytes: Uint8Array): readonly number[] {
  const text = Buffer.from(bytes).toString('latin1')
  return [...text.matchAll(/\n\r?\n/g)].map(({ 0: blank, index }) => index + blank.length)
}
