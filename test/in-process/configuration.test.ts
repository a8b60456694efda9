import { describe, expect, test } from 'bun:test'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadConfiguration } from '../../src/in-process/configuration.ts'
import { ConfigurationError, createFullstop } from '../../src/index.ts'
import { CHAT_ANSWER } from '../support/upstream.ts'

const ENV = { KEY: 'k' }
const directory = mkdtempSync(join(tmpdir(), 'fullstop-'))
const file = (text: string): string => {
  const path = join(directory, 'fullstop.yaml')
  writeFileSync(path, text)
  return path
}

describe('the configuration of a gateway in this process', () => {
  test('is a file, with the environment’s variables', async () => {
    const { config } = await loadConfiguration(file('providers: { a: { protocol: anthropic, apiKey: "${KEY}" } }'), ENV)
    expect(config.providers.get('a')?.apiKeys).toEqual(['k'])
  })

  test('or an object, likewise', async () => {
    const { config } = await loadConfiguration({ providers: { a: { protocol: 'anthropic', apiKey: '${KEY}' } } }, ENV)
    expect(config.providers.get('a')?.apiKeys).toEqual(['k'])
  })

  test('or the keys of the environment, with what is to be known of them', async () => {
    const { config, notices } = await loadConfiguration(undefined, { OPENAI_API_KEY: 'o', GEMINI_API_KEY: 'g' })
    expect([...config.providers.keys()]).toEqual(['openai', 'openai-responses', 'gemini'])
    expect(notices).toEqual([])
  })

  test('without any of them says what to do', async () => {
    expect(loadConfiguration(undefined, {})).rejects.toThrow(
      /pass `config`, or set ANTHROPIC_API_KEY, OPENAI_API_KEY or GEMINI_API_KEY/,
    )
  })

  test('has all its problems in one error, each with its place', async () => {
    const path = file('providers:\n  a: { protocol: anthropik }\n  b: { protocol: anthropic, apiKey: "${NONE}" }\n')
    const error: unknown = await createFullstop({ config: path }).catch((reason: unknown) => reason)
    if (!(error instanceof ConfigurationError)) throw new Error('expected a ConfigurationError')
    expect(error.problems).toHaveLength(2)
    expect(error.message).toMatch(
      /fullstop\.yaml:2:\d+ providers\.a\.protocol: .*\n.*:3:\d+ providers\.b\.apiKey: .*NONE/,
    )
    expect(createFullstop({ config: join(directory, 'none.yaml') })).rejects.toThrow('there is no such file')
  })

  test('asks nobody for a key of its own: that is for callers over the network', async () => {
    const config = {
      providers: { a: { protocol: 'anthropic', apiKey: 'k' } },
      clients: { shop: { keyHash: `sha256:${'0'.repeat(64)}` } },
    } as const
    const fullstop = await createFullstop({ config })
    expect((await fullstop.fetch('https://api.openai.com/v1/models')).status).toBe(200)
  })

  test('takes the schema of a workflow from a file, and every answer of it has to be valid', async () => {
    const path = join(directory, 'answer.json')
    writeFileSync(path, JSON.stringify({ type: 'object', required: ['id'] }))
    const contents = ['{"no": "id"}', '{"id": 1}']
    const config = (schema: string) =>
      ({
        providers: { a: { protocol: 'openai-chat', baseUrl: 'https://a.example/v1' } },
        models: { m: { platforms: ['a/x'] } },
        workflows: { w: { model: 'm', schema } },
      }) as const
    const upstream = (): Promise<Response> => {
      const message = { role: 'assistant', content: contents.shift() }
      return Promise.resolve(Response.json({ ...CHAT_ANSWER, choices: [{ index: 0, message, finish_reason: 'stop' }] }))
    }
    const fullstop = await createFullstop({ config: config(path), fetch: upstream })
    expect(await fullstop.generate('Go.', { workflow: 'w' })).toBe('{"id": 1}')
    expect(contents).toEqual([])
    expect(createFullstop({ config: config('./none.json') })).rejects.toThrow(/none\.json: there is no such file/)
  })
})
