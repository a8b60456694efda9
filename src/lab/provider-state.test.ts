import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'
import { startSimulatedProviders } from './index.ts'
import type { SimulatedProviders } from './index.ts'

let providers: SimulatedProviders
beforeAll(async () => {
  providers = await startSimulatedProviders({ port: 0 })
})
afterAll(() => providers.stop())

const openaiAt = (platform: string): OpenAI =>
  new OpenAI({ apiKey: 'k', baseURL: `${providers.url}/${platform}/v1`, maxRetries: 0 })

async function failureOf(work: PromiseLike<unknown>): Promise<unknown> {
  try {
    await work
  } catch (error) {
    return error
  }
  return undefined
}

describe('state is good on the platform that made it alone', () => {
  test('thinking of Anthropic’s', async () => {
    const at = (platform: string): Anthropic =>
      new Anthropic({ apiKey: 'k', baseURL: `${providers.url}/${platform}`, maxRetries: 0 })
    const question = { role: 'user' as const, content: 'How will the weather be?' }
    const ask = { model: 'sim-sonnet', max_tokens: 400, thinking: { type: 'adaptive' as const } }
    const { content } = await at('gpu').messages.create({ ...ask, messages: [question] })
    const messages = [question, { role: 'assistant' as const, content }, question]
    expect((await at('gpu').messages.create({ ...ask, messages })).stop_reason).toBe('end_turn')
    expect(await failureOf(at('tpu').messages.create({ ...ask, messages }))).toMatchObject({
      status: 400,
      message: expect.stringContaining('messages.1.content.0: Invalid `signature` in `thinking` block') as string,
    })
  })

  test('a stored response', async () => {
    const first = await openaiAt('gpu').responses.create({ model: 'sim-gpt', input: 'My name is [[say:Noted.]]' })
    const ask = { model: 'sim-gpt', input: 'And now?', previous_response_id: first.id }
    const second = await openaiAt('gpu').responses.create(ask)
    expect(second.previous_response_id).toBe(first.id)
    // The conversation is continued: what came before counts as input.
    expect(second.usage?.input_tokens).toBeGreaterThan((first.usage?.input_tokens ?? 0) + 4)
    expect(await failureOf(openaiAt('tpu').responses.create(ask))).toMatchObject({
      status: 400,
      code: 'previous_response_not_found',
    })
  })

  test('encrypted reasoning', async () => {
    const ask = { model: 'sim-gpt-pro', store: false, include: ['reasoning.encrypted_content' as const] }
    const { output } = await openaiAt('gpu').responses.create({ ...ask, input: 'Think.' })
    expect(output.map(({ type }) => type)).toEqual(['reasoning', 'message'])
    const input = [...(output as OpenAI.Responses.ResponseInput), { role: 'user' as const, content: 'On.' }]
    expect((await openaiAt('gpu').responses.create({ ...ask, input })).status).toBe('completed')
    expect(await failureOf(openaiAt('tpu').responses.create({ ...ask, input }))).toMatchObject({
      status: 400,
      code: 'invalid_encrypted_content',
    })
  })

  test('a thought signature', async () => {
    const ask = async (platform: string, contents: object[]): Promise<{ status: number; body: string }> => {
      const response = await fetch(`${providers.url}/${platform}/v1beta/models/sim-gemini:generateContent?key=k`, {
        method: 'POST',
        body: JSON.stringify({ contents }),
      })
      return { status: response.status, body: await response.text() }
    }
    const question = { role: 'user', parts: [{ text: 'Hi' }] }
    const { body } = await ask('gpu', [question])
    const { content } = (JSON.parse(body) as { candidates: { content: object }[] }).candidates[0]!
    expect(JSON.stringify(content)).toContain('thoughtSignature')
    expect((await ask('gpu', [question, content, question])).status).toBe(200)
    expect(await ask('tpu', [question, content, question])).toMatchObject({
      status: 400,
      body: expect.stringContaining('Corrupted thought signature') as string,
    })
  })
})

describe('stored responses', () => {
  test('are retrieved, deleted, and forgotten when nothing is to be stored', async () => {
    const openai = openaiAt('gpu')
    const made = await openai.responses.create({ model: 'sim-gpt', input: 'Hi' })
    expect(await openai.responses.retrieve(made.id)).toMatchObject({ id: made.id, output_text: made.output_text })
    await openai.responses.delete(made.id)
    expect(await failureOf(openai.responses.retrieve(made.id))).toMatchObject({ status: 404 })
    const unstored = await openai.responses.create({ model: 'sim-gpt', input: 'Hi', store: false })
    expect(await failureOf(openai.responses.retrieve(unstored.id))).toMatchObject({ status: 404 })
  })

  test('in the background are queued first', async () => {
    const openai = openaiAt('gpu')
    const queued = await openai.responses.create({ model: 'sim-gpt', input: 'Hi', background: true })
    expect([queued.status, queued.output]).toEqual(['queued', []])
    expect((await openai.responses.retrieve(queued.id)).status).toBe('completed')
  })

  test('a tool loop over previous_response_id', async () => {
    const openai = openaiAt('tpu')
    const parameters = { type: 'object', properties: { city: { type: 'string' } } }
    const tools = [{ type: 'function' as const, name: 'find', strict: false, parameters }]
    const first = await openai.responses.create({ model: 'sim-gpt', input: '[[call find {"city":"Oslo"}]]', tools })
    const call = first.output.find((item) => item.type === 'function_call')
    expect(call?.arguments).toBe('{"city":"Oslo"}')
    const output = { type: 'function_call_output' as const, call_id: call?.call_id ?? '', output: 'marker-5' }
    const second = await openai.responses.create({
      model: 'sim-gpt',
      previous_response_id: first.id,
      input: [output],
      tools,
    })
    expect(second.output_text).toContain('marker-5')
  })

  test('are forgotten by reset', async () => {
    const { id } = await openaiAt('gpu').responses.create({ model: 'sim-gpt', input: 'Hi' })
    providers.reset()
    expect(await failureOf(openaiAt('gpu').responses.retrieve(id))).toMatchObject({ status: 404 })
  })
})
