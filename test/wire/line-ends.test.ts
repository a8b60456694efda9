import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import OpenAI from 'openai'
import { ReplayGateway } from '../support/replay-gateway.ts'
import { plainRequest } from '../support/translated-answer.ts'

let gateway: ReplayGateway
beforeAll(async () => {
  gateway = await ReplayGateway.start()
})
afterAll(() => gateway.stop())

const chunk = (content: string, finish_reason: string | null = null): string =>
  `data: ${JSON.stringify({ id: 'a', choices: [{ index: 0, delta: { content }, finish_reason }] })}`
const finished = [chunk('Half of'), chunk(' it', 'stop'), 'data: [DONE]']

const offer = (pieces: readonly string[]): string => {
  const encoder = new TextEncoder()
  const replay = { pieces: pieces.map((piece) => encoder.encode(piece)), ending: 'clean', pauseMs: 10 } as const
  return gateway.offer({ upstream: 'openai-chat', completion: 'strict', replay })
}

async function textThroughSdk(model: string): Promise<string> {
  const client = new OpenAI({ apiKey: 'key', baseURL: `${gateway.url}/v1`, maxRetries: 0 })
  const request = plainRequest('openai-chat', true) as OpenAI.ChatCompletionCreateParamsStreaming
  let text = ''
  for await (const { choices } of await client.chat.completions.create({ ...request, model }))
    text += choices[0]?.delta.content ?? ''
  return text
}

describe('line ends', () => {
  test('a sentinel whose blank line is missing is passed on as it came', async () => {
    const stream = `${finished.slice(0, 2).join('\n\n')}\n\ndata: [DONE]`
    const replay = { pieces: [new TextEncoder().encode(stream)], ending: 'clean' } as const
    const model = gateway.offer({ upstream: 'openai-chat', completion: 'finish-only', replay })
    const response = await fetch(`${gateway.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...plainRequest('openai-chat', true), model }),
    })
    expect(await response.text()).toBe(stream)
  })

  test.each([
    ['LF', '\n\n'],
    ['CRLF', '\r\n\r\n'],
    ['both in turn', '\n\r\n'],
  ])('%s: a whole stream is a success', async (_, end) => {
    expect(await textThroughSdk(offer(finished.map((event) => event + end)))).toBe('Half of it')
  })

  test('a stream whose lines end in CR alone is an error, not half an answer', async () => {
    await expect(textThroughSdk(offer(finished.map((event) => `${event}\r\r`)))).rejects.toThrow()
  })

  // To an SSE client a lone CR ends a line: what looks like one comment is a finish reason and a sentinel.
  test('a terminal marker between lone CRs is one here as it is to the client', async () => {
    const [first = '', ...rest] = finished
    const hidden = `: note\r${rest.join('\r\r')}\r\r\n\n`
    expect(await textThroughSdk(offer([`${first}\n\n`, hidden, `${first}\n\n`]))).toBe('Half of it')
  })

  test('a sentinel between lone CRs without a finish reason is no proof', async () => {
    const [first = '', ...rest] = finished
    const hidden = `: note\r${rest.at(-1)}\r\r\n\n`
    await expect(textThroughSdk(offer([`${first}\n\n`, hidden]))).rejects.toThrow()
  })
})
