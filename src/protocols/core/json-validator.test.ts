import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { JsonValidator } from './json-validator.ts'

const accepts = (pieces: readonly string[]): boolean => {
  const validator = new JsonValidator()
  for (const piece of pieces) validator.feed(piece)
  return validator.isWhole
}
const parses = (text: string): boolean => {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

describe('JsonValidator', () => {
  test('agrees with JSON.parse on every prefix of any JSON value, however it is split', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 4 }), fc.nat(), (text, split) => {
        const at = split % (text.length + 1)
        expect(accepts([text.slice(0, at), text.slice(at)])).toBe(true)
        for (let end = 0; end < text.length; end++)
          expect(accepts([text.slice(0, end)])).toBe(parses(text.slice(0, end)))
      }),
    )
  })

  test('agrees with JSON.parse on near-JSON text', () => {
    const alphabet = fc.constantFrom(...'{}[]:,"\\u0019-+.eE trufalsn\n\t/b'.split(''))
    fc.assert(
      fc.property(fc.array(alphabet, { maxLength: 14 }), (chars) => {
        const text = chars.join('')
        expect(accepts([text])).toBe(parses(text))
      }),
      { numRuns: 20_000 },
    )
  })

  test('agrees with JSON.parse on a valid value with one character changed', () => {
    fc.assert(
      fc.property(fc.json(), fc.nat(), fc.string({ minLength: 1, maxLength: 1 }), (text, where, char) => {
        const at = where % text.length
        const changed = text.slice(0, at) + char + text.slice(at + 1)
        expect(accepts([changed])).toBe(parses(changed))
      }),
      { numRuns: 5_000 },
    )
  })

  test('knows nothing-yet from something', () => {
    const validator = new JsonValidator()
    validator.feed(' \n')
    expect(validator.isEmpty).toBe(true)
    expect(validator.isWhole).toBe(false)
    validator.feed('{')
    expect(validator.isEmpty).toBe(false)
  })

  test('a fork goes its own way', () => {
    const validator = new JsonValidator()
    validator.feed('{"a":[1')
    const fork = validator.fork()
    validator.feed(']}')
    fork.feed('}')
    expect(validator.isWhole).toBe(true)
    expect(fork.isWhole).toBe(false)
  })

  test('nesting is bounded', () => {
    expect(accepts(['['.repeat(1_000) + ']'.repeat(1_000)])).toBe(true)
    expect(accepts(['['.repeat(1_001) + ']'.repeat(1_001)])).toBe(false)
  })
})
