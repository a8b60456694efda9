import { expect, test } from 'bun:test'
import { FakeClock } from '../../../test/support/fake-clock.ts'
import type { CoreResponse } from '../../protocols/core/index.ts'
import { openAiChat } from '../../protocols/openai-chat/index.ts'
import type { Inbound } from '../admission/inbound.ts'
import { AnswerCache } from './answer-cache.ts'

const inbound = {
  protocol: openAiChat,
  facts: { model: 'm' },
  model: 'm',
  degrade: { cacheMs: 3_600_000 },
  caller: { client: undefined, tenant: undefined },
  labels: {},
  headers: new Headers(),
  body: { json: { model: 'm', messages: [] } },
} as unknown as Inbound

const answer: CoreResponse = {
  id: 'a',
  model: 'm',
  choices: [{ content: [{ type: 'text', text: 'All is well.' }], stop: { kind: 'end', raw: undefined } }],
  usage: { inputTokens: 3, outputTokens: 4 },
}

test('a kept answer is found, and billed to nobody', async () => {
  const cache = new AnswerCache({ clock: new FakeClock() })
  cache.keep(inbound, answer)
  expect(await cache.find(inbound)).toEqual({ ...answer, usage: { inputTokens: 0, outputTokens: 0 } })
})

test('what was about to be kept when all was let go of is not kept either', async () => {
  const cache = new AnswerCache({ clock: new FakeClock() })
  cache.keep(inbound, answer)
  cache.clear()
  expect(await cache.find(inbound)).toBeUndefined()
  expect(cache.size).toBe(0)
  cache.keep(inbound, answer)
  expect(await cache.find(inbound)).toBeDefined()
})
