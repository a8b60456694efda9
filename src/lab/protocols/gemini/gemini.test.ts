import { afterAll, beforeAll, expect, test } from 'bun:test'
import { startSimulatedProviders } from '../../index.ts'
import type { SimulatedProviders } from '../../index.ts'

let providers: SimulatedProviders
beforeAll(async () => {
  providers = await startSimulatedProviders({ port: 0 })
})
afterAll(() => providers.stop())

interface Chunk {
  readonly candidates?: readonly {
    readonly index: number
    readonly finishReason?: string
    readonly content: { readonly parts?: readonly Part[] }
  }[]
  readonly promptFeedback?: { readonly blockReason: string }
  readonly usageMetadata: Readonly<Record<string, number>>
  readonly totalTokens?: number
}

interface Part {
  readonly text?: string
  readonly thought?: boolean
  readonly thoughtSignature?: string
  readonly functionCall?: { readonly id?: string; readonly name: string; readonly args: object }
}

async function ask(method: string, text: string, more: object = {}, model = 'sim-gemini'): Promise<Chunk> {
  const response = await post(`${model}:${method}`, text, more)
  return (await response.json()) as Chunk
}

async function stream(text: string, more: object = {}, model = 'sim-gemini'): Promise<Chunk[]> {
  const body = await (await post(`${model}:streamGenerateContent?alt=sse`, text, more)).text()
  return body.split('\r\n\r\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line.slice(6)) as Chunk]))
}

function post(path: string, text: string, more: object): Promise<Response> {
  return fetch(`${providers.url}/gpu/v1beta/models/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-goog-api-key': 'k' },
    body: JSON.stringify({ contents: [{ role: 'user', parts: [{ text }] }], ...more }),
  })
}

const partsOf = (chunks: readonly Chunk[]): Part[] =>
  chunks.flatMap(({ candidates }) => candidates?.[0]?.content.parts ?? [])
const textOf = (chunks: readonly Chunk[]): string =>
  partsOf(chunks)
    .filter(({ thought }) => thought !== true)
    .map(({ text = '' }) => text)
    .join('')

test('an answer whole and in chunks, with usage that grows', async () => {
  const whole = await ask('generateContent', '[[say:One and two and three and four and five.]]')
  expect(textOf([whole])).toBe('One and two and three and four and five.')
  const chunks = await stream('[[say:One and two and three and four and five.]]')
  expect(textOf(chunks)).toBe('One and two and three and four and five.')
  expect(chunks.map(({ candidates }) => candidates?.[0]?.finishReason).filter(Boolean)).toEqual(['STOP'])
  const counts = chunks.map(({ usageMetadata }) => usageMetadata['candidatesTokenCount'] ?? 0)
  expect(counts).toEqual(counts.toSorted((left, right) => left - right))
  const {
    promptTokenCount = 0,
    candidatesTokenCount = 0,
    thoughtsTokenCount = 0,
    totalTokenCount,
  } = chunks.at(-1)!.usageMetadata
  expect(totalTokenCount).toBe(promptTokenCount + candidatesTokenCount + thoughtsTokenCount)
  expect(candidatesTokenCount).toBe(10)
})

test('thoughts are shown when asked for and counted always', async () => {
  const generationConfig = { thinkingConfig: { includeThoughts: true } }
  const shown = await stream('Hello', { generationConfig })
  expect(partsOf(shown)[0]).toMatchObject({ thought: true })
  const hidden = await stream('Hello')
  expect(partsOf(hidden).some(({ thought }) => thought)).toBe(false)
  expect(hidden.at(-1)?.usageMetadata['thoughtsTokenCount']).toBeGreaterThan(5)
  const flash = await stream('Hello', {}, 'sim-gemini-flash')
  expect(flash.at(-1)?.usageMetadata).not.toHaveProperty('thoughtsTokenCount')
  expect(JSON.stringify(flash)).not.toContain('thoughtSignature')
})

test('calls made together are whole in a chunk each, and the first alone is signed', async () => {
  const parameters = { type: 'OBJECT', properties: { days: { type: 'INTEGER' } }, required: ['days'] }
  const tools = [{ functionDeclarations: [{ name: 'look', parameters }] }]
  for (const parts of [
    partsOf(await stream('both', { tools })).filter(({ functionCall }) => functionCall !== undefined),
    partsOf([await ask('generateContent', 'both', { tools })]),
  ]) {
    expect(parts.map(({ thoughtSignature }) => thoughtSignature !== undefined)).toEqual([true, false])
    for (const { functionCall } of parts)
      expect(structuredClone(functionCall?.args)).toEqual({ days: expect.any(Number) as number })
    expect(new Set(parts.map(({ functionCall }) => functionCall?.id)).size).toBe(2)
  }
  const flash = partsOf(await stream('both', { tools }, 'sim-gemini-flash'))
  expect(flash.filter(({ functionCall }) => functionCall !== undefined && functionCall.id === undefined)).toHaveLength(
    2,
  )
})

test('a forced function, an allowed one, none', async () => {
  const tools = [{ functionDeclarations: [{ name: 'one' }, { name: 'two' }] }]
  const called = async (functionCallingConfig: object): Promise<(string | undefined)[]> =>
    partsOf([await ask('generateContent', 'Go.', { tools, toolConfig: { functionCallingConfig } })]).map(
      ({ functionCall }) => functionCall?.name,
    )
  expect(await called({ mode: 'ANY', allowedFunctionNames: ['two'] })).toEqual(['two'])
  expect(await called({ mode: 'NONE' })).toEqual([undefined])
})

test('a blocked prompt has feedback and no candidates, whole and streamed', async () => {
  for (const blocked of [await ask('generateContent', '[[refuse]]'), ...(await stream('[[refuse]]'))]) {
    expect(blocked.promptFeedback?.blockReason).toBe('PROHIBITED_CONTENT')
    expect(blocked.candidates).toBeUndefined()
  }
})

test('a limit, a stop sequence, structured output, candidates, a seed', async () => {
  const cut = await ask(
    'generateContent',
    '[[say:a b c d e]]',
    { generationConfig: { maxOutputTokens: 3 } },
    'sim-gemini-flash',
  )
  expect([textOf([cut]), cut.candidates?.[0]?.finishReason]).toEqual(['a b c', 'MAX_TOKENS'])
  const stopped = await ask('generateContent', '[[say:a b c d e]]', { generationConfig: { stopSequences: [' d'] } })
  expect([textOf([stopped]), stopped.candidates?.[0]?.finishReason]).toEqual(['a b c', 'STOP'])
  const responseSchema = {
    type: 'OBJECT',
    properties: { a: { type: 'ARRAY', items: { type: 'BOOLEAN' } } },
    required: ['a'],
  }
  const structured = await ask('generateContent', 'x', {
    generationConfig: { responseMimeType: 'application/json', responseSchema },
  })
  expect(JSON.parse(textOf([structured]))).toEqual({ a: expect.arrayContaining([expect.any(Boolean)]) as boolean[] })
  const config = { generationConfig: { candidateCount: 3, seed: 7 } }
  const many = await ask('generateContent', 'Hello', config)
  expect(many.candidates?.map(({ index }) => index)).toEqual([0, 1, 2])
  const texts = ({ candidates }: Chunk): unknown => candidates?.map(({ content }) => content.parts?.[0]?.text)
  expect(texts(await ask('generateContent', 'Hello', config))).toEqual(texts(many))
  const ends = (await stream('Hello', config)).flatMap(
    ({ candidates }) => candidates?.filter((one) => one.finishReason) ?? [],
  )
  expect(ends.map(({ index }) => index).toSorted()).toEqual([0, 1, 2])
})

test('a beginning of the answer is continued by the older model', async () => {
  const contents = [
    { role: 'user', parts: [{ text: '[[say:One and two.]]' }] },
    { role: 'model', parts: [{ text: 'One and' }] },
  ]
  expect(textOf([await ask('generateContent', '', { contents }, 'sim-gemini-flash')])).toBe(' two.')
})

test('tokens are counted as the answer counts them, also for a whole request', async () => {
  const { usageMetadata } = await ask('generateContent', 'How are you?')
  expect((await ask('countTokens', 'How are you?')).totalTokens).toBe(usageMetadata['promptTokenCount']!)
  const systemInstruction = { parts: [{ text: 'Be brief and friendly.' }] }
  const generateContentRequest = { contents: [{ parts: [{ text: 'How are you?' }] }], systemInstruction }
  const counted = await ask('countTokens', '', { contents: undefined, generateContentRequest })
  expect(counted.totalTokens).toBeGreaterThan(usageMetadata['promptTokenCount']! + 3)
})

test('the models are listed with their limits', async () => {
  const get = async (path: string): Promise<object> =>
    (await (
      await fetch(`${providers.url}/gpu/v1beta/models${path}`, { headers: { 'x-goog-api-key': 'k' } })
    ).json()) as object
  const one = {
    name: 'models/sim-gemini',
    inputTokenLimit: 1_000_000,
    supportedGenerationMethods: ['generateContent', 'countTokens'],
  }
  expect(await get('/sim-gemini')).toMatchObject(one)
  expect((await get('')) as { models: object[] }).toMatchObject({
    models: expect.arrayContaining([expect.objectContaining(one)]) as object[],
  })
})

test('the same seed repeats an answer, its signature included; another platform signs otherwise', async () => {
  const tools = [{ functionDeclarations: [{ name: 'look' }] }]
  const body = JSON.stringify({ contents: [{ parts: [{ text: 'Go.' }] }], tools })
  const at = async (site: SimulatedProviders, platform: string): Promise<string> => {
    const url = `${site.url}/${platform}/v1beta/models/sim-gemini:streamGenerateContent?alt=sse&key=k`
    return (await fetch(url, { method: 'POST', body })).text()
  }
  const sites = await Promise.all([startSimulatedProviders({ port: 0 }), startSimulatedProviders({ port: 0 })])
  const first = await at(sites[0], 'tpu')
  expect(await at(sites[1], 'tpu')).toBe(first)
  expect(await at(sites[0], 'tpu')).not.toBe(first)
  await Promise.all(sites.map((site) => site.stop()))
})
