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
