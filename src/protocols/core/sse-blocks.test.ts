import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { parseSseEvent, SseBlocks } from './sse-blocks.ts'

const encoder = new TextEncoder()

const push = (blocks: SseBlocks, bytes: Uint8Array): string => {
  let text = ''
  blocks.push(bytes, (more) => {
    text += more
  })
  return text
}
const collect = (pieces: readonly Uint8Array[]): { readonly text: string; readonly pending: string } => {
  const blocks = new SseBlocks()
  const text = pieces.map((piece) => push(blocks, piece)).join('')
  return { text, pending: blocks.pendingText() }
}
const whole = (text: string): { readonly text: string; readonly pending: string } => collect([encoder.encode(text)])

describe('SseBlocks', () => {
  test('gives whole events and keeps the rest', () => {
    expect(whole('data: a\n\ndata: b\n\ndata: c')).toEqual({ text: 'data: a\n\ndata: b\n\n', pending: 'data: c' })
  })

  test('takes CRLF and mixed line ends, and gives LF', () => {
    expect(whole('data: a\r\n\r\ndata: b\n\r\ndata: c\r\n\ndata: d\r\n')).toEqual({
      text: 'data: a\n\ndata: b\n\ndata: c\n\n',
      pending: 'data: d\r\n',
    })
  })

  test('a lone CR ends no line', () => {
    expect(whole('data: a\r\rdata: b\r\r')).toEqual({ text: '', pending: 'data: a\r\rdata: b\r\r' })
    expect(whole('data: a\r\r\n').text).toBe('')
    expect(whole('data: a\n\r\r\n').text).toBe('')
  })

  test('drops a byte order mark at the beginning', () => {
    const bytes = encoder.encode('\uFEFFdata: a\n\n')
    expect(collect([bytes]).text).toBe('data: a\n\n')
    expect(collect([bytes.subarray(0, 1), bytes.subarray(1)]).text).toBe('data: a\n\n')
  })

  test('blank lines at the beginning are blank lines', () => {
    expect(whole('\n\r\n\ndata: a\n\n').text).toBe('\n\n\ndata: a\n\n')
    expect(whole('\r\n').text).toBe('\n')
  })

  test('an event split at every pair of bytes comes whole, characters of several bytes too', () => {
    const text = 'data: {"a":"é€𝄞"}\r\n\r\n: note\n\nevent: ü\ndata: 🎼\n\n\r\ndata: half 🎼'
    const bytes = encoder.encode(text)
    const expected = whole(text)
    expect(expected.pending).toBe('data: half 🎼')
    for (let one = 0; one <= bytes.length; one++)
      for (let two = one; two <= bytes.length; two++) {
        const got = collect([bytes.subarray(0, one), bytes.subarray(one, two), bytes.subarray(two)])
        if (got.text !== expected.text || got.pending !== expected.pending) throw new Error(`split at ${one}, ${two}`)
      }
  })

  test('any split of any lines gives the same text, and never half an event', () => {
    const line = fc.constantFrom('data: x', ': c', '', '', 'event: é', '\r', '🎼')
    const end = fc.constantFrom('\n', '\r\n')
    fc.assert(
      fc.property(fc.array(fc.tuple(line, end), { maxLength: 12 }), fc.array(fc.nat(5)), (lines, sizes) => {
        const text = lines.flat().join('')
        const bytes = encoder.encode(text)
        const pieces: Uint8Array[] = []
        for (let at = 0, turn = 0; at < bytes.length; turn++) {
          const size = 1 + (sizes[turn % Math.max(1, sizes.length)] ?? 0)
          pieces.push(bytes.subarray(at, at + size))
          at += size
        }
        const blocks = new SseBlocks()
        for (const piece of pieces) {
          // Blank lines alone are the end of what was given before.
          blocks.push(piece, (got) => expect(/^\n+$|\n\n$/.test(got)).toBe(true))
        }
        expect(collect(pieces)).toEqual(whole(text))
      }),
      { numRuns: 500 },
    )
  })

  test('counts the bytes that wait, characters of several bytes as several', () => {
    const blocks = new SseBlocks()
    push(blocks, encoder.encode('data: a\n\ndata: é'))
    expect(blocks.pendingBytes).toBe(8)
    push(blocks, encoder.encode('é'))
    expect(blocks.pendingBytes).toBe(10)
    push(blocks, encoder.encode('\n\n'))
    expect([blocks.pendingBytes, blocks.pendingText()]).toEqual([0, ''])
  })

  test('does not hold on to the memory of the chunk that it cut', () => {
    const chunk = encoder.encode('data: a\n\ndata: b')
    const blocks = new SseBlocks()
    push(blocks, chunk)
    chunk.fill(120)
    expect(blocks.pendingText()).toBe('data: b')
  })

  test('a fork goes its own way, split line ends included', () => {
    const blocks = new SseBlocks()
    push(blocks, encoder.encode('data: a\n\r'))
    const fork = blocks.fork()
    expect(push(blocks, encoder.encode('\n'))).toBe('data: a\n\n')
    expect(push(fork, encoder.encode('b'))).toBe('')
    expect([blocks.pendingBytes, fork.pendingText()]).toEqual([0, 'data: a\n\rb'])
    expect(push(fork, encoder.encode('\n\n'))).toBe('data: a\n\nb\n\n')
  })

  test('an event of megabytes in small writes takes time in proportion', () => {
    const blocks = new SseBlocks()
    const piece = encoder.encode('x'.repeat(64))
    // Joining at every push would copy 2 × 10¹² bytes here.
    for (let i = 0; i < 250_000; i++) push(blocks, piece)
    expect(blocks.pendingBytes).toBe(16_000_000)
    expect(push(blocks, encoder.encode('\n\n')).length).toBe(16_000_002)
  })
})

describe('parseSseEvent', () => {
  test('reads name and data, with or without the space', () => {
    expect(parseSseEvent('event: ping\ndata: {}')).toEqual({ name: 'ping', data: '{}' })
    expect(parseSseEvent('event:ping\ndata:{}')).toEqual({ name: 'ping', data: '{}' })
    expect(parseSseEvent('data:  two')).toEqual({ name: '', data: ' two' })
  })

  test('joins several data lines and takes the last name', () => {
    expect(parseSseEvent('data: a\nevent: x\ndata\ndata:\ndata: b\nevent: y')).toEqual({ name: 'y', data: 'a\n\n\nb' })
  })

  test('knows an event without data from one with empty data', () => {
    expect(parseSseEvent(': a comment').data).toBeUndefined()
    expect(parseSseEvent('id: 1\nretry: 5').data).toBeUndefined()
    expect(parseSseEvent('').data).toBeUndefined()
    expect(parseSseEvent('data:').data).toBe('')
    expect(parseSseEvent('data').data).toBe('')
  })

  test('another field that begins alike is another field', () => {
    expect(parseSseEvent('database: x\nevents: y\n data: z')).toEqual({ name: '', data: undefined })
  })
})
