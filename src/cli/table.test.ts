import { expect, test } from 'bun:test'
import { entry, table } from './table.ts'

const rows = [
  ['platform', 'breaker', 'ok'],
  ['a/x', 'closed', '100.0 % of 2'],
  ['b/y', 'open', 'none asked'],
]

test('a table is as wide as its cells, where nobody says how wide the terminal is', () => {
  expect(table(rows, undefined)).toEqual([
    'platform  breaker  ok',
    'a/x       closed   100.0 % of 2',
    'b/y       open     none asked',
  ])
})

test('a terminal that is one column too narrow gets a block for each row', () => {
  expect(table(rows, 33)).toHaveLength(3)
  expect(table(rows, 32)).toEqual([
    'a/x',
    '  breaker  closed',
    '  ok       100.0 % of 2',
    '',
    'b/y',
    '  breaker  open',
    '  ok       none asked',
  ])
})

test('words behind a name go on below themselves, and a number keeps its %', () => {
  const words = 'One in three dies, that is more than 30 % of them.'
  expect(entry('x', words, 4, undefined)).toBe(`  x    ${words}`)
  expect(entry('x', words, 4, 37)).toBe('  x    One in three dies, that is\n       more than 30 % of them.')
  expect(
    entry('x', words, 4, 43)
      .split('\n')
      .every((line) => line.length <= 43),
  ).toBe(true)
})
