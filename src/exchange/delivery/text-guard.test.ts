import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { OPENING_MS, TextGuard } from './text-guard.ts'

/** A guard with its clock at hand. */
function guarded(holdsThinking = false): { guard: TextGuard; at: (nowMs: number) => void } {
  let now = 0
  const guard = new TextGuard({ holdsThinking }, { nowMs: () => now })
  return { guard, at: (nowMs) => (now = nowMs) }
}

/** How many of the texts, an event each, may be passed on after each of them. */
function released(texts: readonly string[], { isOpen }: { readonly isOpen: boolean }): readonly number[] {
  const { guard } = guarded()
  if (isOpen) guard.open()
  return texts.map((text, index) => {
    guard.onContent('text', text, index + 1)
    return guard.releasable
  })
}

describe('the opening', () => {
  test('is held until its first sentence has ended', () => {
    expect(released(['It', ' is', ' well', '.', ' And', ' so'], { isOpen: false })).toEqual([0, 0, 0, 0, 4, 5])
    expect(released(['Yes', '!\n', 'More'], { isOpen: false })).toEqual([0, 2, 2])
    expect(released(['它', '很好。', '是'], { isOpen: false })).toEqual([0, 2, 3])
    // What looks like an end inside a number is none.
    expect(released(['Pi is 3', '.', '14', ' or so'], { isOpen: false })).toEqual([0, 0, 0, 0])
  })

  test('is due a while after its first text, whatever it holds', () => {
    const { guard, at } = guarded()
    expect(guard.opensAtMs).toBeUndefined()
    at(50)
    guard.onContent('text', 'It', 1)
    at(90)
    guard.onContent('text', ' is', 2)
    expect(guard.opensAtMs).toBe(50 + OPENING_MS)
    expect(guard.releasable).toBe(0)
    guard.open()
    expect(guard.releasable).toBe(1)
    expect(guard.opensAtMs).toBeUndefined()
  })

  test('that has no whole word yet releases nothing of what comes before it', () => {
    const { guard } = guarded()
    guard.onContent('text', 'It', 3)
    guard.open()
    expect(guard.releasable).toBe(0)
    guard.onContent('text', ' is', 4)
    expect(guard.releasable).toBe(3)
  })

  test('without any sentence does not grow for ever', () => {
    expect(released([`${'word '.repeat(500)}`], { isOpen: false })).toEqual([1])
  })
})

describe('behind it', () => {
  test('text ends where a word does', () => {
    expect(released([' wor', 'ld', ' is', ' ', 'round', ',', ' they'], { isOpen: true })).toEqual([0, 0, 2, 4, 4, 6, 6])
    expect(released(["don'", 't', ' stop'], { isOpen: true })).toEqual([0, 0, 2])
    expect(released(['世', '界', 'x', 'y'], { isOpen: true })).toEqual([1, 2, 2, 2])
    expect(released(['🙂', '𝒳', '𝒴', ' '], { isOpen: true })).toEqual([1, 1, 1, 4])
  })

  test('a run that is longer than any word is no word', () => {
    expect(
      released(
        Array.from({ length: 5 }, () => 'a'.repeat(100)),
        { isOpen: true },
      ),
    ).toEqual([0, 0, 0, 3, 3])
  })

  test('events without text are passed on with what follows them', () => {
    const { guard } = guarded()
    guard.open()
    guard.onContent('text', 'One.', 2)
    expect(guard.releasable).toBe(2)
    guard.onContent('text', ' Two', 5)
    expect(guard.releasable).toBe(4)
  })

  test('whatever the pieces, what a client has never ends inside a word that goes on', () => {
    const piece = fc.oneof(
      fc.constantFrom(' ', '.', ' a', 'b', 'ß', '世', '-', '’', '🙂', '\n'),
      fc.string({ unit: 'grapheme' }),
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), fc.boolean(), (texts, isOpen) => {
        const counts = released(texts, { isOpen })
        let before = 0
        for (const [index, count] of counts.entries()) {
          expect(count).toBeGreaterThanOrEqual(before)
          expect(count).toBeLessThanOrEqual(index + 1)
          before = count
          const given = texts.slice(0, count).join('')
          const rest = texts.slice(count).join('')
          if (given === '' || rest === '' || given.length > 200) continue
          expect(/[a-zß]$/.test(given) && /^[a-zß]/.test(rest)).toBe(false)
        }
      }),
    )
  })
})

describe('thinking', () => {
  test('before any text is passed on as it comes, or held where that was asked for', () => {
    for (const [holdsThinking, expected] of [
      [false, 3],
      [true, 0],
    ] as const) {
      const { guard } = guarded(holdsThinking)
      guard.onContent('thinking', 'hm', 3)
      expect(guard.releasable).toBe(expected)
      guard.onContent('text', 'So', 4)
      guard.onContent('thinking', 'more', 5)
      expect(guard.releasable).toBe(expected)
    }
  })
})
