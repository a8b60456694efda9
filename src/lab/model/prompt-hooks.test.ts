import { expect, test } from 'bun:test'
import { parseHooks } from './prompt-hooks.ts'

test.each<[string, ReturnType<typeof parseHooks>['calls']]>([
  ['nothing of the kind', []],
  ['Do [[call run {"cmd":"ls"}]] now', [{ name: 'run', input: { cmd: 'ls' } }]],
  ['[[call run]]', [{ name: 'run', input: {} }]],
  ['[[call a.b-c_d { "x": [[1]], "y": "]]" }]] tail ]]', [{ name: 'a.b-c_d', input: { x: [[1]], y: ']]' } }]],
  ['[[call patch "*** Begin\\n+a"]]', [{ name: 'patch', input: '*** Begin\n+a' }]],
  [
    'first [[call one {}]]\n<reminder>x</reminder>\nthen [[call two {"b":2}]]',
    [
      { name: 'one', input: {} },
      { name: 'two', input: { b: 2 } },
    ],
  ],
  ['[[call run {"cmd":]]', []],
  ['[[call run {"cmd":"ls"}', []],
])('the calls that %s orders', (text, calls) => {
  expect(parseHooks(text).calls).toEqual(calls)
})

test('an order without an end costs little, however many brackets follow', () => {
  const before = performance.now()
  expect(parseHooks(`${'[[call a {'.repeat(20)}${']]'.repeat(5000)}`).calls).toEqual([])
  expect(performance.now() - before).toBeLessThan(2000)
})
