import { afterAll, beforeAll, expect, test } from 'bun:test'
import OpenAI from 'openai'
import { startSimulatedProviders } from '../../index.ts'
import type { SimulatedProviders } from '../../index.ts'

let providers: SimulatedProviders
let openai: OpenAI
beforeAll(async () => {
  providers = await startSimulatedProviders({ port: 0 })
  openai = new OpenAI({ apiKey: 'k', baseURL: `${providers.url}/gpu/v1`, maxRetries: 0 })
})
afterAll(() => providers.stop())

const ask = { model: 'sim-gpt', input: 'How will the weather be?' }
const schema = {
  type: 'object',
  properties: { city: { type: 'string' }, days: { type: 'integer' } },
  required: ['city'],
}
const tools = [{ type: 'function' as const, name: 'get_weather', parameters: schema, strict: false }]

async function eventsOf(changes: object): Promise<OpenAI.Responses.ResponseStreamEvent[]> {
  const stream = await openai.responses.create({ ...ask, ...changes, stream: true })
  const events: OpenAI.Responses.ResponseStreamEvent[] = []
  for await (const event of stream) events.push(event)
  return events
}

test('a response, and the same as a stream', async () => {
  const whole = await openai.responses.create(ask)
  expect(whole.status).toBe('completed')
  expect(whole.output_text).toMatch(/\.$/)
  const final = await openai.responses.stream(ask).finalResponse()
  expect(final.output_text).toMatch(/\.$/)
  expect(final.usage?.total_tokens).toBe((final.usage?.input_tokens ?? 0) + (final.usage?.output_tokens ?? 0))
})

test('the events have their lifecycle, their numbers and their padding', async () => {
  const events = await eventsOf({ input: '[[say:One two.]]' })
  expect(events.map(({ type }) => type)).toEqual([
    'response.created',
    'response.in_progress',
    'response.output_item.added',
    'response.content_part.added',
    ...Array.from({ length: 3 }, () => 'response.output_text.delta' as const),
    'response.output_text.done',
    'response.content_part.done',
    'response.output_item.done',
    'response.completed',
  ])
  expect(events.map((event) => event.sequence_number)).toEqual(events.map((_, index) => index))
  expect(events[4]).toHaveProperty('obfuscation')
  const plain = await eventsOf({ stream_options: { include_obfuscation: false } })
  expect(JSON.stringify(plain)).not.toContain('obfuscation')
})

test('reasoning is an item of its own, with a summary and encrypted content when asked for', async () => {
  const include = ['reasoning.encrypted_content']
  const events = await eventsOf({ model: 'sim-gpt-pro', include, reasoning: { summary: 'auto' } })
  const types = new Set(events.map(({ type }) => type))
  for (const type of ['part.added', 'text.delta', 'text.done', 'part.done'])
    expect([...types]).toContain(`response.reasoning_summary_${type}` as never)
  const done = events.at(-1)
  const response = done?.type === 'response.completed' ? done.response : undefined
  expect(response?.output[0]).toMatchObject({
    type: 'reasoning',
    summary: [{ type: 'summary_text' }],
    encrypted_content: expect.stringMatching(/^gAAAA/) as string,
  })
  expect(response?.usage?.output_tokens_details.reasoning_tokens).toBeGreaterThan(5)
  const bare = await openai.responses.create({ ...ask, model: 'sim-gpt-pro' })
  expect(bare.output[0]).toMatchObject({ type: 'reasoning', summary: [] })
  expect(bare.output[0]).not.toHaveProperty('encrypted_content')
})

test('a tool loop with two calls at once', async () => {
  const input = [{ role: 'user' as const, content: 'The weather of both cities?' }]
  const first = await openai.responses.stream({ ...ask, input, tools }).finalResponse()
  const calls = first.output.filter((item) => item.type === 'function_call')
  expect(calls.map((call) => JSON.parse(call.arguments) as object)).toMatchObject([
    { city: expect.any(String) as string },
    { city: expect.any(String) as string },
  ])
  const results = calls.map(({ call_id }, at) => ({
    type: 'function_call_output' as const,
    call_id,
    output: `Result ${at}`,
  }))
  const answered = [...input, ...(first.output as OpenAI.Responses.ResponseInput), ...results]
  const second = await openai.responses.create({ ...ask, input: answered, tools })
  expect(second.output_text).toContain('Result 0; Result 1')
})

test('a refusal, a limit, a structured answer, a custom tool, log probabilities', async () => {
  const refused = await openai.responses.stream({ ...ask, input: '[[refuse]]' }).finalResponse()
  expect(refused.output[0]).toMatchObject({ content: [{ type: 'refusal' }] })
  const cut = (await eventsOf({ input: 'A long text, please.', max_output_tokens: 16 })).at(-1)
  expect(cut).toMatchObject({
    type: 'response.incomplete',
    response: {
      status: 'incomplete',
      incomplete_details: { reason: 'max_output_tokens' },
      output: [{ status: 'incomplete' }],
      usage: { output_tokens: 16 },
    },
  })
  const format = { type: 'json_schema' as const, name: 'place', schema }
  const structured = await openai.responses.create({ ...ask, text: { format } })
  expect(JSON.parse(structured.output_text)).toHaveProperty('city')
  const custom = [{ type: 'custom' as const, name: 'note' }]
  const called = await eventsOf({ tools: custom })
  expect(called.map(({ type }) => type)).toContain('response.custom_tool_call_input.done')
  const scored = await openai.responses.create({ ...ask, include: ['message.output_text.logprobs'], top_logprobs: 2 })
  const message = scored.output.find((item) => item.type === 'message')?.content[0]
  const logprobs = message?.type === 'output_text' ? (message.logprobs ?? []) : []
  expect(logprobs.map(({ token }) => token).join('')).toBe(scored.output_text)
})

test('the same seed repeats a response, ids included', async () => {
  const other = await startSimulatedProviders({ port: 0 })
  const again = await startSimulatedProviders({ port: 0 })
  const at = (url: string): Promise<OpenAI.Responses.Response> =>
    new OpenAI({ apiKey: 'k', baseURL: `${url}/tpu/v1` }).responses.create({ ...ask, model: 'sim-gpt-pro' })
  const [first, second] = await Promise.all([at(other.url), at(again.url)])
  expect(second.output).toEqual(first.output)
  expect(second.id).toBe(first.id)
  await Promise.all([other.stop(), again.stop()])
})

test('tokens are counted as the response counts them', async () => {
  const { input_tokens } = await openai.responses.inputTokens.count(ask)
  expect(input_tokens).toBe((await openai.responses.create(ask)).usage?.input_tokens ?? 0)
})

test('a raw iterator takes a clean end for success; errors are the SDK’s own', async () => {
  const events = await eventsOf({ model: 'sim-gpt+cut-eof=2' })
  expect(events.map(({ type }) => type)).not.toContain('response.completed')
  const failed = await eventsOf({ model: 'sim-gpt+abort-finish' })
  expect(failed.at(-1)).toMatchObject({ type: 'response.failed', response: { error: { code: 'server_error' } } })
  await expect(Promise.resolve(openai.responses.create({ ...ask, model: 'nothing' }))).rejects.toThrow('does not exist')
})
