import type { WireEvent } from '../provider-protocol.ts'

/** A chunk on its way to the wire. */
export interface FramedChunk {
  readonly body: object
  readonly kind: WireEvent['kind']
  readonly unmarked?: object
}

/** The chunks as server-sent events, or as the elements of one JSON array. */
export function framed(chunks: readonly FramedChunk[], isArray: boolean): WireEvent[] {
  if (!isArray) {
    return chunks.map(({ body, kind, unmarked }) => ({
      text: eventText(body),
      kind,
      ...(unmarked === undefined ? {} : { unmarked: eventText(unmarked) }),
    }))
  }
  const events = chunks.map(({ body, kind }): WireEvent => {
    // In an array the closing bracket is the end, whatever the last element says.
    return { text: arrayElement(JSON.stringify(body, null, 2)), kind: kind === 'terminal' ? 'other' : kind }
  })
  return [...events, { text: '\n]\n', kind: 'terminal' }]
}

/** An element of the array, as all but the first are written. */
export function arrayElement(json: string): string {
  return `,\r\n${json}`
}

/** Opens the array with its first element. */
export function withBracket(text: string, sequence: number): string {
  return sequence === 0 ? text.replace(/^,\r\n/, '[') : text
}

/** One event on the wire: blanks after colons alone, and lines that end in CR LF. */
export function eventText(body: object): string {
  // Only the layout has line ends: those of a text are escaped.
  return `data: ${JSON.stringify(body, null, 1).replace(/\n */g, '')}\r\n\r\n`
}
