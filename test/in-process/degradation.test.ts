import { afterEach, expect, test } from 'bun:test'
import { createFullstop, GenerateError } from '../../src/index.ts'
import { CHAT_REQUEST } from '../support/gateway.ts'
import { json, startUpstream, type TestUpstream } from '../support/upstream.ts'

const running: TestUpstream[] = []
afterEach(async () => {
  for (const each of running.splice(0)) await each.stop()
})

const HASH = `sha256:${'a'.repeat(64)}`
const URL = 'https://api.openai.com/v1/chat/completions'

async function gateway() {
  const upstream = await startUpstream((_, response) => json(response, 503, { error: { message: 'down' } }))
  running.push(upstream)
  const fullstop = await createFullstop({
    config: {
      providers: { a: { protocol: 'openai-chat', baseUrl: `${upstream.url}/v1` } },
      models: { m: { platforms: ['a/x'] } },
      workflows: {
        soft: { model: 'm', attempts: 1, degrade: { answer: 'Later.' } },
        strict: { model: 'm', profile: 'critical' },
      },
      clients: { shop: { keyHash: HASH } },
      approvals: { approvers: { alice: { keyHash: `sha256:${'b'.repeat(64)}` } } },
    },
  })
  return { fullstop, upstream }
}

const asking = (workflow: string): RequestInit => ({
  method: 'POST',
  headers: { 'x-fullstop-workflow': workflow },
  body: JSON.stringify(CHAT_REQUEST),
})

test('an SDK gets what is degraded with its label; who would get a bare value gets the error', async () => {
  const { fullstop } = await gateway()
  const response = await fullstop.fetch(URL, asking('soft'))
  expect([response.status, response.headers.get('x-fullstop-degraded')]).toEqual([200, 'answer'])
  expect(await response.json()).toMatchObject({ fullstop: { degraded: 'answer' } })
  const failed = fullstop.generate('How is it?', { workflow: 'soft' })
  await expect(failed).rejects.toThrow(GenerateError)
})

test('where nobody could decide, what is critical is refused before anybody is asked', async () => {
  const { fullstop, upstream } = await gateway()
  const response = await fullstop.fetch(URL, asking('strict'))
  expect(response.status).toBe(400)
  expect(await response.text()).toContain('approval-not-possible')
  await expect(fullstop.generate('How is it?', { workflow: 'strict' })).rejects.toThrow('lets a person decide')
  expect(upstream.received).toEqual([])
})
