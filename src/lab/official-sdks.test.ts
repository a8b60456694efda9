import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import Anthropic, { AuthenticationError, NotFoundError } from '@anthropic-ai/sdk'
import OpenAI, { NotFoundError as OpenAiNotFoundError, RateLimitError } from 'openai'
import { startSimulatedProviders } from './index.ts'
import type { SimulatedProviders } from './index.ts'

let providers: SimulatedProviders
let anthropic: Anthropic
let openai: OpenAI
beforeAll(async () => {
  providers = await startSimulatedProviders({ port: 0 })
  anthropic = new Anthropic({ apiKey: 'k', baseURL: `${providers.url}/gpu`, maxRetries: 0 })
  openai = new OpenAI({ apiKey: 'k', baseURL: `${providers.url}/gpu/v1`, maxRetries: 0 })
})
afterAll(() => providers.stop())

const schema = {
  type: 'object' as const,
  properties: { city: { type: 'string' }, days: { type: 'integer', minimum: 1, maximum: 9 } },
  required: ['city', 'days'],
}
const user = (content: string): { role: 'user'; content: string } => ({ role: 'user', content })

describe('@anthropic-ai/sdk', () => {
  const ask = { model: 'sim-sonnet', max_tokens: 400, messages: [user('How will the weather be?')] }
  const tools = [{ name: 'get_weather', input_schema: schema }]

  test('a message, and the same as a stream with thinking', async () => {
    const whole = await anthropic.messages.create(ask)
    expect(whole.stop_reason).toBe('end_turn')
    const stream = anthropic.messages.stream({ ...ask, thinking: { type: 'adaptive' } })
    const message = await stream.finalMessage()
    expect(message.content.map((block) => block.type)).toEqual(['thinking', 'text'])
    expect(message.usage.output_tokens).toBeGreaterThan(10)
  })

  test('a tool loop with its thinking handed back', async () => {
    const first = await anthropic.messages.stream({ ...ask, thinking: { type: 'adaptive' }, tools }).finalMessage()
    expect(first.stop_reason).toBe('tool_use')
    const call = first.content.find((block) => block.type === 'tool_use')
    expect(call?.input).toMatchObject({ city: expect.any(String) as string, days: expect.any(Number) as number })
    const result = { type: 'tool_result' as const, tool_use_id: call?.id ?? '', content: 'Nineteen degrees' }
    const messages = [
      ...ask.messages,
      { role: 'assistant' as const, content: first.content },
      { role: 'user' as const, content: [result] },
    ]
    const second = await anthropic.messages.create({ ...ask, messages, tools })
    expect(JSON.stringify(second.content)).toContain('Nineteen degrees')
    expect(second.stop_reason).toBe('end_turn')
  })

  test('structured output, token counts, models, prefill where it is accepted', async () => {
    const format = { type: 'json_schema' as const, schema: { ...schema } }
    const structured = await anthropic.messages.create({ ...ask, output_config: { format } })
    const [block] = structured.content
    expect(JSON.parse(block?.type === 'text' ? block.text : '')).toHaveProperty('city')
    const counted = await anthropic.messages.countTokens({ model: 'sim-sonnet', messages: ask.messages })
    expect(counted.input_tokens).toBe((await anthropic.messages.create(ask)).usage.input_tokens)
    expect((await anthropic.models.list()).data.map((model) => model.id)).toContain('sim-haiku')
    const prefilled = await anthropic.messages.create({
      ...ask,
      model: 'sim-haiku',
      messages: [user('[[say:One and two.]]'), { role: 'assistant', content: 'One and' }],
    })
    expect(prefilled.content).toEqual([{ type: 'text', text: ' two.' } as Anthropic.TextBlock])
  })

  test('errors arrive as the SDK’s own classes', async () => {
    expect(await failureOf(anthropic.messages.create({ ...ask, model: 'nothing' }))).toBeInstanceOf(NotFoundError)
    const bare = new Anthropic({ apiKey: 'invalid-key', baseURL: `${providers.url}/gpu`, maxRetries: 0 })
    expect(await failureOf(bare.messages.create(ask))).toBeInstanceOf(AuthenticationError)
    const broken = anthropic.messages.stream({ ...ask, model: 'sim-sonnet+in-band-error=2' })
    expect(String(await failureOf(broken.finalMessage()))).toContain('Overloaded')
  })

  test('a raw iterator takes a clean end for success, which is why Fullstop exists', async () => {
    const stream = await anthropic.messages.create({ ...ask, model: 'sim-sonnet+cut-eof=2', stream: true })
    const types: string[] = []
    for await (const event of stream) types.push(event.type)
    expect(types).not.toContain('message_stop')
  })
})

describe('openai', () => {
  const ask = { model: 'sim-gpt', messages: [user('How will the weather be?')] }
  const tools = [{ type: 'function' as const, function: { name: 'get_weather', parameters: { ...schema } } }]

  test('a completion, and the same as a stream with usage', async () => {
    const whole = await openai.chat.completions.create(ask)
    expect(whole.choices[0]?.finish_reason).toBe('stop')
    const stream = openai.chat.completions.stream({ ...ask, stream_options: { include_usage: true } })
    const final = await stream.finalChatCompletion()
    expect(final.choices[0]?.message.content).toMatch(/\.$/)
    expect(final.usage?.total_tokens).toBe((final.usage?.prompt_tokens ?? 0) + (final.usage?.completion_tokens ?? 0))
  })

  test('a tool loop with two calls at once', async () => {
    const messages = [user('The weather of both cities?')]
    const first = await openai.chat.completions.stream({ ...ask, messages, tools }).finalChatCompletion()
    expect(first.choices[0]?.finish_reason).toBe('tool_calls')
    const calls = first.choices[0]?.message.tool_calls ?? []
    expect(calls.map((call) => call.type === 'function' && (JSON.parse(call.function.arguments) as object))).toEqual([
      { city: expect.any(String) as string, days: expect.any(Number) as number },
      { city: expect.any(String) as string, days: expect.any(Number) as number },
    ])
    const results = calls.map((call, at) => ({ role: 'tool' as const, tool_call_id: call.id, content: `Result ${at}` }))
    const answered = [...messages, { role: 'assistant' as const, tool_calls: calls }, ...results]
    const second = await openai.chat.completions.create({ ...ask, messages: answered, tools })
    expect(second.choices[0]?.message.content).toContain('Result 0; Result 1')
  })

  test('several choices, log probabilities, a seed and a structured answer', async () => {
    const format = { type: 'json_schema' as const, json_schema: { name: 'place', schema: { ...schema } } }
    const many = await openai.chat.completions.create({ ...ask, n: 3, logprobs: true, top_logprobs: 2, seed: 5 })
    expect(many.choices.map((choice) => choice.index)).toEqual([0, 1, 2])
    const tokens = many.choices[1]?.logprobs?.content ?? []
    expect(tokens.map((token) => token.token).join('')).toBe(many.choices[1]?.message.content ?? '')
    expect(tokens[3]?.top_logprobs).toHaveLength(2)
    const again = await openai.chat.completions.create({ ...ask, n: 3, seed: 5 })
    expect(again.choices.map((choice) => choice.message.content)).toEqual(
      many.choices.map((choice) => choice.message.content),
    )
    const parsed = await openai.chat.completions.create({ ...ask, response_format: format })
    expect(JSON.parse(parsed.choices[0]?.message.content ?? '')).toHaveProperty('days')
  })

  test('streamed choices are interleaved and each has its end', async () => {
    const stream = await openai.chat.completions.create({ ...ask, n: 2, stream: true })
    const indexes: number[] = []
    const ends: (string | null)[] = []
    for await (const chunk of stream) {
      indexes.push(chunk.choices[0]?.index ?? -1)
      if (chunk.choices[0]?.finish_reason) ends.push(chunk.choices[0].finish_reason)
    }
    expect(indexes.slice(0, 6)).toEqual([0, 1, 0, 1, 0, 1])
    expect(ends).toEqual(['stop', 'stop'])
  })

  test('usage comes in a chunk of its own, and only when asked for', async () => {
    const plain = await openai.chat.completions.create({ ...ask, stream: true })
    for await (const chunk of plain) {
      expect(chunk).not.toHaveProperty('usage')
      expect(chunk.choices).toHaveLength(1)
    }
    const asked = await openai.chat.completions.create({
      ...ask,
      stream: true,
      stream_options: { include_usage: true },
    })
    const usages: unknown[] = []
    for await (const chunk of asked) if (chunk.usage !== null) usages.push([chunk.choices, typeof chunk.usage])
    expect(usages).toEqual([[[], 'object']])
  })

  test('a refusal, a custom tool, the models, errors', async () => {
    const refused = await openai.chat.completions
      .stream({ ...ask, messages: [user('[[refuse]]')] })
      .finalChatCompletion()
    expect(refused.choices[0]?.message.refusal).toMatch(/cannot help/)
    const custom = [{ type: 'custom' as const, custom: { name: 'run' } }]
    const called = await openai.chat.completions.create({ ...ask, tools: custom })
    expect(called.choices[0]?.message.tool_calls?.[0]).toMatchObject({ type: 'custom', custom: { name: 'run' } })
    expect((await openai.models.list()).data.map((model) => model.id)).toContain('sim-gpt-mini')
    expect((await openai.models.retrieve('sim-gpt')).id).toBe('sim-gpt')
    const fails = (model: string): Promise<unknown> => failureOf(openai.chat.completions.create({ ...ask, model }))
    expect(await fails('nothing')).toBeInstanceOf(OpenAiNotFoundError)
    expect(await fails('sim-gpt+status=429')).toBeInstanceOf(RateLimitError)
  })
})

// The SDKs' promises are lazy and not native, so that `expect().rejects` would not wait for them.
async function failureOf(work: PromiseLike<unknown>): Promise<unknown> {
  try {
    await work
  } catch (error) {
    return error
  }
  return undefined
}
