import { expect, test } from 'bun:test'
import { KeyRing } from './key-ring.ts'

test.each([
  ['sk-live-0123456789', 'key sk-live-0123456789abc is wrong', 'key [key]abc is wrong'],
  ['sk-live-0123456789', '"Bearer sk-live-0123456789"', '"Bearer [key]"'],
  ['x', 'model "m" does not exist for key x', 'model "m" does not exist for key [key]'],
  ['x', 'x: x', '[key]: [key]'],
  ['$(a+b)', 'key=$(a+b)', 'key=[key]'],
  ['$(a+b)', 'key=$(aab)', 'key=$(aab)'],
  ['', 'no key', 'no key'],
])('%s is taken out of "%s"', (key, text, without) => {
  expect(new KeyRing(['another-long-key', key]).withoutKeys(text)).toBe(without)
})
