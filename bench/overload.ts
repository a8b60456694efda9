import { parseConfig } from '../src/config/index.ts'
import { Engine } from '../src/engine/index.ts'
import { newId, systemClock } from '../src/runtime/web/index.ts'

// What overload control costs a healthy exchange: the same engine over an upstream in memory, under `prototype` (not heeded),
// under `customer` (heeded, with hedging), and with every limit of clients and providers on top of it, in turns. µs of an exchange that is not streamed; of many short rounds the tenth
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
  usage: { prompt_tokens: 300, completion_tokens: 4, total_tokens: 304 },
})
const BODY = JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'How is it? '.repeat(100) }] })

const KEY = 'key'
const RATES = 'concurrent: 100000, requestsPerMinute: 1000000, tokensPerMinute: 1000000000'

/** `limits`: of the client and of the providers. */
function engineUnder(defaults: string, limits: { readonly client?: string; readonly provider?: string } = {}): Engine {
  const hash = new Bun.CryptoHasher('sha256').update(KEY).digest('hex')
  const provider = (name: string): string =>
    `  ${name}: { protocol: openai-chat, baseUrl: "http://127.0.0.1:9/v1", limits: { ${limits.provider ?? ''} } }`
  const client = `  c: { keyHash: "sha256:${hash}"${limits.client === undefined ? '' : `, limits: { ${limits.client} }`} }`
  const result = parseConfig(
    `providers:\n${provider('a')}\n${provider('b')}\nmodels:\n  m: { platforms: [a/x, b/x] }\ndefaults: { ${defaults} }\nclients:\n${client}\n`,
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
    const headers = { authorization: `Bearer ${KEY}` }
    const request = new Request('http://127.0.0.1/v1/chat/completions', { method: 'POST', body: BODY, headers })
    const response = await engine.fetch(request)
    if (response.status !== 200) throw new Error(await response.text())
    await response.text()
  }
  return ((performance.now() - startedAt) * 1_000) / EXCHANGES
}

const low = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 10)] ?? 0

const bare = engineUnder('profile: prototype')
const heeded = engineUnder('profile: customer, hedge: p95')
const limited = engineUnder('profile: customer, hedge: p95', { client: `${RATES}, repeats: 100000`, provider: RATES })
const times: Record<'bare' | 'heeded' | 'limited', number[]> = { bare: [], heeded: [], limited: [] }
for (let i = 0; i < ROUNDS + WARM_UP; i++) {
  const [without, withIt, withAll] = [await round(bare), await round(heeded), await round(limited)]
  // The first rounds warm up.
  if (i < WARM_UP) continue
  times.bare.push(without)
  times.heeded.push(withIt)
  times.limited.push(withAll)
}
const [without, withIt, withAll] = [low(times.bare), low(times.heeded), low(times.limited)]
console.log(
  [
    `prototype ${without.toFixed(1)} µs`,
    `customer ${withIt.toFixed(1)} µs, ${(withIt / without).toFixed(3)} times`,
    `with every limit ${withAll.toFixed(1)} µs, ${(withAll / without).toFixed(3)} times`,
  ].join('; '),
)
