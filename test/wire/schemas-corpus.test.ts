import { beforeAll, describe, expect, test } from 'bun:test'
import { PROTOCOLS as BY_NAME } from '../../src/engine/protocols.ts'
import { isFinished } from '../../src/evidence/index.ts'
import { Acceptance, type Judgement } from '../../src/exchange/admission/acceptance.ts'
import { AnswerAssembler, type JsonObject } from '../../src/protocols/core/index.ts'
import { Schemas } from '../../src/schema/index.ts'
import { isRecordedFailure, isSentinelOnly, type RecordedStream, recordedStreams } from '../support/corpus.ts'

// What providers really answered to schemas and tools that people really asked with.

const schemas = new Schemas()
beforeAll(() => schemas.ready())

const POLICY = {
  delivery: 'guarded',
  thinking: 'live',
  attempts: 1,
  deadlineMs: 1_000,
  overloadControl: false,
  hedge: 'off',
  replay: 'off',
  seam: 'off',
  needsApproval: false,
  approval: { timeoutMs: 1_000, onTimeout: 'reject' },
  limited: 'pass',
  toolArguments: 'enforce',
} as const

function judged({ protocol, bytes, request, host }: RecordedStream, reads: 'all' | 'calls'): Judgement | undefined {
  const { inspectRequest, readTerms, createScanner } = BY_NAME[protocol]
  const inspected = inspectRequest({ model: 'm', ...request }, { model: 'm', stream: true })
  if (!inspected.ok) throw new Error(inspected.problem.message)
  const facts = reads === 'all' ? inspected.value : { ...inspected.value, structured: false }
  const options = { policy: POLICY, facts, judge: undefined, readTerms: () => readTerms(request) }
  const acceptance = Acceptance.of(options, schemas)
  if (acceptance === undefined) return undefined
  const completion = isSentinelOnly({ host } as RecordedStream) ? 'sentinel-only' : 'finish-only'
  const collect = acceptance.reads === 'all' || 'calls'
  const scanner = createScanner({ completion, choices: 1, decode: true, collect, eventLimitBytes: 16_000_000 })
  scanner.push(bytes)
  const assembler = new AnswerAssembler({ callsOnly: acceptance.reads === 'calls' })
  for (const event of scanner.takeEvents()) assembler.add(event)
  const verdict = scanner.verdictAtEnd()
  if (!isFinished(verdict)) throw new Error(`not finished: ${verdict.reason}`)
  return acceptance.judge(assembler.answer(), verdict, false)
}

const streams = recordedStreams().filter((stream) => !isRecordedFailure(stream))
const asking = streams.filter(({ request }) => JSON.stringify(request).match(/"tools"|schema/i) !== null)

describe.each(asking.map((stream) => [stream.name, stream] as const))('%s', (_, stream) => {
  test.each(['all', 'calls'] as const)('meets what was asked of it (%s)', (reads) => {
    expect(judged(stream, reads) ?? {}).toEqual({})
  })
})

test.skipIf(streams.length === 0)('enough of them are judged, and none would be if it said something else', () => {
  const strict = asking.flatMap((stream) => {
    const text = JSON.stringify(stream.request).replaceAll(
      /"(parameters|input_schema|parametersJsonSchema)":\{/g,
      '$&"not":{},',
    )
    return judged({ ...stream, request: JSON.parse(text) as JsonObject }, 'calls')?.rejected === undefined
      ? []
      : [stream]
  })
  expect(strict.length).toBeGreaterThan(10)
})
