import type { ContenderName } from './contender.ts'
import { type CpuRounds, median, medianRatio } from './cpu.ts'
import type { LinearFit } from './linear-fit.ts'
import type { OpenStreamsResult } from './open-streams.ts'
import type { SoakResult } from './soak.ts'

/** One line of the table. */
export interface Row {
  readonly measure: string
  readonly relay: string
  readonly fullstop: string
  readonly portkey: string
  readonly checks: readonly Check[]
}

/** A figure held against its budget. */
export interface Check {
  readonly value: string
  readonly budget: string
  readonly isMet: boolean
}

export interface CpuBudget {
  /** At most so many times the relay's. */
  readonly relayTimes?: number
  /** At most so many times what Fullstop costs where it need not translate. */
  readonly passthroughTimes?: number
  /** At most one part in so many of Portkey's. */
  readonly portkeyPart?: number
}

const NOT_MEASURED = '–'

export function cpuRow(measure: string, rounds: CpuRounds, budget: CpuBudget): Row {
  const cost = (name: ContenderName): string => {
    const values = rounds.get(name)
    return values === undefined ? NOT_MEASURED : `${median(values).toFixed(0)} µs`
  }
  const checks: Check[] = []
  const times = medianRatio(rounds, 'fullstop', 'relay')
  if (times !== undefined) checks.push(atMostTimes(times, 'relay', budget.relayTimes))
  const passthroughTimes = medianRatio(rounds, 'fullstop', 'passthrough')
  if (passthroughTimes !== undefined)
    checks.push(atMostTimes(passthroughTimes, `passthrough (${cost('passthrough')})`, budget.passthroughTimes))
  const part = medianRatio(rounds, 'portkey', 'fullstop')
  const floor = medianRatio(rounds, 'portkey', 'relay')
  if (part !== undefined) checks.push(atMostPart(part, floor, budget.portkeyPart))
  return { measure, relay: cost('relay'), fullstop: cost('fullstop'), portkey: cost('portkey'), checks }
}

function atMostTimes(times: number, floor: string, limit: number | undefined): Check {
  const value = `${times.toFixed(2)} × ${floor}`
  if (limit === undefined) return { value, budget: 'none', isMet: true }
  return { value, budget: `≤ ${limit} ×`, isMet: times <= limit }
}

function atMostPart(part: number, floor: number | undefined, limit: number | undefined): Check {
  const ofFloor = floor === undefined ? '' : ` (the relay 1/${floor.toFixed(1)})`
  const value = `1/${part.toFixed(1)} of Portkey${ofFloor}`
  if (limit === undefined) return { value, budget: 'none', isMet: true }
  return { value, budget: `≤ 1/${limit}`, isMet: part >= limit }
}

export function openStreamsRow(relay: OpenStreamsResult, fullstop: OpenStreamsResult, limitKb: number): Row {
  const collected = fullstop.kbEachCollected
  return {
    measure: `${fullstop.streams.toLocaleString('en')} open streams, memory of each`,
    relay: `${relay.kbEach.toFixed(1)} kB`,
    fullstop: `${fullstop.kbEach.toFixed(1)} kB`,
    portkey: NOT_MEASURED,
    checks: [
      { value: `${fullstop.kbEach.toFixed(1)} kB`, budget: `≤ ${limitKb} kB`, isMet: fullstop.kbEach <= limitKb },
      ...(collected === undefined
        ? []
        : [{ value: `${collected.toFixed(1)} kB after a collection`, budget: 'none', isMet: true }]),
    ],
  }
}

export function soakRow(result: SoakResult): Row {
  const { requests, complete, failed, heap, resident, isFlat } = result
  return {
    measure: `memory over ${requests.toLocaleString('en')} requests with faults, kB per 1,000 requests`,
    relay: NOT_MEASURED,
    fullstop: `heap ${slope(heap)}, resident ${slope(resident)}`,
    portkey: NOT_MEASURED,
    checks: [
      { value: isFlat ? 'flat within noise' : 'rising', budget: 'flat', isMet: isFlat },
      {
        value: `${complete.toLocaleString('en')} whole, ${failed.toLocaleString('en')} failed openly, 0 passed as whole`,
        budget: 'none',
        isMet: true,
      },
    ],
  }
}

function slope({ slope: value, margin }: LinearFit): string {
  return `${value.toFixed(1)} ± ${margin.toFixed(1)}`
}

export function isMissed(rows: readonly Row[]): boolean {
  return rows.some(({ checks }) => checks.some(({ isMet }) => !isMet))
}

const HEADINGS = ['measure', 'relay', 'Fullstop', 'Portkey', 'result', 'budget', ''] as const

/** One line for each check of a row; what repeats is left blank. */
function cells(rows: readonly Row[]): readonly (readonly string[])[] {
  return rows.flatMap(({ measure, relay, fullstop, portkey, checks }) =>
    checks.map(({ value, budget, isMet }, index) => {
      const verdict = budget === 'none' ? '' : isMet ? 'met' : 'MISSED'
      const head = index === 0 ? [measure, relay, fullstop, portkey] : ['', '', '', '']
      return [...head, value, budget === 'none' ? '' : budget, verdict]
    }),
  )
}

export function toMarkdown(rows: readonly Row[]): string {
  const line = (row: readonly string[]): string => `| ${row.join(' | ')} |`
  return [line(HEADINGS), line(HEADINGS.map(() => '---')), ...cells(rows).map(line)].join('\n')
}

export function toText(rows: readonly Row[]): string {
  const all = [HEADINGS, ...cells(rows)]
  const widths = HEADINGS.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)))
  return all
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
