// How often each kind of seam rescues a text whose platform died, on providers that sample independently: the table of
// docs/resilience.md. `bun scripts/measure-seams.ts [REQUESTS]`
import { parseConfigObject } from '../src/config/index.ts'
import type { ExchangeEvidence } from '../src/evidence/index.ts'
import { isWholeText, type Scenario, startSimulatedProviders } from '../src/lab/index.ts'
import { startServer } from '../src/server/index.ts'

const REQUESTS = Number(process.argv[2] ?? 400)
const WIDTH = 16
const SEED = 1

/** Each stream of the first platform dies within its first sentences; the others are healthy. */
const DYING: Scenario = {
  name: 'first platform dies',
  description: 'Every stream of trainium ends after 5 to 60 content events.',
  platforms: {
    trainium: [{ label: 'dies', share: 1, draw: (random) => ({ name: 'cut-eof', value: random.integer(5, 60) }) }],
  },
}

const PROMPTS = [
  'A customer asks where the parcel is. Write a short and friendly reply.',
  'What will the weather be like on the coast tomorrow, and should the ferry run?',
  'Explain to a customer why the invoice shows two charges for one order.',
  'Review this: it opens a file and returns early when the header is wrong.',
]

interface Row {
  readonly name: string
  readonly model: string
  readonly prefill: 'accepted' | 'never'
  readonly seam: 'proven' | 'instruct'
  readonly temperature: number
}

const ROWS: readonly Row[] = [
  {
    name: 'same model continues a half answer',
    model: 'sim-haiku',
    prefill: 'accepted',
    seam: 'proven',
    temperature: 1,
  },
  {
    name: 'declared to, but refuses it (400)',
    model: 'sim-sonnet',
    prefill: 'accepted',
    seam: 'proven',
    temperature: 1,
  },
  {
    name: 'declared to, but answers anew',
    model: 'sim-gpt',
    prefill: 'accepted',
    seam: 'proven',
    temperature: 1,
  },
  { name: 'no prefill, temperature 1', model: 'sim-haiku', prefill: 'never', seam: 'proven', temperature: 1 },
  { name: 'no prefill, temperature 0', model: 'sim-haiku', prefill: 'never', seam: 'proven', temperature: 0 },
  {
    name: 'no prefill, temperature 1, `seam: instruct`',
    model: 'sim-haiku',
    prefill: 'never',
    seam: 'instruct',
    temperature: 1,
  },
]

async function measure({ model, prefill, seam, temperature }: Row) {
  const isOpenAi = model === 'sim-gpt'
  const providers = await startSimulatedProviders({ port: 0, seed: SEED, scenario: DYING, tokenDelayMs: 8 })
  const parsed = parseConfigObject(
    {
      providers: Object.fromEntries(
        providers.platforms.map((name) => [
          name,
          {
            protocol: isOpenAi ? 'openai-chat' : 'anthropic',
            baseUrl: `${providers.url}/${name}${isOpenAi ? '/v1' : ''}`,
            apiKey: 'simulated',
            prefill,
          },
        ]),
      ),
      models: { m: { platforms: providers.platforms.map((name) => `${name}/${model}`) } },
      defaults: { profile: 'prototype', seam, attempts: 6, replay: 'off' },
    },
    { env: {} },
  )
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
  const evidence: ExchangeEvidence[] = []
  const server = startServer(
    { config: parsed.config, hostname: '127.0.0.1', port: 0 },
    { sink: (each) => evidence.push(each) },
  )
  let wholeTexts = 0
  let falseTexts = 0
  let next = 0
  const lane = async (): Promise<void> => {
    for (let at = next++; at < REQUESTS; at = next++) {
      const text = await ask(server.url, at, temperature)
      if (text === undefined) continue
      if (isWholeText(text)) wholeTexts += 1
      else falseTexts += 1
    }
  }
  await Promise.all(Array.from({ length: WIDTH }, lane))
  await server.stop(1_000)
  await providers.stop()
  // Those of which the client had something when the platform died.
  const cut = evidence.filter(({ seams }) => seams !== undefined)
  const rescued = (kind: string): number =>
    cut.filter(
      ({ outcome, seams }) =>
        outcome === 'delivered' && seams?.some((each) => each.kind === kind && each.outcome === 'joined'),
    ).length
  const tries = cut.reduce((sum, { seams }) => sum + (seams?.length ?? 0), 0)
  return {
    cut: cut.length,
    prefill: rescued('prefill'),
    regenerate: rescued('regenerate'),
    instruct: rescued('instruct'),
    honest: cut.filter(({ outcome }) => outcome === 'broken-off').length,
    tries,
    wholeTexts,
    falseTexts,
  }
}

/** The text of a finished answer; `undefined` where the client saw an error. */
async function ask(url: string, at: number, temperature: number): Promise<string | undefined> {
  const response = await fetch(`${url}/v1/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      model: 'm',
      max_tokens: 1024,
      stream: true,
      temperature,
      messages: [{ role: 'user', content: `${PROMPTS[at % PROMPTS.length]} (Case ${at}.) [[checksum]]` }],
    }),
  })
  try {
    const events = (await response.text()).matchAll(/^data: (.*)$/gm)
    const messages = [...events].map(([, data = '']) => JSON.parse(data) as { type: string; delta?: { text?: string } })
    if (!response.ok || messages.at(-1)?.type !== 'message_stop') return undefined
    return messages.map(({ delta }) => delta?.text ?? '').join('')
  } catch {
    return undefined
  }
}

console.log(
  '| platforms that go on | cut after text was delivered | prefill | regenerate | instruct | broken off | attempts for a seam |',
)
console.log('|---|---|---|---|---|---|---|')
for (const row of ROWS) {
  const { cut, prefill, regenerate, instruct, honest, tries, wholeTexts, falseTexts } = await measure(row)
  const share = (count: number): string => `${((100 * count) / Math.max(1, cut)).toFixed(1)} %`
  console.log(
    `| ${row.name} | ${cut} of ${REQUESTS} | ${share(prefill)} | ${share(regenerate)} | ${share(instruct)} | ${share(honest)} | ${(tries / Math.max(1, cut)).toFixed(2)} |`,
  )
  console.error(`  ${row.name}: whole by their own checksum ${wholeTexts}, finished and not so ${falseTexts}`)
}
