import { afterAll, beforeAll, expect, test } from 'bun:test'
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { resolve } from 'node:path'
import { startSimulatedProviders } from './index.ts'
import type { SimulatedProviders } from './index.ts'

const corpus = resolve(import.meta.dir, '../../../shared/corpus')
const isHere = existsSync(corpus)
if (!isHere)
  console.warn('Skipped: the recordings are not at ../shared/corpus, so the simulator is not held against them.')

let providers: SimulatedProviders
beforeAll(async () => {
  providers = await startSimulatedProviders({ port: 0 })
})
afterAll(() => providers.stop())

// A shape is a path of keys to a leaf; identifiers and texts do not matter.
function shapesOf(value: unknown, path = ''): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => shapesOf(item, `${path}[]`))
  if (typeof value !== 'object' || value === null) return [path]
  return Object.entries(value).flatMap(([key, item]) => shapesOf(item, `${path}.${key}`))
}

function eventsOf(stream: string): Record<string, unknown>[] {
  const lines = stream.split('\n').filter((line) => line.startsWith('data: {'))
  return lines.map((line) => JSON.parse(line.slice(6)) as Record<string, unknown>)
}

function recorded(folder: string, prefix: string): string[] {
  const names = readdirSync(resolve(corpus, folder)).filter((name) => name.startsWith(prefix) && name.endsWith('.sse'))
  return names.map((name) => readFileSync(resolve(corpus, folder, name), 'utf8'))
}

async function simulated(path: string, body: object): Promise<string> {
  const headers = {
    'content-type': 'application/json',
    'x-api-key': 'k',
    'anthropic-version': '2023-06-01',
    authorization: 'Bearer k',
    'x-goog-api-key': 'k',
  }
  const response = await fetch(`${providers.url}/gpu${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
  return response.text()
}

const messages = [{ role: 'user', content: 'How is the weather in both cities?' }]
const parameters = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] }

test.if(isHere)(
  'every field of an Anthropic stream occurs in the recordings, and every usual one is there',
  async () => {
    const ask = { model: 'sim-sonnet', max_tokens: 500, stream: true, messages, thinking: { type: 'adaptive' } }
    const ours = eventsOf(
      await simulated('/v1/messages', { ...ask, tools: [{ name: 'get_weather', input_schema: parameters }] }),
    )
    const theirs = recorded('anthropic', 'api.anthropic.com').flatMap(eventsOf)
    expect(theirs.length).toBeGreaterThan(100)
    for (const type of [
      'message_start',
      'content_block_start',
      'content_block_delta',
      'content_block_stop',
      'message_delta',
      'message_stop',
      'ping',
    ]) {
      const shapes = (events: typeof ours): Set<string> =>
        new Set(events.filter((event) => event['type'] === type).flatMap((event) => shapesOf(event)))
      const known = shapes(theirs)
      expect([...shapes(ours)].filter((shape) => !known.has(shape))).toEqual([])
    }
    // The recordings differ among themselves, by age; at least one has exactly our fields.
    const starts = theirs.filter((event) => event['type'] === 'message_start').map((event) => shapesOf(event).sort())
    expect(starts).toContainEqual(shapesOf(ours[0]).sort())
  },
)

test.if(isHere)('every field of an OpenAI stream occurs in the recordings', async () => {
  const ask = { model: 'sim-gpt', stream: true, messages, stream_options: { include_usage: true } }
  const tools = [{ type: 'function', function: { name: 'get_weather', parameters } }]
  const ours = eventsOf(
    (await simulated('/v1/chat/completions', { ...ask, tools })) + (await simulated('/v1/chat/completions', ask)),
  )
  const theirs = new Set(
    recorded('openai-chat', 'api.openai.com')
      .flatMap(eventsOf)
      .flatMap((event) => shapesOf(event)),
  )
  expect(theirs.size).toBeGreaterThan(15)
  expect([...new Set(ours.flatMap((event) => shapesOf(event)))].filter((shape) => !theirs.has(shape))).toEqual([])
})

test.if(isHere)('every field of a Responses stream occurs in the recordings', async () => {
  const ask = { model: 'sim-gpt-pro', stream: true, input: 'How is the weather in both cities?' }
  const tools = [{ type: 'function', name: 'get_weather', parameters, strict: true }]
  const include = ['reasoning.encrypted_content']
  const ours = eventsOf(
    (await simulated('/v1/responses', { ...ask, include, reasoning: { effort: 'high', summary: 'detailed' } })) +
      (await simulated('/v1/responses', { ...ask, reasoning: { effort: 'none' } })) +
      (await simulated('/v1/responses', { ...ask, tools: tools.map((tool) => ({ ...tool, strict: false })) })),
  )
  const theirs = [
    ...recorded('openai-responses', 'api.openai.com'),
    ...recorded('openai-responses', 'bedrock-mantle'),
  ].flatMap(eventsOf)
  expect(theirs.length).toBeGreaterThan(1000)
  const types = new Set(ours.map((event) => event['type']))
  expect(types.size).toBe(15)
  for (const type of types) {
    const shapes = (events: typeof ours): Set<string> =>
      new Set(events.filter((event) => event['type'] === type).flatMap((event) => shapesOf(event)))
    const known = shapes(theirs)
    // Settings are repeated as they were asked for; what a tool's schema has is the caller's.
    const unknown = [...shapes(ours)].filter((shape) => !known.has(shape) && !shape.includes('.tools[].parameters'))
    expect(unknown).toEqual([])
  }
})

// What comes after what, counting repeated deltas once.
function orderOf(events: readonly Record<string, unknown>[]): string[] {
  return events.map((event) => String(event['type'])).filter((type, index, all) => type !== all[index - 1])
}

test.if(isHere)('a Responses stream has the recorded order of events', async () => {
  const input = '[[say:One two three.]]'
  const plain = eventsOf(await simulated('/v1/responses', { model: 'sim-gpt', stream: true, input }))
  const background = eventsOf(
    await simulated('/v1/responses', { model: 'sim-gpt', stream: true, input, background: true }),
  )
  const orders = recorded('openai-responses', 'api.openai.com').map((stream) => orderOf(eventsOf(stream)))
  expect(orders).toContainEqual(orderOf(plain))
  expect(orderOf(background)).toContain('response.queued')
  expect(orders).toContainEqual(orderOf(background))
})

test.if(isHere)(
  'every field of a Gemini stream occurs in the recordings, and its bytes are laid out alike',
  async () => {
    const contents = [{ role: 'user', parts: [{ text: 'How is the weather?' }] }]
    const tools = [{ functionDeclarations: [{ name: 'get_weather', parametersJsonSchema: parameters }] }]
    const generationConfig = { thinkingConfig: { includeThoughts: true } }
    const at = (model: string): string => `/v1beta/models/${model}:streamGenerateContent?alt=sse`
    const streams = [
      await simulated(at('sim-gemini'), { contents, generationConfig }),
      await simulated(at('sim-gemini'), { contents, tools }),
      await simulated(at('sim-gemini-flash'), { contents }),
    ]
    const recordings = recorded('gemini', 'generativelanguage.googleapis.com')
    expect(recordings.length).toBeGreaterThan(5)
    const fields = (texts: readonly string[]): Set<string> =>
      new Set(texts.flatMap(eventsOf).flatMap((event) => shapesOf(event)))
    const known = fields(recordings)
    // An id comes with the calls of newer models; it is in the recorded requests that hand it back.
    const unknown = [...fields(streams)].filter((shape) => !known.has(shape) && !shape.includes('.functionCall.'))
    expect(unknown).toEqual([])
    // Layout: a blank after each colon, none after commas, CR LF.
    const layout = (text: string): boolean => /^(data: \{"candidates": \[\{"content": \{[^\n]*\}\r\n\r\n)+$/.test(text)
    expect(streams.map(layout)).toEqual([true, true, true])
    expect(recordings.every(layout)).toBe(true)
    // One finish reason, in the last chunk that has a candidate.
    for (const stream of [...streams, ...recordings]) expect(stream.match(/"finishReason"/g)).toHaveLength(1)
  },
)
