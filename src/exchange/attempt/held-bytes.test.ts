import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { HeldBytes } from './held-bytes.ts'

const encoder = new TextEncoder()
const decoder = new TextDecoder()

test('all but the last events and the one that is not whole is taken, however the bytes came', () => {
  const event = fc.constantFrom('data: a', 'event: x\ndata: b', ': ping', 'data: é🙂', 'data:')
  const end = fc.constantFrom('\n\n', '\r\n\r\n', '\n\n\n', '\r\n\r\n\r\n')
  fc.assert(
    fc.property(
      fc.array(fc.tuple(event, end), { maxLength: 12 }),
      fc.constantFrom('', 'da', 'data: half\n'),
      fc.nat(12),
      fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 }),
      (events, pending, keep, sizes) => {
        const held = new HeldBytes()
        const bytes = encoder.encode(events.flat().join('') + pending)
        for (let at = 0, i = 0; at < bytes.length; i++) {
          const size = sizes[i % sizes.length] ?? 1
          held.push(bytes.subarray(at, at + size))
          at += size
        }
        const pendingBytes = encoder.encode(pending).length
        const taken = decoder.decode(held.takeExceptLastEvents(keep, pendingBytes))
        const expected = events.slice(0, Math.max(0, events.length - keep))
        // Line ends behind an event's blank line may go with it or with the next.
        expect(taken.replaceAll(/[\r\n]+$/g, '')).toBe(
          expected
            .flat()
            .join('')
            .replaceAll(/[\r\n]+$/g, ''),
        )
        const rest = decoder.decode(held.takeExceptLast(0))
        expect(taken + rest).toBe(events.flat().join('') + pending)
      },
    ),
  )
})
