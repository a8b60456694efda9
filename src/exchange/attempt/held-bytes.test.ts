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
      fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 5 }),
      fc.boolean(),
      (events, pending, keep, sizes, isByEvents) => {
        const held = new HeldBytes()
        const bytes = encoder.encode(events.flat().join('') + pending)
        // Where each event is complete, as a scanner sees it: at the first blank line's end.
        const ends = events.map((_, index) => {
          const [before, [text, end]] = [events.slice(0, index).flat().join(''), events[index] ?? ['', '']]
          return encoder.encode(before + text + end.replace(/^((?:\r\n|\n){2}).*$/s, '$1')).length
        })
        const whole = encoder.encode(events.flat().join('')).length
        for (let at = 0, i = 0; at < bytes.length; i++) {
          const to = Math.min(
            bytes.length,
            at + (isByEvents ? (ends.find((end) => end > at) ?? bytes.length) - at : (sizes[i % sizes.length] ?? 1)),
          )
          const count = ends.filter((end) => at < end && end <= to).length
          // Only line ends may stand between an event's end and where it counts as closed.
          const isClosed =
            to <= whole && ends.some((end) => end <= to && /^[\r\n]*$/.test(decoder.decode(bytes.subarray(end, to))))
          held.push(bytes.subarray(at, to), count, isClosed)
          at = to
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
