import { describe, expect, test } from 'bun:test'
import { filterEvents } from './filter-events.ts'

const encoder = new TextEncoder()

describe('filterEvents', () => {
  const filtered = (text: string, keep: (event: string) => string | undefined): string =>
    new TextDecoder().decode(filterEvents(encoder.encode(text), keep))

  test('leaves out, changes and keeps', () => {
    const keep = (event: string): string | undefined =>
      event === 'data: b' ? undefined : event === 'data: c' ? 'data: C' : event
    expect(filtered('data: a\n\ndata: b\n\ndata: c\n\n', keep)).toBe('data: a\n\ndata: C\n\n')
  })

  test('hands over events without blank lines, with LF line ends', () => {
    const seen: string[] = []
    filtered('\r\n\ndata: a\r\nid: 1\r\n\r\n\n\ndata: b\n\n', (event) => {
      seen.push(event)
      return event
    })
    expect(seen).toEqual(['data: a\nid: 1', 'data: b'])
  })
})
