// Official SDKs over the installed package, on whatever runtime this runs.
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { after, test } from 'node:test'
import Anthropic from '@anthropic-ai/sdk'
import { createFullstop } from 'fullstop'
import OpenAI from 'openai'
import { chat, chatEvents, chatStream, message, overloaded, startUpstream } from './upstream.mjs'

const upstreams = []
after(() => upstreams.forEach((upstream) => upstream.stop()))

async function world(onOpenAi, onAnthropic = overloaded) {
  const openai = await startUpstream(onOpenAi)
  const anthropic = await startUpstream(onAnthropic)
  upstreams.push(openai, anthropic)
  const exchanges = []
  const { fetch } = await createFullstop({
    config: {
      providers: {
        openai: { protocol: 'openai-chat', baseUrl: `${openai.url}/v1`, apiKey: 'openai-key' },
        anthropic: { protocol: 'anthropic', baseUrl: anthropic.url, apiKey: 'anthropic-key' },
      },
      models: { m: { platforms: ['openai/gpt-4o', 'anthropic/claude'] } },
      defaults: { delivery: 'live' },
    },
    onExchange: (exchange) => exchanges.push(exchange),
  })
  const options = { fetch, apiKey: 'SDK-KEY', maxRetries: 0 }
  return { openai, anthropic, exchanges, sdk: new OpenAI(options), claude: new Anthropic(options) }
}

const CALL = { model: 'm', messages: [{ role: 'user', content: 'How is it?' }] }

async function read(stream) {
  let text = ''
  for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? ''
  return text
}

test('an answer, not streamed; the key of the SDK goes nowhere', async () => {
  const { sdk, openai } = await world(chat('All is well.'))
  const completion = await sdk.chat.completions.create(CALL)
  assert.equal(completion.choices[0].message.content, 'All is well.')
  assert.equal(openai.received[0].path, '/v1/chat/completions')
  assert.equal(openai.received[0].headers.authorization, 'Bearer openai-key')
  assert.ok(!JSON.stringify(openai.received).includes('SDK-KEY'))
})

test('failing over to a provider of another protocol is invisible', async () => {
  const { sdk, claude, anthropic } = await world(overloaded, message('All is well.'))
  const completion = await sdk.chat.completions.create(CALL)
  assert.equal(completion.choices[0].message.content, 'All is well.')
  const answer = await claude.messages.create({ ...CALL, max_tokens: 9 })
  assert.equal(answer.content[0].text, 'All is well.')
  assert.equal(anthropic.received[0].headers['x-api-key'], 'anthropic-key')
})

test('a stream, and the same for an SDK of another protocol', async () => {
  const { sdk, claude } = await world(chatStream(chatEvents))
  assert.equal(await read(await sdk.chat.completions.create({ ...CALL, stream: true })), 'All is well.')
  const final = await claude.messages.stream({ ...CALL, max_tokens: 9 }).finalMessage()
  assert.deepEqual([final.content[0].text, final.stop_reason], ['All is well.', 'end_turn'])
})

test('a stream that ends without its proof rejects, however clean its end', async () => {
  const { sdk, claude, exchanges } = await world(chatStream(chatEvents.slice(0, 2)))
  const stream = await sdk.chat.completions.create({ ...CALL, stream: true })
  await assert.rejects(read(stream), /No complete answer/)
  await assert.rejects(claude.messages.stream({ ...CALL, max_tokens: 9 }).finalMessage(), /No complete answer/)
  assert.equal(exchanges[0].outcome, 'broken-off')
})

test('an abort ends the stream and frees the upstream', async () => {
  const { sdk, openai, exchanges } = await world(chatStream(chatEvents.slice(0, 2), { isEnded: false }))
  const stream = await sdk.chat.completions.create({ ...CALL, stream: true })
  for await (const chunk of stream) if (chunk.choices[0].delta.content !== '') break
  while (openai.abandoned() === 0) await new Promise((resolve) => setTimeout(resolve, 5))
  assert.equal(exchanges[0].outcome, 'client-gone')
})

test('an abort while an answer is waited for rejects and frees the upstream', async () => {
  const controller = new AbortController()
  const { sdk, openai } = await world(() => controller.abort())
  await assert.rejects(sdk.chat.completions.create(CALL, { signal: controller.signal }), /abort/)
  while (openai.abandoned() === 0) await new Promise((resolve) => setTimeout(resolve, 5))
})

test('a redirect is not followed: a key goes to its own origin alone', async () => {
  const elsewhere = await startUpstream(chat('Not from here.'))
  upstreams.push(elsewhere)
  const { sdk } = await world((_, response) => {
    response.writeHead(307, { location: `${elsewhere.url}/v1/chat/completions` })
    response.end()
  }, message('All is well.'))
  const completion = await sdk.chat.completions.create(CALL)
  assert.equal(completion.choices[0].message.content, 'All is well.')
  assert.equal(elsewhere.received.length, 0)
})

test('a file is passed through with all its bytes, where the configuration says to whom', async () => {
  const bytes = Uint8Array.from({ length: 1000 }, (_, index) => index % 256)
  const seen = []
  const server = createServer(async (request, response) => {
    seen.push(Buffer.concat(await request.toArray()))
    response.setHeader('content-type', 'application/json').end('{"id":"file-1","object":"file"}')
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const baseUrl = `http://127.0.0.1:${server.address().port}/v1`
  const { fetch } = await createFullstop({
    config: { providers: { a: { protocol: 'openai-chat', baseUrl, apiKey: 'k' } }, passthrough: { files: 'a' } },
  })
  const file = new File([bytes], 'sound.wav')
  const sdk = new OpenAI({ fetch, apiKey: 'x', maxRetries: 0 })
  assert.equal((await sdk.files.create({ file, purpose: 'user_data' })).id, 'file-1')
  assert.ok(seen[0].includes(Buffer.from(bytes)))
  server.closeAllConnections()
  server.close()
})
