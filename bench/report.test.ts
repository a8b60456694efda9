import { describe, expect, test } from 'bun:test'
import type { ContenderName } from './contender.ts'
import { median, medianRatio } from './cpu.ts'
import { cpuRow, isMissed, toMarkdown, toText } from './report.ts'

const rounds = new Map<ContenderName, readonly number[]>([
  ['relay', [10, 20, 10]],
  ['fullstop', [15, 30, 40]],
  ['portkey', [300, 450, 400]],
])

describe('a row of CPU time', () => {
  test('holds the median of each round’s own ratio against the budget', () => {
    expect(median([3, 1, 2])).toBe(2)
    expect(median([4, 1, 2, 3])).toBe(2.5)
    expect(medianRatio(rounds, 'fullstop', 'relay')).toBe(1.5)
    expect(medianRatio(rounds, 'portkey', 'fullstop')).toBe(15)
    expect(isMissed([cpuRow('json', rounds, { relayTimes: 1.5, portkeyPart: 15 })])).toBe(false)
    expect(isMissed([cpuRow('json', rounds, { relayTimes: 1.49, portkeyPart: 15 })])).toBe(true)
    expect(isMissed([cpuRow('json', rounds, { relayTimes: 1.5, portkeyPart: 15.1 })])).toBe(true)
  })

  test('without Portkey has no figure of it and asks nothing of it', () => {
    const two = new Map([...rounds].filter(([name]) => name !== 'portkey'))
    const row = cpuRow('json', two, { relayTimes: 1.5, portkeyPart: 15 })
    expect(row.portkey).toBe('–')
    expect(row.checks).toHaveLength(1)
  })

  test('is printed with its verdict in both forms', () => {
    const row = cpuRow('json', rounds, { relayTimes: 1.5, portkeyPart: 16 })
    expect(toMarkdown([row])).toContain('| json | 10 µs | 30 µs | 400 µs | 1.50 × relay | ≤ 1.5 × | met |')
    expect(toText([row])).toContain('1/15.0 of Portkey (the relay 1/30.0)  ≤ 1/16   MISSED')
  })
})
