import { describe, expect, test } from 'bun:test'
import { toLabel } from '../../evidence/index.ts'
import { readStopReason, renderStop, renderStopReason } from './stop-reason.ts'

describe('stop reasons', () => {
  test.each([
    ['end_turn', 'end'],
    ['stop_sequence', 'stop-sequence'],
    ['tool_use', 'tool-use'],
    ['max_tokens', 'limit'],
    ['model_context_window_exceeded', 'limit'],
    ['pause_turn', 'pause'],
    ['refusal', 'refusal'],
  ] as const)('%s is read as %s and written as it came', (raw, kind) => {
    const stop = readStopReason(raw)
    expect(stop).toEqual({ kind, raw: toLabel(raw) })
    expect(renderStopReason(stop)).toBe(raw)
  })

  test('a word nobody has taught us is a limit that keeps its name', () => {
    const stop = readStopReason('energy_saver', null)
    expect(stop).toEqual({ kind: 'limit', raw: toLabel('energy_saver') })
    expect(renderStopReason(stop)).toBe('max_tokens')
  })

  test('prose is no label', () => {
    expect(readStopReason('because I said so').raw).toBeUndefined()
  })

  test('the sequence that stopped the answer is kept', () => {
    expect(readStopReason('stop_sequence', 'END').sequence).toBe('END')
  })

  test('a foreign word that happens to be one of Anthropic’s counts only with the same meaning', () => {
    expect(renderStopReason({ kind: 'refusal', raw: toLabel('end_turn') })).toBe('refusal')
    expect(renderStopReason({ kind: 'end', raw: toLabel('stop') })).toBe('end_turn')
  })

  test('calls and refusals show in the stop reason even under another protocol’s ordinary end', () => {
    const end = { kind: 'end', raw: toLabel('stop') } as const
    expect(renderStop(end, { hasCalls: true, hasRefusal: false })).toBe('tool_use')
    expect(renderStop(end, { hasCalls: false, hasRefusal: true })).toBe('refusal')
    expect(renderStop(end, { hasCalls: false, hasRefusal: false })).toBe('end_turn')
    const limit = { kind: 'limit', raw: toLabel('length') } as const
    expect(renderStop(limit, { hasCalls: true, hasRefusal: true })).toBe('max_tokens')
  })

  test('a use of tools that has no call here ends like any answer', () => {
    const use = { kind: 'tool-use', raw: toLabel('completed') } as const
    expect(renderStop(use, { hasCalls: false, hasRefusal: false })).toBe('end_turn')
    expect(renderStop(use, { hasCalls: true, hasRefusal: false })).toBe('tool_use')
  })
})
