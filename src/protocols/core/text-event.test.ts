import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { TextEvent } from './text-event.ts'

test('the event is what it would have been, written whole, whatever stands around its text', () => {
  const around = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('\u0000', '"\\u0000"', '"\u0000"'))
  fc.assert(
    fc.property(around, around, fc.array(fc.string({ unit: 'binary' })), (before, behind, texts) => {
      const write = (text: string): string => `data: ${JSON.stringify({ before, delta: { text }, behind })}\n\n`
      const event = new TextEvent(write)
      for (const text of texts) expect(event.with(text)).toBe(write(text))
    }),
  )
})
