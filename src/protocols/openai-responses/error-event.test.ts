import { expect, test } from 'bun:test'
import { APIError, OpenAI } from 'openai'
import type { CallerError } from '../core/index.ts'
import { readError } from '../openai/index.ts'
import { renderErrorEvent } from './error-event.ts'
import { createOpenAiResponsesScanner } from './scanner.ts'
import { createStreamEncoder } from './stream-out.ts'

const ERROR: CallerError = {
  status: 503,
  code: 'all_platforms_failed',
  message: 'what happened, and what to do',
  exchange: 'x1',
  attempts: [{ platform: 'a/m', verdict: 'failed', reason: 'overloaded' }],
}

function begun(): string {
  const encoder = createStreamEncoder({ includeUsage: true, fallbackId: 'x1', fallbackModel: 'm', nowSeconds: 1 })
  return encoder.encode({ type: 'text', choice: 0, part: 0, text: 'Hel' })
}
const clientOf = (sse: string): OpenAI =>
  new OpenAI({
    apiKey: 'k',
    baseURL: 'http://127.0.0.1:1/v1',
    maxRetries: 0,
    fetch: async () => new Response(sse, { headers: { 'content-type': 'text/event-stream' } }),
  })

async function thrown(run: () => Promise<unknown>): Promise<unknown> {
  try {
    await run()
    return 'no error'
  } catch (error) {
    return error
  }
}

test('an error is told twice: as the SDKs want it, and as Codex does', () => {
  const events = renderErrorEvent(ERROR)
    .split('\n\n')
    .filter(Boolean)
    .map((event) => {
      const [name = '', data = ''] = event.split('\n')
      return { name, data: JSON.parse(data.slice('data: '.length)) }
    })
  expect(events).toMatchObject([
    {
      name: 'event: error',
      data: {
        type: 'error',
        sequence_number: 0,
        code: 'all_platforms_failed',
        message: 'what happened, and what to do',
        param: null,
        error: {
          type: 'server_error',
          code: 'all_platforms_failed',
          message: 'what happened, and what to do',
          param: null,
          fullstop: { code: 'all_platforms_failed', exchange: 'x1', attempts: [{ platform: 'a/m' }] },
        },
      },
    },
    {
      name: 'event: response.failed',
      data: {
        type: 'response.failed',
        response: {
          id: 'resp_x1',
          status: 'failed',
          error: { code: 'all_platforms_failed', message: 'what happened, and what to do' },
        },
      },
    },
  ])
})

test('the official client throws at it, however it reads the stream', async () => {
  const sse = begun() + renderErrorEvent(ERROR)
  const raw = await thrown(async () => {
    const stream = await clientOf(sse).responses.create({ model: 'm', input: 'x', stream: true })
    for await (const _ of stream);
  })
  const helper = await thrown(
    async () => await clientOf(sse).responses.stream({ model: 'm', input: 'x' }).finalResponse(),
  )
  for (const error of [raw, helper]) {
    expect(error).toBeInstanceOf(APIError)
    expect(String(error)).toContain('what happened, and what to do')
  }
})

test('the scanner takes either event for the provider’s own error', () => {
  for (const event of renderErrorEvent(ERROR).split(/(?<=\n\n)/)) {
    const scanner = createOpenAiResponsesScanner({
      completion: 'strict',
      choices: 1,
      decode: false,
      eventLimitBytes: 1e6,
    })
    scanner.push(new TextEncoder().encode(begun() + event))
    expect(scanner.verdictAtEnd()).toEqual({ name: 'failed', reason: 'in-band-error' })
    expect(readError(0, scanner.inBandError)).toMatchObject({
      message: 'what happened, and what to do',
      type: 'all_platforms_failed',
    })
  }
})
