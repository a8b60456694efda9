import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { fateOf, LOSS_TABLE, type ProtocolName } from '../../src/protocols/core/index.ts'
import { PROTOCOLS } from '../support/corpus.ts'
import { PairsBench } from './asking.ts'
import { CONTENT_CASES } from './content-cases.ts'
import type { LossCase } from './loss-case.ts'
import { OPTION_CASES } from './option-cases.ts'
import { TOOL_CASES } from './tool-cases.ts'

const CASES: readonly LossCase[] = [...CONTENT_CASES, ...TOOL_CASES, ...OPTION_CASES]
/** Of answers, not of requests: test/wire holds every recorded answer to them. */
const OF_ANSWERS = ['stop-reason', 'usage']

let bench: PairsBench
beforeAll(async () => {
  bench = await PairsBench.start()
})
afterAll(() => bench.stop())

test('every row of the loss table has a case, every case a row', () => {
  const covered = new Set([...CASES.map(({ row }) => row), ...OF_ANSWERS])
  expect([...covered].toSorted()).toEqual(LOSS_TABLE.map(({ name }) => name).toSorted())
})

const titled = CASES.map((each) => ({
  ...each,
  title: each.name === undefined ? each.row : `${each.row}: ${each.name}`,
}))

describe.each(titled)('$title', (each) => {
  const clients = PROTOCOLS.filter((client) => each.asks[client] !== undefined)

  test.each(PROTOCOLS)('to a provider that speaks %s', async (target) => {
    for (const client of clients) if (client !== target) await expectFate(each, client, target)
  })
})

async function expectFate(each: LossCase, client: ProtocolName, target: ProtocolName): Promise<void> {
  const body = each.asks[client]
  if (body === undefined) return
  const fate = each.refusedBy?.[target] === undefined ? fateOf(each.row, target) : 'refused'
  const { status, code, sent, dropped } = await bench.ask(client, target, body)
  const place = `${client} to ${target}`
  if (fate === 'refused') {
    expect({ place, status, code, sent }).toEqual({ place, status: 400, code: 'not-expressible', sent: undefined })
    return
  }
  const lost = [...(fate === 'dropped' ? [each.row] : []), ...(each.also?.[target] ?? [])].toSorted()
  expect({ place, status, dropped: dropped.toSorted() }).toEqual({ place, status: 200, dropped: lost })
  const due = each.due?.[target]
  if (due !== undefined) expect(sent).toMatchObject(due)
  if (each.lacks !== undefined && fate === 'dropped') expect(JSON.stringify(sent)).not.toContain(each.lacks)
  for (const fragment of each.holds?.[target] ?? [])
    expect({ place, missing: holds(sent, fragment) ? undefined : fragment, sent }).toEqual({
      place,
      missing: undefined,
      sent,
    })
}

/** Whether any value within has all of the fragment. */
function holds(value: unknown, fragment: object): boolean {
  if (typeof value !== 'object' || value === null) return false
  return hasAll(value, fragment) || Object.values(value).some((inner) => holds(inner, fragment))
}

function hasAll(value: unknown, fragment: unknown): boolean {
  if (typeof fragment !== 'object' || fragment === null) return value === fragment
  if (typeof value !== 'object' || value === null) return false
  if (Array.isArray(fragment) && (!Array.isArray(value) || value.length !== fragment.length)) return false
  return Object.entries(fragment).every(([name, inner]) => hasAll((value as Record<string, unknown>)[name], inner))
}
