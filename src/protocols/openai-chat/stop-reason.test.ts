import { expect, test } from 'bun:test'
import { overallStop } from '../core/index.ts'
import type { StopKind } from '../../evidence/index.ts'
import type { CoreStop } from '../core/index.ts'
import { isFailedFinish, readFinishReason, renderFinishReason } from './stop-reason.ts'

test('each finish reason is read into its kind, and keeps its own word', () => {
  const kinds: Record<string, string> = {
    stop: 'end',
    length: 'limit',
    model_length: 'limit',
    tool_calls: 'tool-use',
    function_call: 'tool-use',
    content_filter: 'refusal',
  }
  for (const [raw, kind] of Object.entries(kinds)) expect(readFinishReason(raw) as object).toEqual({ kind, raw })
})

test('a finish reason that nobody has taught us is a limit; prose in its place leaves no trace', () => {
  expect(readFinishReason('budget_spent') as object).toEqual({ kind: 'limit', raw: 'budget_spent' })
  expect(readFinishReason('I am done now')).toEqual({ kind: 'limit', raw: undefined })
})

test('refusal text makes a natural end a refusal, and nothing else', () => {
  expect(readFinishReason('stop', true).kind).toBe('refusal')
  expect(readFinishReason('length', true).kind).toBe('limit')
  expect(readFinishReason('tool_calls', true).kind).toBe('tool-use')
})

test('tool calls make a natural end a use of tools, as after a call that the tool choice named', () => {
  expect(readFinishReason('stop', false, true) as object).toEqual({ kind: 'tool-use', raw: 'stop' })
  expect(readFinishReason('length', false, true).kind).toBe('limit')
})

test('the words of a failed provider are told from those of an ending', () => {
  for (const raw of ['abort', 'error', 'insufficient_system_resource']) expect(isFailedFinish(raw), raw).toBe(true)
  for (const raw of ['stop', 'length', 'tool_calls', 'content_filter']) expect(isFailedFinish(raw), raw).toBe(false)
})

test('the gravest stop speaks for several choices', () => {
  const stops = (...kinds: StopKind[]): CoreStop[] => kinds.map((kind) => ({ kind, raw: undefined }))
  expect(overallStop(stops('end', 'limit', 'refusal'))?.kind).toBe('limit')
  expect(overallStop(stops('end', 'refusal', 'tool-use'))?.kind).toBe('refusal')
  expect(overallStop(stops('end', 'tool-use'))?.kind).toBe('tool-use')
  expect(overallStop([])).toBeUndefined()
})

test('every kind of stop has a word for clients', () => {
  const nothing = { toolCalls: false, refusal: false }
  const words: Record<StopKind, string> = {
    end: 'stop',
    'stop-sequence': 'stop',
    'tool-use': 'stop',
    limit: 'length',
    pause: 'length',
    refusal: 'content_filter',
  }
  for (const [kind, word] of Object.entries(words))
    expect(renderFinishReason({ kind: kind as StopKind, raw: undefined }, nothing), kind).toBe(word as never)
  expect(renderFinishReason({ kind: 'tool-use', raw: undefined }, { toolCalls: true, refusal: false })).toBe(
    'tool_calls',
  )
  expect(renderFinishReason({ kind: 'refusal', raw: undefined }, { toolCalls: false, refusal: true })).toBe('stop')
})
