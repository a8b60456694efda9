import { expect, test } from 'bun:test'
import { FakeClock } from '../support/fake-clock.ts'
import { CHAT_REQUEST } from '../support/gateway.ts'
import { useBench } from '../support/gateways.ts'
import { onFakeTime } from '../support/on-fake-time.ts'
import { eventsIn, saying } from '../support/seam-bench.ts'
import { sse, type TestUpstream } from '../support/upstream.ts'

const bench = useBench()

const REQUESTS = 120

test('seams are paid for as retries are, and go around what a breaker keeps', async () => {
  const events = eventsIn(
    'openai-chat',
    saying({ text: 'All is well here. The night was calm, and nobody has called.' }),
  )
  const die = (): Promise<TestUpstream> => bench.upstream((_, response) => sse(response, events.slice(0, 10).join('')))
  const upstreams = await Promise.all([die(), die(), die()])
  const providers = upstreams.map(
    ({ url }, at) => `  p${at}: { protocol: openai-chat, baseUrl: "${url}/v1", prefill: accepted }`,
  )
  const clock = new FakeClock()
  const gateway = bench.gateway(
    `providers:\n${providers.join('\n')}\nmodels:\n  m: { platforms: [p0/x, p1/x, p2/x] }\ndefaults: { profile: customer }\n`,
    { clock, random: () => 0.5 },
  )
  for (let at = 0; at < REQUESTS; at++) {
    const body = { ...CHAT_REQUEST, messages: [{ role: 'user', content: `case ${at}` }], stream: true }
    const response = await onFakeTime(clock, gateway.post('/v1/chat/completions', body))
    await onFakeTime(
      clock,
      response.text().catch(() => undefined),
    )
  }
  const seams = gateway.evidence.flatMap((exchange) => exchange.attempts.filter(({ cause }) => cause === 'seam'))
  const sent = upstreams.reduce((sum, { received }) => sum + received.length, 0)
  expect(seams.length).toBeGreaterThan(5)
  // Four attempts each would be four times as many; 20 % and ten a second of fake time are what the budget has.
  expect(sent).toBeLessThanOrEqual(REQUESTS * 1.2 + 10 * (clock.nowMs() / 1_000 + 10))
  expect(gateway.evidence.some(({ refusedBy }) => refusedBy === 'retry-budget' || refusedBy === 'breaker')).toBe(true)
  expect(gateway.evidence.every(({ outcome }) => outcome !== 'delivered')).toBe(true)
}, 60_000)
