// `generate` over the installed package, from upstreams that do everything wrong.
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { createFullstop, GenerateError } from 'fullstop'
import { chat, message, overloaded, startUpstream } from './upstream.mjs'

const TICKET = { ticket_id: '4471', sentiment: 'frustrated', reply: 'Your order shipped today.' }
const WHOLE = JSON.stringify(TICKET)
const EXPECT = { model: 'm', expect: ['ticket_id', 'sentiment', 'reply'] }
const LACKING = JSON.stringify({ ticket_id: '4471', sentiment: 'frustrated' })

const upstreams = []
after(() => upstreams.forEach((upstream) => upstream.stop()))

async function generateOver(onOpenAi, onAnthropic) {
  const openai = await startUpstream(onOpenAi)
  const anthropic = await startUpstream(onAnthropic)
  upstreams.push(openai, anthropic)
  const { generate } = await createFullstop({
    config: {
      providers: {
        openai: { protocol: 'openai-chat', baseUrl: `${openai.url}/v1`, apiKey: 'k' },
        anthropic: { protocol: 'anthropic', baseUrl: anthropic.url, apiKey: 'k' },
      },
      models: { m: { platforms: ['openai/gpt-4o', 'anthropic/claude'] } },
    },
  })
  return { generate, openai, anthropic }
}

for (const [what, handler] of [
  ['whole', chat(WHOLE)],
  ['fenced', chat('```json\n' + WHOLE + '\n```')],
  ['with prose around it', chat(`Here you are: ${WHOLE} Anything else?`)],
]) {
  test(`an object that comes ${what} is taken from the first`, async () => {
    const { generate, anthropic } = await generateOver(handler, overloaded)
    assert.deepEqual(await generate('Ticket #4471, as JSON.', EXPECT), TICKET)
    assert.equal(anthropic.received.length, 0)
  })
}

for (const [what, handler] of [
  ['omits a field', chat(LACKING)],
  ['is prose', chat('I would rather not.')],
  ['is cut off', chat(WHOLE.slice(0, 40))],
  ['is cut off by a limit', chat(WHOLE, 'length')],
  ['is an error', overloaded],
]) {
  test(`an answer that ${what} is made good by a provider of another protocol`, async () => {
    const { generate, openai, anthropic } = await generateOver(handler, message('```json\n' + WHOLE + '\n```'))
    assert.deepEqual(await generate('Ticket #4471, as JSON.', EXPECT), TICKET)
    assert.deepEqual([openai.received.length, anthropic.received.length], [1, 1])
  })
}

test('a schema is held to, with a compiler that is loaded for it', async () => {
  const schema = { type: 'object', properties: { n: { type: 'integer' } }, required: ['n'] }
  const { generate } = await generateOver(chat('{"n": "one"}'), message('{"n": 1}'))
  assert.deepEqual(await generate('A number.', { model: 'm', schema }), { n: 1 })
})

test('when nobody does it, the error tells what each did', async () => {
  const { generate } = await generateOver(chat(LACKING), overloaded)
  await assert.rejects(generate('Ticket #4471, as JSON.', { ...EXPECT, attempts: 2 }), (error) => {
    assert.ok(error instanceof GenerateError)
    assert.deepEqual(error.attempts, [
      { platform: 'openai/gpt-4o', verdict: 'malformed', reason: 'schema-violation', violation: '"reply" is missing' },
      { platform: 'anthropic/claude', verdict: 'failed', reason: 'overloaded' },
    ])
    return true
  })
})

test('text', async () => {
  const { generate } = await generateOver(overloaded, message('All is well.'))
  assert.equal(await generate('How is it?', { model: 'm' }), 'All is well.')
})
