import type { Json, JsonObject, ProtocolName } from '../../src/protocols/core/index.ts'
import { ask, askAfter } from './asking.ts'
import type { LossCase } from './loss-case.ts'

const SCHEMA = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] }
const PNG = 'iVBORw0KGgo='

/** One tool as each protocol declares it. */
const tool = {
  anthropic: { name: 'get_weather', description: 'Weather.', input_schema: SCHEMA },
  'openai-chat': { type: 'function', function: { name: 'get_weather', description: 'Weather.', parameters: SCHEMA } },
  'openai-responses': { type: 'function', name: 'get_weather', description: 'Weather.', parameters: SCHEMA },
  gemini: { name: 'get_weather', description: 'Weather.', parametersJsonSchema: SCHEMA },
} as const

const tools: Readonly<Record<ProtocolName, (declared?: JsonObject) => JsonObject>> = {
  anthropic: (declared) => ({ tools: [declared ?? tool.anthropic] }),
  'openai-chat': (declared) => ({ tools: [declared ?? tool['openai-chat']] }),
  'openai-responses': (declared) => ({ tools: [declared ?? tool['openai-responses']] }),
  gemini: (declared) => ({ tools: [{ functionDeclarations: [declared ?? tool.gemini] }] }),
}

/** A request with the tool, and with this choice among them in each protocol's words. */
function choosing(words: Readonly<Record<ProtocolName, Json>>): Pick<Required<LossCase>, 'asks' | 'due'> {
  const chosen: Readonly<Record<ProtocolName, JsonObject>> = {
    anthropic: { ...tools.anthropic(), tool_choice: words.anthropic },
    'openai-chat': { ...tools['openai-chat'](), tool_choice: words['openai-chat'] },
    'openai-responses': { ...tools['openai-responses'](), tool_choice: words['openai-responses'] },
    gemini: { ...tools.gemini(), toolConfig: { functionCallingConfig: words.gemini } },
  }
  return {
    asks: {
      anthropic: ask.anthropic(chosen.anthropic),
      'openai-chat': ask['openai-chat'](chosen['openai-chat']),
      'openai-responses': ask['openai-responses'](chosen['openai-responses']),
      gemini: ask.gemini(chosen.gemini),
    },
    due: chosen,
  }
}

interface Exchanged {
  readonly calls: readonly (readonly [id: string, city: string])[]
  /** In the protocol's own words, one for each call. */
  readonly results: Readonly<Record<ProtocolName, readonly JsonObject[]>>
}

/** A conversation in which tools were called, in each protocol's words. */
function conversation({ calls, results }: Exchanged): Readonly<Record<ProtocolName, readonly JsonObject[]>> {
  return {
    anthropic: [
      { role: 'user', content: 'Weather?' },
      {
        role: 'assistant',
        content: calls.map(([id, city]) => ({ type: 'tool_use', id, name: 'get_weather', input: { city } })),
      },
      { role: 'user', content: results.anthropic },
    ],
    'openai-chat': [
      { role: 'user', content: 'Weather?' },
      {
        role: 'assistant',
        content: null,
        tool_calls: calls.map(([id, city]) => ({
          id,
          type: 'function',
          function: { name: 'get_weather', arguments: JSON.stringify({ city }) },
        })),
      },
      ...results['openai-chat'],
    ],
    'openai-responses': [
      { role: 'user', content: 'Weather?' },
      ...calls.map(([id, city]) => ({
        type: 'function_call',
        call_id: id,
        name: 'get_weather',
        arguments: JSON.stringify({ city }),
      })),
      ...results['openai-responses'],
    ],
    gemini: [
      { role: 'user', parts: [{ text: 'Weather?' }] },
      {
        role: 'model',
        parts: calls.map(([id, city]) => ({ functionCall: { id, name: 'get_weather', args: { city } } })),
      },
      { role: 'user', parts: results.gemini },
    ],
  }
}

/** The conversation goes on with a question, in each protocol. */
function askedAfter(turns: ReturnType<typeof conversation>): Readonly<Record<ProtocolName, JsonObject>> {
  const { anthropic, gemini } = turns
  return {
    anthropic: { ...askAfter.anthropic(...anthropic), ...tools.anthropic() },
    'openai-chat': { ...askAfter['openai-chat'](...turns['openai-chat']), ...tools['openai-chat']() },
    'openai-responses': {
      ...askAfter['openai-responses'](...turns['openai-responses']),
      ...tools['openai-responses'](),
    },
    gemini: { ...askAfter.gemini(...gemini), ...tools.gemini() },
  }
}

function only(asks: Readonly<Record<ProtocolName, JsonObject>>, ...clients: readonly ProtocolName[]): LossCase['asks'] {
  return Object.fromEntries(clients.map((client) => [client, asks[client]]))
}

/** Call for call and result for result, wherever the turns are. */
function heldOf({
  anthropic,
  gemini,
  ...openAi
}: ReturnType<typeof conversation>): Readonly<Record<ProtocolName, readonly object[]>> {
  const within = (turn: JsonObject | undefined, field: string): readonly object[] =>
    (turn?.[field] ?? []) as JsonObject[]
  return {
    anthropic: [...within(anthropic[1], 'content'), ...within(anthropic[2], 'content')],
    'openai-chat': openAi['openai-chat'].slice(1),
    'openai-responses': openAi['openai-responses'].slice(1),
    gemini: [...within(gemini[1], 'parts'), ...within(gemini[2], 'parts')],
  }
}

const parallel = conversation({
  calls: [
    ['call_1', 'Oslo'],
    ['call_2', 'Rome'],
  ],
  results: {
    anthropic: [
      { type: 'tool_result', tool_use_id: 'call_1', content: [{ type: 'text', text: '3°' }] },
      { type: 'tool_result', tool_use_id: 'call_2', content: [{ type: 'text', text: '21°' }] },
    ],
    'openai-chat': [
      { role: 'tool', tool_call_id: 'call_1', content: '3°' },
      { role: 'tool', tool_call_id: 'call_2', content: '21°' },
    ],
    'openai-responses': [
      { type: 'function_call_output', call_id: 'call_1', output: '3°' },
      { type: 'function_call_output', call_id: 'call_2', output: '21°' },
    ],
    gemini: [
      { functionResponse: { id: 'call_1', name: 'get_weather', response: { output: '3°' } } },
      { functionResponse: { id: 'call_2', name: 'get_weather', response: { output: '21°' } } },
    ],
  },
})

const failed = conversation({
  calls: [['call_1', 'Oslo']],
  results: {
    anthropic: [
      {
        type: 'tool_result',
        tool_use_id: 'call_1',
        content: [{ type: 'text', text: 'No such city.' }],
        is_error: true,
      },
    ],
    'openai-chat': [{ role: 'tool', tool_call_id: 'call_1', content: 'No such city.' }],
    'openai-responses': [{ type: 'function_call_output', call_id: 'call_1', output: 'No such city.' }],
    gemini: [{ functionResponse: { id: 'call_1', name: 'get_weather', response: { error: 'No such city.' } } }],
  },
})

const pictured = conversation({
  calls: [['call_1', 'Oslo']],
  results: {
    anthropic: [
      {
        type: 'tool_result',
        tool_use_id: 'call_1',
        content: [{ type: 'image', source: { type: 'base64', media_type: 'image/png', data: PNG } }],
      },
    ],
    'openai-chat': [
      {
        role: 'tool',
        tool_call_id: 'call_1',
        content: [{ type: 'image_url', image_url: { url: `data:image/png;base64,${PNG}` } }],
      },
    ],
    'openai-responses': [
      {
        type: 'function_call_output',
        call_id: 'call_1',
        output: [{ type: 'input_image', image_url: `data:image/png;base64,${PNG}` }],
      },
    ],
    gemini: [
      {
        functionResponse: {
          id: 'call_1',
          name: 'get_weather',
          response: {},
          parts: [{ inlineData: { mimeType: 'image/png', data: PNG } }],
        },
      },
    ],
  },
})

/** Definitions, choices, calls and their results. */
export const TOOL_CASES: readonly LossCase[] = [
  {
    row: 'tools',
    name: 'a definition',
    asks: {
      anthropic: ask.anthropic(tools.anthropic()),
      'openai-chat': ask['openai-chat'](tools['openai-chat']()),
      'openai-responses': ask['openai-responses'](tools['openai-responses']()),
      gemini: ask.gemini(tools.gemini()),
    },
    due: {
      anthropic: tools.anthropic(),
      'openai-chat': tools['openai-chat'](),
      'openai-responses': tools['openai-responses'](),
      gemini: tools.gemini(),
    },
  },
  {
    row: 'tools',
    name: 'any of them must be called',
    ...choosing({
      anthropic: { type: 'any' },
      'openai-chat': 'required',
      'openai-responses': 'required',
      gemini: { mode: 'ANY' },
    }),
  },
  {
    row: 'tools',
    name: 'none may be called',
    ...choosing({
      anthropic: { type: 'none' },
      'openai-chat': 'none',
      'openai-responses': 'none',
      gemini: { mode: 'NONE' },
    }),
  },
  {
    row: 'tools',
    name: 'this one must be called',
    ...choosing({
      anthropic: { type: 'tool', name: 'get_weather' },
      'openai-chat': { type: 'function', function: { name: 'get_weather' } },
      'openai-responses': { type: 'function', name: 'get_weather' },
      gemini: { mode: 'ANY', allowedFunctionNames: ['get_weather'] },
    }),
  },
  {
    row: 'tools',
    name: 'parallel calls and their results',
    asks: askedAfter(parallel),
    holds: heldOf(parallel),
  },
  {
    row: 'tool-error',
    // OpenAI's clients have no word for it.
    asks: only(askedAfter(failed), 'anthropic', 'gemini'),
    holds: heldOf(failed),
  },
  {
    row: 'tool-result-media',
    asks: askedAfter(pictured),
    holds: {
      anthropic: heldOf(pictured).anthropic,
      'openai-chat': [
        { role: 'tool', tool_call_id: 'call_1' },
        { type: 'image_url', image_url: { url: `data:image/png;base64,${PNG}` } },
      ],
      'openai-responses': heldOf(pictured)['openai-responses'],
      gemini: [
        { functionResponse: { id: 'call_1', name: 'get_weather' } },
        { inlineData: { mimeType: 'image/png', data: PNG } },
      ],
    },
  },
  {
    row: 'single-call',
    asks: {
      anthropic: ask.anthropic({
        ...tools.anthropic(),
        tool_choice: { type: 'auto', disable_parallel_tool_use: true },
      }),
      'openai-chat': ask['openai-chat']({ ...tools['openai-chat'](), parallel_tool_calls: false }),
      'openai-responses': ask['openai-responses']({ ...tools['openai-responses'](), parallel_tool_calls: false }),
    },
    due: {
      anthropic: { tool_choice: { type: 'auto', disable_parallel_tool_use: true } },
      'openai-chat': { parallel_tool_calls: false },
      'openai-responses': { parallel_tool_calls: false },
      gemini: tools.gemini(),
    },
  },
  {
    row: 'strict-tools',
    asks: {
      anthropic: ask.anthropic(tools.anthropic({ ...tool.anthropic, strict: true })),
      'openai-chat': ask['openai-chat'](
        tools['openai-chat']({ type: 'function', function: { ...tool['openai-chat'].function, strict: true } }),
      ),
      'openai-responses': ask['openai-responses'](
        tools['openai-responses']({ ...tool['openai-responses'], strict: true }),
      ),
    },
    due: {
      anthropic: tools.anthropic({ ...tool.anthropic, strict: true }),
      'openai-chat': { tools: [{ function: { strict: true } }] },
      'openai-responses': { tools: [{ strict: true }] },
      gemini: tools.gemini(),
    },
  },
  {
    row: 'custom-tools',
    name: 'a definition',
    asks: {
      'openai-chat': ask['openai-chat']({ tools: [{ type: 'custom', custom: { name: 'run_sql' } }] }),
      'openai-responses': ask['openai-responses']({ tools: [{ type: 'custom', name: 'run_sql' }] }),
    },
    due: {
      'openai-chat': { tools: [{ type: 'custom', custom: { name: 'run_sql' } }] },
      'openai-responses': { tools: [{ type: 'custom', name: 'run_sql' }] },
    },
  },
  {
    row: 'custom-tools',
    name: 'a call and its result',
    asks: {
      'openai-chat': askAfter['openai-chat'](
        { role: 'user', content: 'Hi' },
        {
          role: 'assistant',
          content: null,
          tool_calls: [{ id: 'call_1', type: 'custom', custom: { name: 'run_sql', input: 'SELECT 1' } }],
        },
        { role: 'tool', tool_call_id: 'call_1', content: '1' },
      ),
      'openai-responses': askAfter['openai-responses'](
        { role: 'user', content: 'Hi' },
        { type: 'custom_tool_call', call_id: 'call_1', name: 'run_sql', input: 'SELECT 1' },
        { type: 'custom_tool_call_output', call_id: 'call_1', output: '1' },
      ),
    },
    holds: {
      'openai-chat': [
        { id: 'call_1', type: 'custom', custom: { name: 'run_sql', input: 'SELECT 1' } },
        { role: 'tool', tool_call_id: 'call_1', content: '1' },
      ],
      'openai-responses': [
        { type: 'custom_tool_call', call_id: 'call_1', name: 'run_sql', input: 'SELECT 1' },
        { type: 'custom_tool_call_output', call_id: 'call_1', output: '1' },
      ],
    },
  },
  {
    row: 'server-tools',
    asks: {
      anthropic: ask.anthropic({ tools: [{ type: 'web_search_20250305', name: 'web_search' }] }),
      'openai-chat': ask['openai-chat']({ web_search_options: {} }),
      'openai-responses': ask['openai-responses']({ tools: [{ type: 'web_search' }] }),
      gemini: ask.gemini({ tools: [{ googleSearch: {} }] }),
    },
  },
]
