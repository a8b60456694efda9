import { expect, test } from 'bun:test'
import { KeptText } from './kept-text.ts'

test('what is delivered of a text is what was released when it was delivered', () => {
  const kept = new KeptText()
  let all = ''
  for (let at = 0; at < 200; at++) {
    const piece = ` word${at}`
    kept.add(piece)
    // Each second piece is released, each fourth delivered.
    if (at % 2 === 1) kept.release()
    if (at % 4 === 3) {
      kept.onDelivered()
      all = kept.delivered ?? ''
    }
  }
  kept.add(' and more')
  expect(kept.delivered).toBe(all)
  expect(all).toBe(Array.from({ length: 200 }, (_, at) => ` word${at}`).join(''))
})

test('a text that is too long is not kept', () => {
  const kept = new KeptText()
  for (let at = 0; at < 600; at++) {
    kept.add('x'.repeat(1_000))
    kept.release()
    kept.onDelivered()
  }
  expect(kept.delivered).toBeUndefined()
})
