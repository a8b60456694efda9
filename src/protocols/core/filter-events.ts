/**
 * The stream's held bytes, event by event: `keep` returns an event as it is, changed, or `undefined` to leave it out.
 * Not on the hot path: only an answer that was stopped inside a tool call comes here.
 */
export function filterEvents(bytes: Uint8Array, keep: (event: string) => string | undefined): Uint8Array {
  const text = new TextDecoder().decode(bytes).replaceAll(/\r\n?/g, '\n')
  const kept = text
    .split('\n\n')
    .filter((event) => event.trim() !== '')
    .map((event) => keep(event.replace(/^\n+/, '')))
    .filter((event) => event !== undefined)
  return new TextEncoder().encode(kept.map((event) => `${event}\n\n`).join(''))
}
