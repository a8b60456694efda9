import { pathToFileURL } from 'node:url'
import type { Fullstop } from '../src/index.ts'

// What `fullstop.fetch` adds to a chat call that is not streamed, in CPU time of the whole process, over calling the
// upstream's `fetch` directly. On Node, with the built package, without a network: `npm run bench:in-process`.

const CALLS_PER_ROUND = 2_000
const ROUNDS = 15
const WARM_UP_ROUNDS = 4
const BUDGET_US = 60

const URL = 'https://api.openai.com/v1/chat/completions'
const REQUEST = JSON.stringify({
  model: 'gpt-4o',
  messages: [
    { role: 'system', content: 'You answer questions about orders.' },
    { role: 'user', content: 'Where is my order? '.repeat(20) },
  ],
})
const ANSWER = JSON.stringify({
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1_700_000_000,
  model: 'gpt-4o-2024-08-06',
  choices: [
    {
      index: 0,
      message: { role: 'assistant', content: 'Your order '.repeat(110), refusal: null },
      finish_reason: 'stop',
    },
  ],
  usage: { prompt_tokens: 90, completion_tokens: 221, total_tokens: 311 },
})

type Call = (input: string, init: RequestInit) => Promise<Response>

/** The two ways of a body from a provider: its length announced, or in chunks. */
const UPSTREAMS: readonly (readonly [string, Call])[] = [
  ['announced', upstream({ 'content-type': 'application/json', 'content-length': String(ANSWER.length) })],
  ['chunked', upstream({ 'content-type': 'application/json' })],
]

function upstream(headers: Record<string, string>): Call {
  return () => Promise.resolve(new Response(ANSWER, { headers }))
}

/** As an SDK does: headers, a signal of its own, the answer parsed. */
async function call(fetch: Call): Promise<void> {
  const headers = new Headers({
    'content-type': 'application/json',
    authorization: 'Bearer unused',
    accept: 'application/json',
  })
  const { signal } = new AbortController()
  const response = await fetch(URL, { method: 'POST', headers, body: REQUEST, signal })
  if (!response.ok) throw new Error(`status ${response.status}: ${await response.text()}`)
  await response.json()
}

async function cpuPerCallUs(fetch: Call): Promise<number> {
  const before = process.cpuUsage()
  for (let count = 0; count < CALLS_PER_ROUND; count++) await call(fetch)
  const { user, system } = process.cpuUsage(before)
  return (user + system) / CALLS_PER_ROUND
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}

// By a computed name: this file is bundled for Node, and the package is to be measured as it was built.
const entry = pathToFileURL('dist/index.js').href
const { createFullstop } = (await import(entry)) as typeof import('../src/index.ts')

let worst = 0
for (const [name, fetch] of UPSTREAMS) {
  const fullstop: Fullstop = await createFullstop({
    config: {
      providers: { openai: { protocol: 'openai-chat', apiKey: 'unused' } },
      models: { 'gpt-4o': { platforms: ['openai/gpt-4o'] } },
    },
    fetch,
  })
  const direct: number[] = []
  const through: number[] = []
  for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round++) {
    const a = await cpuPerCallUs(fetch)
    const b = await cpuPerCallUs(fullstop.fetch)
    if (round < 0) continue
    direct.push(a)
    through.push(b)
  }
  const added = median(through.map((us, round) => us - (direct[round] ?? 0)))
  worst = Math.max(worst, added)
  console.log(
    `${name.padEnd(10)} direct ${median(direct).toFixed(1)} µs, through ${median(through).toFixed(1)} µs, added ${added.toFixed(1)} µs of CPU a call`,
  )
}
const calls = CALLS_PER_ROUND * ROUNDS
console.log(`${calls} calls each way, node ${process.version}, an answer of ${ANSWER.length} bytes`)
console.log(`budget ${worst <= BUDGET_US ? 'met' : 'MISSED'}: ${worst.toFixed(1)} of ${BUDGET_US} µs`)
if (worst > BUDGET_US) process.exitCode = 1
