import { expect, test } from 'bun:test'
import { FakeClock } from '../../../test/support/fake-clock.ts'
import { Allowance, STALLED_MS } from './allowance.ts'
import { AnswerReader } from './answer-reader.ts'

const encoder = new TextEncoder()
const decoder = new TextDecoder()
const never = (): never => {
  throw new Error('dropped')
}

/** Events of up to `longest` characters, `total` in all. */
function stream(total: number, longest: number, lineEnd: string): string {
  let text = ''
  for (let i = 0; text.length < total; i++) text += `data: ${'x'.repeat((i * 7_919) % longest)}${lineEnd}${lineEnd}`
  return text
}

test.each([
  ['\n', 300],
  ['\r\n', 300],
  ['\n', 200_000],
])('an answer is read in pieces of whole events, and all of it (%j, up to %d)', (lineEnd, longest) => {
  const allowance = new Allowance(10_000_000, { clock: new FakeClock() })
  const text = stream(1_000_000, longest, lineEnd)
  const reader = AnswerReader.of(encoder.encode(text), allowance, never)
  const pieces: string[] = []
  for (let piece = reader?.next(); piece !== undefined; piece = reader?.next()) {
    pieces.push(decoder.decode(piece))
    expect(allowance.usedBytes).toBe(pieces.join('').length < text.length ? text.length : 0)
  }
  expect(pieces.join('')).toBe(text)
  expect(pieces.every((piece) => piece.endsWith(lineEnd + lineEnd) && piece.startsWith('data: '))).toBe(true)
  expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThan(64 * 1_024 + 2 * longest)
  expect(pieces.length).toBeGreaterThan(longest > 1_000 ? 3 : 14)
  expect(allowance.usedBytes).toBe(0)
})

test('what is one event, or ends without one, is read all the same', () => {
  const allowance = new Allowance(1_000_000, { clock: new FakeClock() })
  for (const text of ['', 'a', 'x'.repeat(100_000)]) {
    const reader = AnswerReader.of(encoder.encode(text), allowance, never)
    const first = reader?.next()
    expect([decoder.decode(first), reader?.next(), allowance.usedBytes]).toEqual([text, undefined, 0])
  }
})

test('those that read the same answer count once, and one that has stalled makes room', () => {
  const clock = new FakeClock()
  const allowance = new Allowance(250_000, { clock })
  const text = encoder.encode(stream(200_000, 300, '\n'))
  const dropped: string[] = []
  const [one, two] = ['one', 'two'].map((name) => AnswerReader.of(text, allowance, () => dropped.push(name)))
  const other = encoder.encode(stream(100_000, 300, '\n'))
  expect(allowance.usedBytes).toBe(text.length)
  expect(AnswerReader.of(other, allowance, never)).toBeUndefined()
  clock.advance(STALLED_MS)
  two?.next()
  // Without its other reader it would still be held.
  expect([AnswerReader.of(other, allowance, never), dropped]).toEqual([undefined, ['one']])
  expect([one?.isDropped, one?.next(), two?.next() === undefined]).toEqual([true, undefined, false])
  clock.advance(STALLED_MS)
  expect(AnswerReader.of(other, allowance, never)).toBeDefined()
  expect([dropped, allowance.usedBytes]).toEqual([['one', 'two'], other.length])
  one?.close()
  two?.close()
  expect(allowance.usedBytes).toBe(other.length)
})

test('who has all of it, and takes long over its last piece, is not dropped', () => {
  const clock = new FakeClock()
  const allowance = new Allowance(100, { clock })
  const reader = AnswerReader.of(encoder.encode('data: x\n\ndata: [DONE]\n\n'), allowance, never)
  expect(decoder.decode(reader?.next())).toEndWith('[DONE]\n\n')
  clock.advance(STALLED_MS)
  expect(AnswerReader.of(new Uint8Array(90), allowance, never)).toBeDefined()
  expect([reader?.next(), reader?.isDropped]).toEqual([undefined, false])
})
