import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { FakeClock } from '../../test/support/fake-clock.ts'
import { advance, playHistories, type Step } from '../../test/support/histories.ts'
import { DARK_AFTER_MS, DARK_UNTIL_MS, Darkness } from './darkness.ts'

describe('Darkness', () => {
  function setUp(): { clock: FakeClock; darkness: Darkness } {
    const clock = new FakeClock()
    return { clock, darkness: new Darkness({ clock }) }
  }

  test('falls when there were only failures for so long, not a moment before', () => {
    const { clock, darkness } = setUp()
    expect(darkness.isDark).toBe(false)
    darkness.onFailure()
    clock.advance(DARK_AFTER_MS - 1)
    darkness.onFailure()
    expect(darkness.isDark).toBe(false)
    clock.advance(1)
    expect(darkness.isDark).toBe(true)
    darkness.onSuccess()
    expect(darkness.isDark).toBe(false)
    darkness.onFailure()
    expect(darkness.isDark).toBe(false)
  })

  test('an old failure is forgotten, and the next one begins anew', () => {
    const { clock, darkness } = setUp()
    darkness.onFailure()
    clock.advance(DARK_UNTIL_MS - 1)
    expect(darkness.isDark).toBe(true)
    clock.advance(1)
    expect(darkness.isDark).toBe(false)
    darkness.onFailure()
    expect(darkness.isDark).toBe(false)
    clock.advance(DARK_AFTER_MS)
    expect(darkness.isDark).toBe(true)
  })

  test('a failure in the dark does not make it light', () => {
    const { clock, darkness } = setUp()
    for (let i = 0; i < 1_000; i++) {
      darkness.onFailure()
      clock.advance(1_000)
    }
    darkness.onFailure()
    expect(darkness.isDark).toBe(true)
  })

  test('failures that follow each other keep it dark however long it lasts', () => {
    const { clock, darkness } = setUp()
    for (let i = 0; i < 100; i++) {
      darkness.onFailure()
      clock.advance(DARK_UNTIL_MS - 1)
      expect(darkness.isDark).toBe(true)
    }
  })
})

/** Everything that ever happened, in its order. */
interface Model {
  nowMs: number
  readonly all: { readonly atMs: number; readonly isFailure: boolean }[]
}

interface Real {
  readonly clock: FakeClock
  readonly darkness: Darkness
}

/** When each of the failures since the last success came that follow each other within five minutes. */
function row({ all }: Model): readonly number[] {
  const failures = all.slice(all.findLastIndex(({ isFailure }) => !isFailure) + 1).map(({ atMs }) => atMs)
  const begin = failures.findLastIndex((atMs, index) => atMs - (failures[index - 1] ?? -Infinity) >= 300_000)
  return failures.slice(begin)
}

const end = (isFailure: boolean): Step<Model, Real> => ({
  name: isFailure ? 'failure' : 'success',
  act(model, { darkness }) {
    if (isFailure) darkness.onFailure()
    else darkness.onSuccess()
    model.all.push({ atMs: model.nowMs, isFailure })
  },
})

test('is dark while nothing but failures follow each other for ten seconds, over any history', async () => {
  const seen = new Set<boolean>()
  const boundary = fc.constantFrom(0, 1, 9_999, 10_000, 10_001, 299_999, 300_000, 300_001, 3_600_000)
  await playHistories<Model, Real>({
    setUp: () => {
      const clock = new FakeClock()
      return { model: { nowMs: 0, all: [] }, real: { clock, darkness: new Darkness({ clock }) } }
    },
    steps: [
      fc.oneof(boundary, fc.nat(20_000)).map(advance<Model, Real>),
      fc.constantFrom(true, true, true, true, false).map(end),
    ],
    check(model, { darkness }) {
      const failures = row(model)
      const [first, last] = [failures[0], failures.at(-1)]
      const isDark =
        first !== undefined && last !== undefined && model.nowMs - first >= 10_000 && model.nowMs - last < 300_000
      expect(darkness.isDark).toBe(isDark)
      seen.add(isDark)
    },
    longest: 60,
    count: 300,
  })
  expect(seen.size).toBe(2)
})
