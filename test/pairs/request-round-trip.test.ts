import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import {
  type CoreRequest,
  fateOf,
  type JsonObject,
  type Protocol,
  type ProtocolName,
} from '../../src/protocols/core/index.ts'
import { coreRequest, lossless, meaningOf } from './core-request.ts'
import { ADAPTERS, HOPS } from './protocols.ts'

interface Hop {
  readonly request: CoreRequest
  readonly dropped: readonly string[]
}

/** Into a protocol's words, over the wire, and back. */
function through(protocol: Protocol, request: CoreRequest): Hop {
  const rendered = protocol.renderRequest(request, { model: request.model, isOwn: () => false })
  if (!rendered.ok) throw new Error(`${protocol.name}: ${rendered.problem.field}: ${rendered.problem.message}`)
  const wire = JSON.parse(JSON.stringify(rendered.value.body)) as JsonObject
  const address = { model: request.model, stream: request.stream }
  const parsed = protocol.parseRequest(wire, protocol.modelField === undefined ? address : undefined)
  if (!parsed.ok) throw new Error(`${protocol.name}: ${parsed.problem.field}: ${parsed.problem.message}`)
  return { request: parsed.value, dropped: rendered.value.dropped }
}

/** Which row of the loss table decides about an option. */
const ROWS = {
  topK: 'top-k',
  seed: 'seed',
  presencePenalty: 'penalties',
  frequencyPenalty: 'penalties',
  parallelToolCalls: 'single-call',
} as const

/** A request without what this protocol drops, and the rows of that. */
function expressible(request: CoreRequest, target: ProtocolName): Hop {
  const lost = (Object.keys(ROWS) as (keyof typeof ROWS)[]).filter(
    (field) => request[field] !== undefined && fateOf(ROWS[field], target) === 'dropped',
  )
  const kept = Object.fromEntries(Object.entries(request).filter(([field]) => !lost.includes(field as never)))
  return { request: kept as unknown as CoreRequest, dropped: [...new Set(lost.map((field) => ROWS[field]))] }
}

/** Anthropic has no requests without a limit. */
function withLimit(request: CoreRequest): CoreRequest {
  return { maxOutputTokens: 1_000, ...request }
}

describe('core requests', () => {
  test.each(ADAPTERS.map((protocol) => [protocol.name, protocol] as const))(
    'in the words of %s and back say what they said, but for what the evidence names',
    (target, protocol) => {
      const canStop = fateOf('stop-sequences', target) === 'carried'
      fc.assert(
        fc.property(coreRequest, (given) => {
          const request = withLimit(canStop ? given : { ...given, stop: [] })
          const expected = expressible(request, target)
          const back = through(protocol, request)
          expect(back.dropped.toSorted()).toEqual(expected.dropped.toSorted())
          expect(meaningOf(back.request)).toEqual(meaningOf(expected.request))
        }),
        { numRuns: 150, includeErrorInReport: true },
      )
    },
  )

  test.each(HOPS)('lose nothing of what is never lost by way of $name', ({ from, to }) => {
    fc.assert(
      fc.property(coreRequest, (given) => {
        const request = withLimit(lossless(given))
        const first = through(from, request)
        const second = through(to, first.request)
        expect([first.dropped, second.dropped]).toEqual([[], []])
        expect(meaningOf(second.request)).toEqual(meaningOf(request))
      }),
      { numRuns: 60, includeErrorInReport: true },
    )
  })
})
