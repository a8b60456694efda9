import { describe, expect, test } from 'bun:test'
import { conclusion, headline } from './conclusion.ts'
import type { DrillResult } from './run-drill.ts'
import type { DrillRun, Recovery } from './tally.ts'

interface Numbers {
  readonly complete?: number
  readonly half?: number
  readonly errors?: number
  readonly completeAfter?: number
  readonly errorsAfter?: number
  readonly recovery?: Partial<Recovery>
}

function run({ complete = 0, half = 0, errors = 0, completeAfter, errorsAfter = 0, recovery }: Numbers): DrillRun {
  return {
    complete,
    truncatedAsSuccess: half,
    errors,
    afterRetries: { complete: completeAfter ?? complete, truncatedAsSuccess: half, errors: errorsAfter },
    ...(recovery !== undefined && { recovery }),
  } as unknown as DrillRun
}

const result = (direct: Numbers, fullstop: Numbers): DrillResult =>
  ({ requests: 100, direct: run(direct), fullstop: run(fullstop) }) as unknown as DrillResult

const cause = { recoveredAfterSeconds: 0, lastedTimesCause: 1, offeredDuringCause: 50, upstreamDuringCause: 50 }

describe('the headline says what differed most', () => {
  test('half answers that looked finished before anything else, and those that Fullstop let pass too', () => {
    expect(headline(result({ half: 8 }, { complete: 100 }))).toBe(
      '8 of 100 users (8.0 %) would have got half an answer that looked finished. With Fullstop nobody did.',
    )
    expect(headline(result({ half: 8 }, { half: 2 }))).toContain('With Fullstop 2 of 100 users (2.0 %) did.')
  })

  test('then how long it lasted', () => {
    const lasting = { ...cause, recoveredAfterSeconds: null, lastedTimesCause: 6 }
    expect(headline(result({ recovery: lasting }, { recovery: cause }))).toBe(
      'The outage would have lasted at least 6.0 times as long as its cause. With Fullstop it lasted 1.0 times.',
    )
  })

  test('then how many were answered, also where Fullstop did worse', () => {
    expect(headline(result({ complete: 40 }, { complete: 99 }))).toBe(
      '40 of 100 users (40.0 %) would have had a whole answer in the end. With Fullstop 99 of 100 users (99.0 %) had.',
    )
    expect(headline(result({ complete: 99 }, { complete: 40 }))).toContain('With Fullstop 40 of 100 users')
  })

  test('then what it cost the providers, and that for users it was the same', () => {
    const busy = { ...cause, upstreamDuringCause: 200 }
    expect(headline(result({ complete: 25, recovery: busy }, { complete: 25, recovery: cause }))).toBe(
      'For users it was the same either way: 25.0 % had a whole answer without Fullstop, 25.0 % with it. But while it lasted ' +
        'the providers got 4.00 requests for each question without Fullstop, and 1.00 with it.',
    )
    expect(headline(result({ complete: 100 }, { complete: 100 }))).toContain(
      'whole answer without Fullstop, 100 with it',
    )
  })
})

test('the conclusion names errors, what retries brought, and the end', () => {
  const still = { ...cause, recoveredAfterSeconds: null }
  const late = { ...cause, recoveredAfterSeconds: 130 }
  const said = conclusion(
    result({ half: 3, errors: 20, errorsAfter: 5, recovery: still }, { errors: 4, recovery: late }),
  )
  expect(said.bare).toBe(
    'Without Fullstop 3 of 100 users (3.0 %) got half an answer that looked finished, and 20 (20.0 %) saw an error; after ' +
      'asking again 5 (5.0 %) still had none; requests still failed when the drill ended.',
  )
  expect(said.protected).toBe(
    'With Fullstop no half answer passed for a whole one, and 4 (4.0 %) saw an error; asking again brought all of them an ' +
      'answer; the last failure came 2 min 10 s after its cause was gone.',
  )
  expect(conclusion(result({}, {})).protected).toContain('nobody saw an error.')
})
