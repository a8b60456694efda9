import { describe, expect, test } from 'bun:test'
import { fitLine } from './linear-fit.ts'

const xs = Array.from({ length: 25 }, (_, index) => index * 3)

describe('a fitted line', () => {
  test('has the slope of points on a line, without margin', () => {
    const { slope, margin } = fitLine(xs.map((x) => [x, 100 + 7 * x]))
    expect(slope).toBeCloseTo(7, 10)
    expect(margin).toBeCloseTo(0, 6)
  })

  test('shows noise as margin, and a slope above it as a slope', () => {
    const noise = (index: number): number => (index % 2 === 0 ? 5 : -5)
    const flat = fitLine(xs.map((x, index) => [x, noise(index)]))
    expect(Math.abs(flat.slope)).toBeLessThan(flat.margin)
    const rising = fitLine(xs.map((x, index) => [x, x + noise(index)]))
    expect(rising.slope - rising.margin).toBeGreaterThan(0.5)
  })

  test('is refused over too few points', () => {
    expect(() => fitLine([[0, 0]])).toThrow('at least 12')
  })
})
