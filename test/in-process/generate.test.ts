import { describe, expect, test } from 'bun:test'
import { createFullstop, GenerateError } from '../../src/index.ts'
import { CHAT_ANSWER, json } from '../support/upstream.ts'
import { chat, message, overloaded, startTwoProviders, until } from './upstreams.ts'

const TICKET = { ticket_id: '4471', sentiment: 'frustrated', reply: 'Your order shipped today.' }
const FIELDS = ['ticket_id', 'sentiment', 'reply'] as const
const PROMPT = 'Return JSON with keys ticket_id, sentiment, reply for ticket #4471.'
const WHOLE = JSON.stringify(TICKET)
const LACKING = JSON.stringify({ ticket_id: '4471', sentiment: 'CANARY' })

async function failureOf(promise: Promise<unknown>): Promise<GenerateError> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (error instanceof GenerateError) return error
  throw new Error('expected a GenerateError', { cause: error })
}

describe('generate with expect', () => {
  test('without options says what it expects', async () => {
    await using world = await startTwoProviders(chat(WHOLE), overloaded)
    for (const options of [undefined, null, 'm'])
      await expect(world.fullstop.generate(PROMPT, options as never)).rejects.toThrow(
        'options: expected an object with `model` or `workflow`',
      )
  })

  test('gives the object, and asks for it in a schema and in words', async () => {
    await using world = await startTwoProviders(chat(WHOLE), overloaded)
    expect(await world.fullstop.generate(PROMPT, { model: 'm', expect: FIELDS, system: 'Be kind.' })).toEqual(TICKET)
    const sent = JSON.parse(world.openai.received[0]?.body ?? '')
    expect(sent.response_format.json_schema).toMatchObject({ strict: true, schema: { required: FIELDS } })
    expect(sent.messages[0].content).toContain('Be kind.')
    expect(sent.messages[0].content).toContain('"ticket_id", "sentiment", "reply"')
    expect(sent.messages[1]).toEqual({ role: 'user', content: PROMPT })
  })

  test.each([
    ['lacks a field', chat(LACKING)],
    ['has a field that is null', chat(JSON.stringify({ ...TICKET, reply: null }))],
    ['is prose', chat('I am sorry, I cannot do that.')],
    ['is cut inside its JSON under a proof', chat(WHOLE.slice(0, -20))],
    ['was stopped by a limit, however whole it looks', chat(WHOLE, 'length')],
    ['is a refusal', chat(WHOLE, 'content_filter')],
    ['is several objects', chat(`${WHOLE} ${WHOLE}`)],
    ['is a list', chat(`[${WHOLE}]`)],
    ['has no proof', chat(WHOLE, null as unknown as string)],
    ['never comes', overloaded],
  ])('an answer that %s is never passed on: the other provider is asked', async (_, onOpenAi) => {
    await using world = await startTwoProviders(onOpenAi, message('Here:\n```json\n' + WHOLE + '\n```\nAnything else?'))
    expect(await world.fullstop.generate(PROMPT, { model: 'm', expect: FIELDS })).toEqual(TICKET)
    expect(world.exchanges).toMatchObject([{ outcome: 'delivered', platform: 'anthropic/claude' }])
    expect(world.anthropic.received).toHaveLength(1)
  })

  test('a violation is evidence, and costs an attempt', async () => {
    await using world = await startTwoProviders(chat(LACKING), message(WHOLE))
    await world.fullstop.generate(PROMPT, { model: 'n', expect: FIELDS })
    await world.fullstop.generate(PROMPT, { model: 'm', expect: FIELDS })
    const attempts = world.exchanges[1]?.attempts
    expect(attempts).toMatchObject([
      { verdict: 'malformed', reason: 'schema-violation', proof: undefined },
      { verdict: 'malformed', reason: 'schema-violation' },
      { verdict: 'complete', proof: 'body' },
    ])
  })

  test('when nobody satisfies it the error says what each attempt did, and nothing of what they wrote', async () => {
    await using world = await startTwoProviders(chat(LACKING), message('CANARY'))
    const error = await failureOf(world.fullstop.generate(PROMPT, { model: 'm', expect: FIELDS }))
    expect(error).toMatchObject({ code: 'no-complete-answer', status: 502, exchange: world.exchanges[0]?.id })
    expect(error.attempts).toMatchObject([
      { platform: 'openai/gpt-4o', verdict: 'malformed', reason: 'schema-violation', violation: '"reply" is missing' },
      { platform: 'openai/gpt-4o', violation: '"reply" is missing' },
      { platform: 'anthropic/claude', violation: 'the answer is not one JSON object' },
      { platform: 'anthropic/claude' },
    ])
    expect(error.message).toContain('openai/gpt-4o: "reply" is missing')
    expect(JSON.stringify([error, error.message, world.exchanges])).not.toContain('CANARY')
  })

  test('what the workflow expects counts beside what the call asks for', async () => {
    const upstream = (contents: string[]) => (): Promise<Response> => {
      const message = { role: 'assistant', content: contents.shift() }
      return Promise.resolve(Response.json({ ...CHAT_ANSWER, choices: [{ index: 0, message, finish_reason: 'stop' }] }))
    }
    const config = {
      providers: { a: { protocol: 'openai-chat', baseUrl: 'https://a.example/v1' } },
      models: { m: { platforms: ['a/x'] } },
      workflows: { w: { model: 'm', expect: ['id'], attempts: 2 } },
    } as const
    const fullstop = await createFullstop({ config, fetch: upstream(['{"reply": 1}', '{"id": 1}']) })
    const error = await failureOf(fullstop.generate(PROMPT, { workflow: 'w', expect: ['reply'] }))
    expect(error.attempts.map(({ violation }) => violation)).toEqual(['/required/id', '"reply" is missing'])
  })

  test.each([
    ['by its options', { attempts: 1, model: 'm' }, 1],
    ['by its workflow', { workflow: 'tickets' }, 2],
    ['by both, the smaller wins', { workflow: 'tickets', attempts: 9 }, 2],
  ])('the budget is bounded %s', async (_, options, count) => {
    await using world = await startTwoProviders(chat(LACKING), message(LACKING))
    const error = await failureOf(world.fullstop.generate(PROMPT, { ...options, expect: FIELDS }))
    expect(error.attempts).toHaveLength(count)
  })

  test('a model that refuses schemas is asked again without one, within the same budget', async () => {
    await using world = await startTwoProviders(({ body }, response) => {
      if (body.includes('response_format')) json(response, 400, { error: { message: 'no response_format here' } })
      else void chat(WHOLE)({ method: 'POST', path: '', headers: {}, body }, response, 0)
    }, overloaded)
    expect(await world.fullstop.generate(PROMPT, { model: 'm', expect: FIELDS })).toEqual(TICKET)
    expect(world.openai.received).toHaveLength(2)
    const error = await failureOf(world.fullstop.generate(PROMPT, { model: 'm', expect: FIELDS, attempts: 1 }))
    expect(error).toMatchObject({ code: 'bad-request', status: 400 })
  })

  test('a request that is wrong anyway tells so with all that was tried', async () => {
    await using world = await startTwoProviders(
      (_, response) => json(response, 400, { error: { message: 'no' } }),
      overloaded,
    )
    const error = await failureOf(world.fullstop.generate(PROMPT, { model: 'm', expect: FIELDS }))
    expect(error.code).toBe('bad-request')
    expect(error.attempts).toHaveLength(2)
  })

  test('asking again without a schema does not start the budget anew', async () => {
    await using world = await startTwoProviders((request, response, ordinal) => {
      if (ordinal === 1) json(response, 400, { error: { message: 'no' } })
      else void chat(LACKING)(request, response, ordinal)
    }, overloaded)
    const error = await failureOf(world.fullstop.generate(PROMPT, { model: 'm', expect: FIELDS, attempts: 3 }))
    expect(error.attempts.map(({ reason }) => reason)).toEqual(['bad-request', 'schema-violation', 'schema-violation'])
  })
})

describe('generate with a schema', () => {
  const schema = {
    type: 'object',
    properties: { amount: { type: 'integer', minimum: 1 } },
    required: ['amount'],
    additionalProperties: false,
  }

  test('gives what is valid, and goes elsewhere with what is not', async () => {
    await using world = await startTwoProviders(chat('{"amount": 0.5}'), message('{"amount": 3}'))
    const { amount } = await world.fullstop.generate<{ amount: number }>('How much?', { model: 'm', schema })
    expect(amount).toBe(3)
    expect(JSON.parse(world.anthropic.received[0]?.body ?? '').output_config.format.schema).toEqual(schema)
  })

  test('says which part of the schema nobody met', async () => {
    await using world = await startTwoProviders(chat('{"amount": 0}'), message('{"amount": 3, "CANARY": 1}'))
    const error = await failureOf(world.fullstop.generate('How much?', { model: 'm', schema }))
    expect(error.attempts.map(({ violation }) => violation)).toContain('#/properties/amount/minimum is not met')
    expect(error.message).not.toContain('CANARY')
  })
})

describe('generate', () => {
  test('gives text, also from a conversation and in the platform’s own words for a limit', async () => {
    await using world = await startTwoProviders(overloaded, message('All is'))
    const conversation = [
      { role: 'user', content: 'How is it?' },
      { role: 'assistant', content: 'What?' },
      { role: 'user', content: [{ type: 'text', text: 'Everything.' }] },
    ] as const
    expect(await world.fullstop.generate(conversation, { model: 'm', maxTokens: 7 })).toBe('All is')
    expect(JSON.parse(world.openai.received[0]?.body ?? '')).toMatchObject({ max_completion_tokens: 7 })
    expect(JSON.parse(world.anthropic.received[0]?.body ?? '')).toMatchObject({ max_tokens: 7 })
    await failureOf(world.fullstop.generate('x', { model: 'openai/llama-3', maxTokens: 7, attempts: 1 }))
    expect(JSON.parse(world.openai.received.at(-1)?.body ?? '')).toMatchObject({ model: 'llama-3', max_tokens: 7 })
  })

  test('a refusal is no text', async () => {
    await using world = await startTwoProviders(chat('I will not', 'content_filter'), overloaded)
    expect(await failureOf(world.fullstop.generate('Do it', { model: 'm' }))).toMatchObject({ code: 'refused' })
  })

  test('options that make no sense are refused before anything is sent', async () => {
    await using world = await startTwoProviders(overloaded, overloaded)
    const { generate } = world.fullstop
    expect(generate('x', {})).rejects.toThrow(TypeError)
    expect(generate('x', { model: 'm', expect: [] })).rejects.toThrow(TypeError)
    expect(generate('x', { model: 'm', schema: { type: 'array' } })).rejects.toThrow(TypeError)
    expect(generate('x', { model: 'm', expect: ['a'], schema: {} } as never)).rejects.toThrow(TypeError)
    expect((await failureOf(generate('x', { model: 'unknown' }))).code).toBe('unknown-model')
    expect(world.openai.received).toHaveLength(0)
  })

  test('a signal ends it with its reason, and frees the upstream', async () => {
    const arrived = Promise.withResolvers<void>()
    await using world = await startTwoProviders(() => arrived.resolve(), overloaded)
    const controller = new AbortController()
    const asked = world.fullstop.generate('x', { model: 'm', expect: ['a'], signal: controller.signal })
    await arrived.promise
    controller.abort(new Error('enough'))
    await expect(asked).rejects.toThrow('enough')
    await until(() => world.openai.abandoned() === 1)
    expect(world.exchanges).toMatchObject([{ outcome: 'client-gone' }])
    expect(world.fullstop.generate('x', { model: 'm', signal: controller.signal })).rejects.toThrow('enough')
  })
})
