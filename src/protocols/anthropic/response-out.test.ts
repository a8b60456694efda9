import { describe, expect, test } from 'bun:test'
import { toLabel } from '../../evidence/index.ts'
import type { CoreResponse, CoreStop, JsonObject, Part } from '../core/index.ts'
import { readResponse } from './response-in.ts'
import { renderResponse } from './response-out.ts'

const END: CoreStop = { kind: 'end', raw: toLabel('stop') }
const rendered = (content: readonly Part[], stop: CoreStop = END, id = 'abc'): JsonObject =>
  renderResponse({ id, model: 'm', choices: [{ content, stop }], usage: { inputTokens: 3, outputTokens: 4 } })

describe('rendering a whole answer', () => {
  test('is a message', () => {
    expect(rendered([{ type: 'text', text: 'hi' }])).toEqual({
      id: 'msg_abc',
      type: 'message',
      role: 'assistant',
      model: 'm',
      content: [{ type: 'text', text: 'hi' }],
      stop_reason: 'end_turn',
      stop_sequence: null,
      stop_details: null,
      usage: {
        input_tokens: 3,
        cache_creation_input_tokens: 0,
        cache_read_input_tokens: 0,
        output_tokens: 4,
      },
    })
    expect(rendered([], END, 'msg_1')['id']).toBe('msg_1')
  })

  test('a bare signature behind the last text is left out', () => {
    const bare: Part = { type: 'thinking', text: '', signature: 's' }
    const { content } = rendered([bare, { type: 'text', text: 'hi' }, bare])
    expect(content).toMatchObject([{ type: 'thinking', signature: 's' }, { type: 'text' }])
  })

  test('every kind of part has its block, or none', () => {
    const own = { type: 'compaction', content: 'x' }
    const { content } = rendered([
      { type: 'thinking', text: 'a' },
      { type: 'thinking', text: 'b', signature: 's' },
      { type: 'redacted-thinking', data: 'd' },
      { type: 'tool-call', kind: 'json', id: 'c1', name: 'f', input: '{"a":[1]}' },
      { type: 'tool-call', kind: 'json', id: 'c2', name: 'f', input: '' },
      { type: 'tool-call', kind: 'custom', id: 'c3', name: 'patch', input: '*** {' },
      { type: 'tool-call', kind: 'server', id: 'c4', name: 'search', input: '{}' },
      { type: 'opaque', protocol: 'anthropic', kind: 'compaction', value: own },
      { type: 'opaque', protocol: 'other', kind: 'thing', value: {} },
      { type: 'image', source: { kind: 'url', url: 'u' } },
    ])
    expect(content).toEqual([
      { type: 'thinking', thinking: 'a', signature: '' },
      { type: 'thinking', thinking: 'b', signature: 's' },
      { type: 'redacted_thinking', data: 'd' },
      { type: 'tool_use', id: 'c1', name: 'f', input: { a: [1] } },
      { type: 'tool_use', id: 'c2', name: 'f', input: {} },
      { type: 'tool_use', id: 'c3', name: 'patch', input: { input: '*** {' } },
      own,
    ])
  })

  test('citations are Anthropic’s own or name a URL', () => {
    const raw = { type: 'char_location', cited_text: 'c' }
    const citations = [
      { raw, protocol: 'anthropic' },
      { raw: {}, protocol: 'other', url: 'https://x', title: 'X', start: 0, end: 2 },
      { raw: {}, protocol: 'other' },
    ]
    expect(rendered([{ type: 'text', text: 'hi', citations }])['content']).toMatchObject([
      {
        citations: [
          raw,
          { type: 'web_search_result_location', url: 'https://x', title: 'X', cited_text: '', encrypted_index: '' },
        ],
      },
    ])
  })

  test('a refusal is text with its stop reason', () => {
    const message = rendered([{ type: 'refusal', text: 'I cannot.' }])
    expect(message).toMatchObject({ content: [{ type: 'text', text: 'I cannot.' }], stop_reason: 'refusal' })
  })

  test('calls under an ordinary end are tool use', () => {
    const call: Part = { type: 'tool-call', kind: 'json', id: 'c', name: 'f', input: '{}' }
    expect(rendered([call])['stop_reason']).toBe('tool_use')
    expect(rendered([{ ...call, kind: 'server' }])['stop_reason']).toBe('end_turn')
  })

  test('the stop sequence is named', () => {
    const stop: CoreStop = { kind: 'stop-sequence', raw: undefined, sequence: 'END' }
    expect(rendered([], stop)).toMatchObject({ stop_reason: 'stop_sequence', stop_sequence: 'END' })
  })

  test('a call with arguments that don’t parse is never written', () => {
    expect(() => rendered([{ type: 'tool-call', kind: 'json', id: 'c', name: 'f', input: '{"a' }])).toThrow('not JSON')
  })

  test('comes back from its own reader as it went in', () => {
    const response: CoreResponse = {
      id: 'msg_1',
      model: 'm',
      choices: [
        {
          content: [
            { type: 'thinking', text: 'a', signature: 's' },
            { type: 'text', text: 'b', citations: [{ title: 'T', raw: { title: 'T' }, protocol: 'anthropic' }] },
            { type: 'tool-call', kind: 'json', id: 'c', name: 'f', input: '{"x":1}' },
          ],
          stop: { kind: 'tool-use', raw: toLabel('tool_use') },
        },
      ],
      usage: { inputTokens: 3, outputTokens: 4, cacheReadTokens: 1, cacheWriteTokens: 0, reasoningTokens: 2 },
    }
    expect(readResponse(renderResponse(response), { completion: 'strict', choices: 1 }).response).toEqual(response)
  })
})
