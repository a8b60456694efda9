import { parseConfig } from '../src/config/index.ts'
import { Engine } from '../src/engine/index.ts'
import { newId, systemClock } from '../src/runtime/web/index.ts'

// What overload control costs a healthy exchange: the same engine over an upstream in memory, under `prototype` (not heeded)
// and under `customer` (heeded, with hedging), in turns. µs of an exchange that is not streamed; of many short rounds the tenth
// percentile, which whatever else runs on the machine disturbs least.

const ROUNDS = 300
const WARM_UP = 20
const EXCHANGES = 200

const ANSWER = JSON.stringify({
  id: 'x',
  object: 'chat.completion',
  created: 1,
  model: 'y',
  choices: [{ index: 0, message: { role: 'assistant', content: 'All is well.' }, finish_reason: 'stop' }],
})
const BODY = JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'How is it? '.repeat(100) }] })

function engineUnder(defaults: string): Engine {
  const result = parseConfig(
    `providers:\n  a: { protocol: openai-chat, baseUrl: "http://127.0.0.1:9/v1" }\n  b: { protocol: openai-chat, baseUrl: "http://127.0.0.1:9/v1" }\nmodels:\n  m: { platforms: [a/x, b/x] }\ndefaults: { ${defaults} }\n`,
    { source: 'bench', env: {} },
  )
  if (!result.ok) throw new Error('the configuration has problems')
  const headers = { 'content-type': 'application/json', 'content-length': String(ANSWER.length) }
  const upstream = {
    fetch: () => Promise.resolve(new Response(ANSWER, { headers })),
    decodesBodies: false,
    showsFraming: false,
  }
  return new Engine(
    { config: result.config, recentExchanges: 0 },
    { clock: systemClock, random: Math.random, newId, upstream },
  )
}

async function round(engine: Engine): Promise<number> {
  const startedAt = performance.now()
  for (let i = 0; i < EXCHANGES; i++) {
    const request = new Request('http://127.0.0.1/v1/chat/completions', { method: 'POST', body: BODY })
    const response = await engine.fetch(request)
    if (response.status !== 200) throw new Error(await response.text())
    await response.text()
  }
  return ((performance.now() - startedAt) * 1_000) / EXCHANGES
}

const low = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 10)] ?? 0

const bare = engineUnder('profile: prototype')
const heeded = engineUnder('profile: customer, hedge: p95')
const times: { readonly bare: number[]; readonly heeded: number[] } = { bare: [], heeded: [] }
for (let i = 0; i < ROUNDS + WARM_UP; i++) {
  const [without, withIt] = [await round(bare), await round(heeded)]
  // The first rounds warm up.
  if (i < WARM_UP) continue
  times.bare.push(without)
  times.heeded.push(withIt)
}
const [without, withIt] = [low(times.bare), low(times.heeded)]
console.log(
  `prototype ${without.toFixed(1)} µs, customer ${withIt.toFixed(1)} µs: ${(withIt - without).toFixed(1)} µs, ${(withIt / without).toFixed(3)} times`,
)
