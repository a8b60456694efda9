import { heapStats } from 'bun:jsc'
import { expect, test } from 'bun:test'
import { parseConfig } from '../../src/config/index.ts'
import { Engine } from '../../src/engine/index.ts'
import type { ExchangeEvidence } from '../../src/evidence/index.ts'
import { FakeClock } from '../support/fake-clock.ts'
import { CHAT_REQUEST, MESSAGES_REQUEST } from '../support/gateway.ts'

const MIB = 1024 * 1024
const ANSWER_BYTES = 2 * MIB
const chunk = (delta: object, finish_reason: string | null = null): string =>
  `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta, finish_reason }] })}\n\n`

/** Streams of two megabytes in pieces of 16 kB, each answer with its number in it; the `silent`-th falls silent before its end. */
function upstream(silent: number): { readonly fetch: () => Promise<Response>; readonly asked: () => number } {
  const encoder = new TextEncoder()
  let asked = 0
  return {
    asked: () => asked,
    fetch: () => {
      asked += 1
      const piece = encoder.encode(chunk({ content: `${String(asked).padStart(3, '0')} ${'x'.repeat(16 * 1024)}` }))
      let left = ANSWER_BYTES
      const isSilent = asked === silent
      const body = new ReadableStream<Uint8Array>({
        pull: (controller) => {
          left -= piece.length
          if (left <= 0 && isSilent) return new Promise(() => {})
          controller.enqueue(left > 0 ? piece.slice() : encoder.encode(`${chunk({}, 'stop')}data: [DONE]\n\n`))
          if (left <= 0) controller.close()
        },
      })
      return Promise.resolve(new Response(body, { headers: { 'content-type': 'text/event-stream' } }))
    },
  }
}

function world(silent = 0): {
  readonly engine: Engine
  readonly clock: FakeClock
  readonly evidence: readonly ExchangeEvidence[]
  readonly asked: () => number
} {
  const yaml =
    'providers:\n  a: { protocol: openai-chat, baseUrl: "http://a.invalid/v1" }\nmodels:\n  m: { platforms: [a/x] }\ndefaults: { delivery: live }\nreplay: { megabytes: 8 }\n'
  const parsed = parseConfig(yaml, { source: 't', env: {} })
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
  const clock = new FakeClock()
  const evidence: ExchangeEvidence[] = []
  const { fetch, asked } = upstream(silent)
  let ordinal = 0
  const engine = new Engine(
    { config: parsed.config },
    {
      clock,
      random: () => 0.5,
      newId: () => `fs_${(ordinal += 1)}`,
      sink: (each) => evidence.push(each),
      upstream: { fetch, decodesBodies: true, showsFraming: false },
    },
  )
  return { engine, clock, evidence, asked }
}

type Reader = ReadableStreamDefaultReader<Uint8Array>

/** Of its answer the client has read one piece, and then reads no more. */
async function begun(engine: Engine, path: string, body: object, key: string): Promise<Reader> {
  const request = new Request(`http://gateway.invalid${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': key },
    body: JSON.stringify({ ...body, stream: true }),
  })
  const response = await engine.fetch(request)
  if (response.body === null || response.status !== 200) throw new Error(`${response.status} ${await response.text()}`)
  const reader = response.body.getReader() as Reader
  await reader.read()
  return reader
}

/** What is still to come, and how that ends. */
async function rest(reader: Reader, clock: FakeClock): Promise<{ readonly bytes: number; readonly text: string }> {
  let bytes = 0
  let last = ''
  try {
    for (;;) {
      const reading = reader.read()
      const read = await Promise.race([reading, Bun.sleep(50).then(() => undefined)])
      // Behind its error event it is aborted in a turn of its own.
      if (read === undefined) clock.advance(1)
      const { done, value } = read ?? (await reading)
      if (done) return { bytes, text: last }
      bytes += value.length
      last = new TextDecoder().decode(value.subarray(-500))
    }
  } catch {
    return { bytes, text: `${last} broken off` }
  }
}

function heldBytes(): number {
  Bun.gc(true)
  const { heapSize, extraMemorySize } = heapStats()
  return Math.max(heapSize, extraMemorySize)
}

const PATHS = [
  ['the same protocol', '/v1/chat/completions', CHAT_REQUEST],
  ['a translation', '/v1/messages', MESSAGES_REQUEST],
] as const

test.each(PATHS)(
  'many clients that do not read a joined answer hold no more than their bound, through %s',
  async (...all) => {
    const [, path, body] = all
    const { engine, clock, evidence, asked } = world()
    const before = heldBytes()
    const owners: Reader[] = []
    const joiners: Reader[] = []
    for (let i = 0; i < 50; i++) {
      owners.push(await begun(engine, path, body, `k${i}`))
      // From here on it is read to its end, whoever reads it.
      joiners.push(await begun(engine, path, body, `k${i}`))
      clock.advance(11_000)
    }
    // Two hundred megabytes of answers; 8 for what is kept, 8 for what is read, and what the runtime has not given back.
    const grown = heldBytes() - before
    expect(grown).toBeLessThan(48 * MIB)
    // Those that stalled are told so when they read on, and the last ones have all of it.
    for (const readers of [owners, joiners]) {
      const [first, last] = [readers[0], readers.at(-1)]
      if (first === undefined || last === undefined) throw new Error('nobody')
      const early = await rest(first, clock)
      expect(early.bytes).toBeLessThan(MIB / 2)
      expect(early.text).toMatch(/was not read for long[\s\S]*broken off$/)
      const whole = await rest(last, clock)
      expect(whole.bytes).toBeGreaterThan(ANSWER_BYTES - MIB / 8)
      expect(whole.text).toMatch(/\[DONE\]|message_stop/)
    }
    expect(asked()).toBe(50)
    const outcomes = evidence.map(({ outcome, errorCode }) => `${outcome} ${errorCode ?? ''}`)
    expect(outcomes.toSorted()).toEqual([
      'broken-off out-of-time',
      'broken-off out-of-time',
      'delivered ',
      'delivered ',
    ])
  },
  60_000,
)

test('a stream whose client has stalled before its end was broken off, and not left by that client', async () => {
  const { engine, clock, evidence } = world(3)
  const ask = (key: string): Promise<Reader> => begun(engine, '/v1/chat/completions', CHAT_REQUEST, key)
  const askTwice = async (key: string): Promise<void> => {
    await ask(key)
    await ask(key)
  }
  for (const key of ['one', 'two']) await askTwice(key)
  // For the last of it there is no room any more.
  const stalled = await ask('silent')
  await expect(ask('silent')).rejects.toThrow('too large')
  for (const key of ['four', 'five', 'six', 'seven']) {
    clock.advance(11_000)
    await askTwice(key)
  }
  expect(evidence.map(({ outcome, errorCode }) => `${outcome} ${errorCode ?? ''}`)).toContain('broken-off out-of-time')
  expect((await rest(stalled, clock)).text).toMatch(/was not read for long[\s\S]*broken off$/)
}, 60_000)

test('clients that read are not dropped, however many there are', async () => {
  const { engine, clock } = world()
  const readers: Reader[] = []
  readers.push(await begun(engine, '/v1/chat/completions', CHAT_REQUEST, 'k'))
  for (let i = 0; i < 20; i++) readers.push(await begun(engine, '/v1/chat/completions', CHAT_REQUEST, 'k'))
  for (const reader of readers) {
    const { bytes, text } = await rest(reader, clock)
    expect([bytes > ANSWER_BYTES - MIB / 8, text.includes('[DONE]')]).toEqual([true, true])
  }
}, 60_000)
