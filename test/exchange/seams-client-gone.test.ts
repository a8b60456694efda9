import { expect, test } from 'bun:test'
import { parseConfigObject } from '../../src/config/index.ts'
import { Engine } from '../../src/engine/index.ts'
import type { ExchangeEvidence } from '../../src/evidence/index.ts'
import { FakeClock } from '../support/fake-clock.ts'
import { CHAT_REQUEST } from '../support/gateway.ts'
import { eventsIn, saying } from '../support/seam-bench.ts'

test('a client that leaves while its text waits to go on costs no further attempt', async () => {
  const parsed = parseConfigObject(
    {
      providers: { a: { protocol: 'openai-chat', baseUrl: 'https://a.example/v1', prefill: 'accepted' } },
      models: { m: { platforms: ['a/x'] } },
      defaults: { profile: 'customer' },
    },
    { env: {} },
  )
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
  const clock = new FakeClock()
  const evidence: ExchangeEvidence[] = []
  let sent = 0
  const text = 'All is well here. The night was calm, and nobody has called since.'
  const engine = new Engine(
    { config: parsed.config },
    {
      clock,
      random: () => 1,
      newId: () => 'fs-1',
      upstream: {
        // The lone platform dies; it would be asked again, after a wait.
        fetch: () => {
          sent += 1
          const body = eventsIn('openai-chat', saying({ text })).slice(0, 12).join('')
          return Promise.resolve(new Response(body, { headers: { 'content-type': 'text/event-stream' } }))
        },
        decodesBodies: true,
        showsFraming: false,
      },
      sink: (each) => evidence.push(each),
    },
  )
  const response = await engine.fetch(
    new Request('http://gateway/v1/chat/completions', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...CHAT_REQUEST, stream: true }),
    }),
  )
  const reader = response.body?.getReader()
  const first = await reader?.read()
  expect(new TextDecoder().decode(first?.value)).toContain('well')
  // Being read, the stream finds its platform dead and waits; the client leaves then.
  const pending = reader?.read()
  for (let turn = 0; turn < 5; turn++) await new Promise<void>((resolve) => setImmediate(resolve))
  expect(clock.pendingTimers).toBeGreaterThan(0)
  await reader?.cancel()
  for (let turn = 0; turn < 20; turn++) {
    clock.advance(1_000)
    await new Promise<void>((resolve) => setImmediate(resolve))
  }
  await pending
  expect(sent).toBe(1)
  expect(evidence.map(({ outcome }) => outcome)).toEqual(['client-gone'])
})
