import { afterAll, beforeAll, expect, test } from 'bun:test'
import OpenAI from 'openai'
import { startSimulatedProviders } from './index.ts'
import type { SimulatedProviders } from './index.ts'

let providers: SimulatedProviders
beforeAll(async () => {
  providers = await startSimulatedProviders({ port: 0 })
})
afterAll(() => providers.stop())

const clientAt = (platform: string): OpenAI =>
  new OpenAI({ apiKey: 'k', baseURL: `${providers.url}/${platform}/v1`, maxRetries: 0 })
const model = 'sim-embedding'

type Input = OpenAI.EmbeddingCreateParams['input']
async function embed(input: Input, more: Partial<OpenAI.EmbeddingCreateParams> = {}, at = 'gpu'): Promise<number[][]> {
  const { data } = await clientAt(at).embeddings.create({ model, input, ...more })
  return data.map(({ embedding }) => embedding)
}
const dot = (left: readonly number[], right: readonly number[]): number =>
  left.reduce((sum, value, index) => sum + value * (right[index] ?? 0), 0)

test('a text has one vector of length one, the same on every platform and in both encodings', async () => {
  const [asked] = await embed('Where is my parcel?', { encoding_format: 'float' })
  expect(asked).toHaveLength(1536)
  expect(dot(asked!, asked!)).toBeCloseTo(1, 5)
  // The SDK asks for base64 unless told otherwise, and decodes it.
  expect(await embed('Where is my parcel?')).toEqual([asked!])
  expect(await embed('Where is my parcel?', {}, 'tpu')).toEqual([asked!])
  expect((await embed('Where is my parcel?', { model: 'sim-embedding-large' }))[0]).toHaveLength(3072)
})

test('texts with common words lie closer together, and no two texts have the same vector', async () => {
  const [parcel, alike, other, louder] = await embed([
    'Where is my parcel today?',
    'Where is the parcel now?',
    'Fog lifts before noon.',
    'where is my parcel today?',
  ])
  expect(dot(parcel!, alike!)).toBeGreaterThan(dot(parcel!, other!) + 0.2)
  expect(louder).not.toEqual(parcel!)
})

test('a shorter vector is the beginning of the long one, normalised again', async () => {
  const [long] = await embed('parcel')
  const [short] = await embed('parcel', { dimensions: 256 })
  expect(short).toHaveLength(256)
  expect(dot(short!, short!)).toBeCloseTo(1, 5)
  expect(dot(short!, long!.slice(0, 256)) / Math.hypot(...long!.slice(0, 256))).toBeCloseTo(1, 5)
})

test('lists, tokens and lists of tokens, with the usage of all', async () => {
  const made = await clientAt('gpu').embeddings.create({ model, input: [[1, 2, 3], [4]] })
  expect(made.data.map(({ index }) => index)).toEqual([0, 1])
  expect(made.usage).toEqual({ prompt_tokens: 4, total_tokens: 4 })
  expect(await embed([5, 6])).toHaveLength(1)
  expect(await embed(['a', 'b'])).toHaveLength(2)
})

test.each<[string, object, string]>([
  ['no input', { input: undefined }, 'input'],
  ['an empty text', { input: '' }, 'empty string'],
  ['an empty list', { input: [] }, 'invalid'],
  ['a mixed list', { input: ['a', 1] }, 'invalid'],
  ['too many dimensions', { dimensions: 1537 }, '<= 1536'],
  ['an unknown encoding', { encoding_format: 'hex' }, "'hex'"],
  ['an unknown field', { fullstop: 1 }, 'fullstop'],
  ['a text that is too long', { input: 'word '.repeat(8200) }, 'maximum context length is 8192'],
  ['too many texts', { input: Array.from({ length: 2049 }, () => 'a') }, 'maximum length 2048'],
  ['a chat model', { model: 'sim-gpt' }, 'does not exist'],
])('refuses: %s', async (_name, changes, text) => {
  const response = await post({ model, input: 'a', ...changes })
  expect(response.status).toBe('model' in changes ? 404 : 400)
  expect(await response.text()).toContain(text)
})

test('faults strike embeddings too, and they are counted', async () => {
  expect((await post({ model: `${model}+status=429`, input: 'a' })).status).toBe(429)
  const cut = await (await post({ model: `${model}+truncated-json`, input: 'a' })).text()
  expect(() => JSON.parse(cut) as unknown).toThrow()
  const before = providers.counts()['trainium']
  await embed('a', {}, 'trainium')
  expect(providers.counts()['trainium']).toMatchObject({ requests: (before?.requests ?? 0) + 1 })
})

test('the models are listed', async () => {
  const listed = (await clientAt('gpu').models.list()).data.map(({ id }) => id)
  expect(listed).toContain(model)
  expect((await clientAt('gpu').models.retrieve(model)).id).toBe(model)
})

function post(body: object): Promise<Response> {
  return fetch(`${providers.url}/gpu/v1/embeddings`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer k' },
    body: JSON.stringify(body),
  })
}
