import { afterAll, beforeAll, expect, test } from 'bun:test'
import { type ReplayAnswer, ReplayGateway } from '../support/replay-gateway.ts'
import { plainRequest } from '../support/translated-answer.ts'

let gateway: ReplayGateway
beforeAll(async () => {
  gateway = await ReplayGateway.start()
})
afterAll(() => gateway.stop())

type Client = 'anthropic' | 'openai-chat'

const textOf = ({ body }: ReplayAnswer): string => new TextDecoder().decode(body)

/** A chat host's answer, as a stream or a body, at a client. */
function play(client: Client, answer: string | object, more: object = {}): Promise<ReplayAnswer> {
  const isStream = typeof answer === 'string'
  const piece = new TextEncoder().encode(isStream ? answer : JSON.stringify(answer))
  return gateway.play({
    upstream: 'openai-chat',
    completion: 'strict',
    replay: { pieces: [piece], ending: 'clean', contentType: isStream ? 'text/event-stream' : 'application/json' },
    client,
    delivery: 'live',
    body: { ...plainRequest(client, isStream), ...more },
  })
}

const event = (chunk: object): string => `data: ${JSON.stringify(chunk)}\n\n`
const choice = { index: 0, delta: { content: 'Hi' }, finish_reason: 'stop' }
const message = { index: 0, message: { role: 'assistant', content: 'Hi' }, finish_reason: 'stop' }

test("a stream that begins with Azure's report of its filters has its model's name from the first", async () => {
  const filters = { id: '', model: '', choices: [], prompt_filter_results: [] }
  const answer = await play(
    'anthropic',
    `${event(filters)}${event({ id: 'a', model: 'gpt-x', choices: [choice] })}data: [DONE]\n\n`,
  )
  expect(textOf(answer)).toContain('"id":"msg_a"')
  expect(textOf(answer)).toContain('"model":"gpt-x"')
})

test('an answer whose host names no model has the name of the platform’s', async () => {
  const streamed = await play('anthropic', `${event({ choices: [choice] })}data: [DONE]\n\n`)
  expect(textOf(streamed)).toMatch(/"model":"replay-\d+"/)
  const whole = await play('anthropic', { choices: [message] })
  expect(textOf(whole)).toMatch(/"model":"replay-\d+"/)
})

test('a body with fewer answers than were asked for is no answer', async () => {
  const cut = await play('openai-chat', { choices: [message] }, { n: 3 })
  expect(cut.evidence?.attempts[0]).toMatchObject({ verdict: 'truncated', reason: 'ended-before-proof' })
  const three = await play('openai-chat', { choices: [0, 1, 2].map((index) => ({ ...message, index })) }, { n: 3 })
  expect(three.evidence?.verdict).toBe('complete')
})

test("Anthropic's events without their names are passed to nobody, and read for who speaks another protocol", async () => {
  const events = [
    { type: 'message_start', message: { id: 'm', type: 'message', role: 'assistant', model: 'x', content: [] } },
    { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
    { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Hi' } },
    { type: 'content_block_stop', index: 0 },
    { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 1 } },
    { type: 'message_stop' },
  ]
  const pieces = [new TextEncoder().encode(events.map(event).join(''))]
  const ask = (client: Client) =>
    gateway.play({
      upstream: 'anthropic',
      completion: 'strict',
      replay: { pieces, ending: 'clean' },
      client,
      delivery: 'live',
      body: plainRequest(client, true),
    })
  const passed = await ask('anthropic')
  expect(passed.status).toBe(502)
  expect(passed.evidence?.attempts[0]).toMatchObject({ verdict: 'malformed', reason: 'not-this-protocol' })
  const translated = await ask('openai-chat')
  expect(translated).toMatchObject({ status: 200, end: 'clean' })
  expect(textOf(translated)).toContain('"content":"Hi"')
})
