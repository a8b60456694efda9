import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { FakeClock } from '../../test/support/fake-clock.ts'
import { BUCKET_RATIO, LATENCY_PERIOD_MS, LatencyQuantile, LEAST_LATENCIES } from './latency-quantile.ts'

describe('LatencyQuantile', () => {
  test('names nothing from fewer than the least samples', () => {
    const latencies = new LatencyQuantile({ quantile: 0.95 }, { clock: new FakeClock() })
    for (let i = 0; i < LEAST_LATENCIES - 1; i++) latencies.add(100)
    expect(latencies.valueMs).toBeUndefined()
    latencies.add(100)
    expect(latencies.valueMs).toBeGreaterThanOrEqual(100)
  })

  test('is the exact quantile or up to one bucket above it', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 1, max: 600_000, noNaN: true }), { minLength: 20, maxLength: 300 }),
        fc.constantFrom(0.5, 0.95, 0.99),
        (values, quantile) => {
          const latencies = new LatencyQuantile({ quantile }, { clock: new FakeClock() })
          for (const value of values) latencies.add(value)
          const exact = values.toSorted((a, b) => a - b)[Math.ceil(values.length * quantile) - 1] ?? 0
          const estimate = latencies.valueMs ?? 0
          expect(estimate).toBeGreaterThanOrEqual(exact * (1 - 1e-9))
          expect(estimate).toBeLessThanOrEqual(exact * BUCKET_RATIO * (1 + 1e-9))
        },
      ),
    )
  })

  test('takes what lies outside its range as its ends, and nothing that is no latency', () => {
    const latencies = new LatencyQuantile({ quantile: 1 }, { clock: new FakeClock() })
    for (let i = 0; i < LEAST_LATENCIES; i++) latencies.add(0)
    expect(latencies.valueMs).toBe(1)
    latencies.add(Number.NaN)
    latencies.add(-5)
    expect(latencies.valueMs).toBe(1)
    latencies.add(1e12)
    expect(latencies.valueMs).toBeGreaterThan(599_999)
    expect(latencies.valueMs).toBeLessThan(600_000 * BUCKET_RATIO ** 2)
  })

  test('a sample lasts between one and two periods, and an idle gap forgets everything', () => {
    const clock = new FakeClock()
    const latencies = new LatencyQuantile({ quantile: 0.95 }, { clock })
    const fill = (ms: number): void => {
      for (let i = 0; i < LEAST_LATENCIES; i++) latencies.add(ms)
    }
    fill(100)
    clock.advance(LATENCY_PERIOD_MS)
    expect(latencies.valueMs).toBeDefined()
    clock.advance(LATENCY_PERIOD_MS - 1)
    expect(latencies.valueMs).toBeDefined()
    clock.advance(1)
    expect(latencies.valueMs).toBeUndefined()
    fill(100)
    clock.advance(10 * LATENCY_PERIOD_MS + 5)
    expect(latencies.valueMs).toBeUndefined()
    fill(5_000)
    clock.advance(2 * LATENCY_PERIOD_MS - 1)
    expect(latencies.valueMs).toBeGreaterThanOrEqual(5_000)
    clock.advance(1)
    expect(latencies.valueMs).toBeUndefined()
  })

  test('a sample lasts between one and two periods, whatever came before, and however long ago', () => {
    const period = LATENCY_PERIOD_MS
    const gap = fc.constantFrom(
      0,
      1,
      period - 1,
      period,
      period + 1,
      2 * period,
      3 * period - 1,
      3 * period,
      9 * period,
    )
    fc.assert(
      fc.property(fc.array(fc.record({ gapMs: gap, asks: fc.boolean() }), { maxLength: 6 }), (gaps) => {
        const clock = new FakeClock()
        const latencies = new LatencyQuantile({ quantile: 0.95 }, { clock })
        for (const { gapMs, asks } of gaps) {
          clock.advance(gapMs)
          if (asks) expect(latencies.valueMs).toBeUndefined()
        }
        for (let i = 0; i < LEAST_LATENCIES; i++) latencies.add(100)
        clock.advance(period)
        expect(latencies.valueMs).toBeDefined()
        clock.advance(period)
        expect(latencies.valueMs).toBeUndefined()
      }),
    )
  })

  test('a sample belongs to the time it came at, whether or not anybody asked since', () => {
    const clock = new FakeClock()
    const latencies = new LatencyQuantile({ quantile: 0.95 }, { clock })
    for (let i = 0; i < LEAST_LATENCIES; i++) latencies.add(5_000)
    clock.advance(2 * LATENCY_PERIOD_MS)
    for (let i = 0; i < LEAST_LATENCIES; i++) latencies.add(100)
    expect(latencies.valueMs).toBeLessThan(111)
  })

  test('bounds of buckets, and what lies just beside them', () => {
    for (let bucket = 0; bucket < 139; bucket++) {
      const bound = BUCKET_RATIO ** bucket
      for (const [value, expected] of [
        [bound, bound],
        [bound * 1.000_001, bound * BUCKET_RATIO],
      ] as const) {
        const latencies = new LatencyQuantile({ quantile: 0.95 }, { clock: new FakeClock() })
        for (let i = 0; i < LEAST_LATENCIES; i++) latencies.add(value)
        expect(latencies.valueMs).toBeCloseTo(expected, 6)
      }
    }
  })

  test('both periods count together', () => {
    const clock = new FakeClock()
    const latencies = new LatencyQuantile({ quantile: 0.95 }, { clock })
    for (let i = 0; i < 10; i++) latencies.add(100)
    clock.advance(LATENCY_PERIOD_MS)
    for (let i = 0; i < 9; i++) latencies.add(100)
    expect(latencies.valueMs).toBeUndefined()
    latencies.add(9_000)
    expect(latencies.valueMs).toBeLessThan(111)
    latencies.add(9_000)
    expect(latencies.valueMs).toBeGreaterThanOrEqual(9_000)
  })
})
