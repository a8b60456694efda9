import { afterAll, beforeAll, expect, test } from 'bun:test'
import { startSimulatedProviders } from './index.ts'
import type { SimulatedProviders } from './index.ts'

let providers: SimulatedProviders
beforeAll(async () => {
  providers = await startSimulatedProviders({ port: 0 })
})
afterAll(() => providers.stop())

const parameters = { type: 'object', properties: { cmd: { type: 'string' } } }
const ORDER = 'Please [[call run {"cmd":"echo marker-7291"}]] and tell me.'
const RESULT = `${'x'.repeat(900)}\nmarker-7291\n`

async function post<T>(path: string, body: object, headers: Record<string, string> = {}): Promise<T> {
  const response = await fetch(`${providers.url}/gpu${path}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-api-key': 'k',
      'anthropic-version': '2023-06-01',
      authorization: 'Bearer k',
      'x-goog-api-key': 'k',
      ...headers,
    },
    body: JSON.stringify(body),
  })
  const text = await response.text()
  expect([response.status, text]).toEqual([200, expect.any(String) as string])
  return JSON.parse(text) as T
}

interface AnthropicMessage {
  readonly stop_reason: string
  readonly content: readonly { type: string; id?: string; name?: string; input?: unknown; text?: string }[]
}

test('anthropic, as Claude Code asks: among reminders, many tools and interjected system messages', async () => {
  const beta = { 'anthropic-beta': 'claude-code-20250219,mid-conversation-system-2026-04-07' }
  const tools = ['Agent', 'run', 'Write'].map((name) => ({ name, description: name, input_schema: parameters }))
  const ask = {
    model: 'sim-sonnet',
    max_tokens: 32_000,
    thinking: { type: 'adaptive' },
    context_management: { edits: [{ type: 'clear_thinking_20251015', keep: 'all' }] },
    output_config: { effort: 'high' },
    metadata: { user_id: '{}' },
    system: [{ type: 'text', text: 'You are an agent.', cache_control: { type: 'ephemeral' } }],
    tools,
  }
  const question = {
    role: 'user',
    content: [
      { type: 'text', text: '<system-reminder>Both are code.</system-reminder>' },
      { type: 'text', text: ORDER, cache_control: { type: 'ephemeral' } },
    ],
  }
  const interjection = { role: 'system', content: 'Available agents: none.' }
  const first = await post<AnthropicMessage>(
    '/v1/messages?beta=true',
    { ...ask, messages: [question, interjection] },
    beta,
  )
  expect(first.stop_reason).toBe('tool_use')
  const call = first.content.find(({ type }) => type === 'tool_use')
  expect(call).toMatchObject({ name: 'run', input: { cmd: 'echo marker-7291' } })
  const answered = {
    role: 'user',
    content: [
      { type: 'tool_result', tool_use_id: call?.id, content: RESULT, cache_control: { type: 'ephemeral' } },
      { type: 'text', text: '<system-reminder>The todo list is empty.</system-reminder>' },
    ],
  }
  const messages = [question, interjection, { role: 'assistant', content: first.content }, answered, interjection]
  const second = await post<AnthropicMessage>('/v1/messages?beta=true', { ...ask, messages }, beta)
  expect(second.stop_reason).toBe('end_turn')
  expect(JSON.stringify(second.content)).toContain('marker-7291')
})

test('without the beta a system message among the others is refused', async () => {
  const response = await fetch(`${providers.url}/gpu/v1/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': 'k', 'anthropic-version': '2023-06-01' },
    body: JSON.stringify({
      model: 'sim-sonnet',
      max_tokens: 50,
      messages: [
        { role: 'user', content: 'a' },
        { role: 'system', content: 'b' },
      ],
    }),
  })
  expect(response.status).toBe(400)
})

interface ChatCompletion {
  readonly choices: readonly {
    readonly message: { readonly content: string | null; readonly tool_calls?: readonly { id: string }[] }
  }[]
}

test('openai-chat', async () => {
  const tools = [{ type: 'function', function: { name: 'run', parameters } }]
  const question = { role: 'user', content: ORDER }
  const first = await post<ChatCompletion>('/v1/chat/completions', { model: 'sim-gpt', tools, messages: [question] })
  const { message } = first.choices[0]!
  expect(message.tool_calls).toMatchObject([{ function: { name: 'run', arguments: '{"cmd":"echo marker-7291"}' } }])
  const result = { role: 'tool', tool_call_id: message.tool_calls?.[0]?.id, content: RESULT }
  const second = await post<ChatCompletion>('/v1/chat/completions', {
    model: 'sim-gpt',
    tools,
    messages: [question, message, result],
  })
  expect(second.choices[0]?.message.content).toContain('marker-7291')
})

interface ResponseBody {
  readonly id: string
  readonly output: readonly { readonly type: string; readonly call_id?: string; readonly name?: string }[]
}

test('openai-responses, as Codex asks: nothing stored, a context message before the prompt', async () => {
  const ask = {
    model: 'sim-gpt-pro',
    store: false,
    include: ['reasoning.encrypted_content'],
    reasoning: { summary: 'auto' },
    prompt_cache_key: 'k',
    client_metadata: { a: 'b' },
    tools: [
      { type: 'function', name: 'run', strict: false, parameters },
      { type: 'namespace', name: 'agents', tools: [{ type: 'function', name: 'spawn', parameters }] },
      { type: 'custom', name: 'apply_patch', format: { type: 'grammar', syntax: 'lark', definition: 'start: "a"' } },
      { type: 'web_search' },
    ],
  }
  const said = (text: string): object => ({ type: 'message', role: 'user', content: [{ type: 'input_text', text }] })
  const patch = '[[call apply_patch "*** Begin Patch\\n+a\\n*** End Patch"]] [[call spawn {"cmd":"x"}]]'
  let input = [said('<environment_context>code</environment_context>'), said(`${ORDER} ${patch}`)]
  const seen: object[] = []
  for (let turn = 0; turn < 4; turn += 1) {
    const { output } = await post<ResponseBody>('/v1/responses', { ...ask, input })
    const last = output.at(-1)!
    seen.push(last)
    const type = last.type === 'custom_tool_call' ? 'custom_tool_call_output' : 'function_call_output'
    input = [...input, ...output, { type, call_id: last.call_id, output: RESULT }]
  }
  expect(seen).toMatchObject([
    { type: 'function_call', name: 'run', arguments: '{"cmd":"echo marker-7291"}' },
    { type: 'custom_tool_call', name: 'apply_patch', input: '*** Begin Patch\n+a\n*** End Patch' },
    { type: 'function_call', name: 'spawn', namespace: 'agents', arguments: '{"cmd":"x"}' },
    { type: 'message', content: [{ text: expect.stringContaining('marker-7291') as string }] },
  ])
})

interface GeminiBody {
  readonly candidates: readonly {
    readonly content: { readonly parts: readonly { readonly functionCall?: object }[] }
  }[]
}

test('gemini, with its signature handed back', async () => {
  const path = '/v1beta/models/sim-gemini:generateContent'
  const tools = [{ functionDeclarations: [{ name: 'run', parametersJsonSchema: parameters }] }]
  const question = { role: 'user', parts: [{ text: ORDER }] }
  const first = await post<GeminiBody>(path, { tools, contents: [question] })
  const { content } = first.candidates[0]!
  // A copy: the matcher leaves its own marks in what it is given.
  expect(structuredClone(content.parts[0])).toMatchObject({
    functionCall: { name: 'run', args: { cmd: 'echo marker-7291' } },
    thoughtSignature: expect.any(String) as string,
  })
  const result = { role: 'user', parts: [{ functionResponse: { name: 'run', response: { output: RESULT } } }] }
  const second = await post<GeminiBody>(path, { tools, contents: [question, content, result] })
  expect(JSON.stringify(second.candidates)).toContain('marker-7291')
  expect(JSON.stringify(second.candidates)).not.toContain('functionCall"')
})

test('a tool that is not offered is said so; without tools the order is no order', async () => {
  const ask = { model: 'sim-sonnet', max_tokens: 300, messages: [{ role: 'user', content: '[[call nothing {}]]' }] }
  const tools = [{ name: 'run', input_schema: parameters }]
  expect(await post<object>('/v1/messages', { ...ask, tools })).toMatchObject({
    content: [{ text: 'No tool named nothing is offered.' }],
  })
  expect(JSON.stringify(await post<object>('/v1/messages', ask))).not.toContain('is offered')
})
