import { expect, test } from 'bun:test'
import { ms } from './durations.ts'

test.each([
  [undefined, '?'],
  [0, '0.0 ms'],
  [9.94, '9.9 ms'],
  [999, '999 ms'],
  [1_000, '1.00 s'],
  [119_994, '119.99 s'],
  [120_000, '2 min'],
  [179_600, '3 min'],
  [1_799_820, '30 min'],
  [130_400, '2 min 10 s'],
])('%p ms are read as %p', (value, read) => {
  expect(ms(value)).toBe(read)
})
