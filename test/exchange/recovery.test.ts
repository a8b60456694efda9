import { describe, expect, test } from 'bun:test'
import type { ServerResponse } from 'node:http'
import { RAMP_MS } from '../../src/resilience/concurrency-limit.ts'
import { FakeClock } from '../support/fake-clock.ts'
import { CHAT_REQUEST, startGateway } from '../support/gateway.ts'
import { useBench } from '../support/gateways.ts'
import { CHAT_ANSWER, CHAT_EVENTS, json } from '../support/upstream.ts'

const bench = useBench()

const STEP_MS = 20
const WARM_UP_MS = 1_500
const OUTAGE_MS = 3_000
const UP_AT_MS = WARM_UP_MS + OUTAGE_MS
const AFTER_MS = 4_500

/** What an upstream saw, on fake time. */
interface Seen {
  readonly arrivalsMs: number[]
  readonly inFlight: { readonly atMs: number; readonly count: number }[]
}

interface Pace {
  readonly streamed: boolean
  /** Of an answer; a stream's first content comes in the middle. */
  readonly answerMs: number
}

/** An upstream that takes its time on the fake clock, and is down when told so. */
async function slow(clock: FakeClock, { streamed, answerMs }: Pace, isUp: () => boolean) {
  const seen: Seen = { arrivalsMs: [], inFlight: [] }
  let running = 0
  const count = (by: number): void => {
    running += by
    seen.inFlight.push({ atMs: clock.nowMs(), count: running })
  }
  const answer = (response: ServerResponse): void => {
    count(1)
    if (streamed) {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      clock.setTimer(() => response.write(CHAT_EVENTS.slice(0, 2).join('')), answerMs / 2)
    }
    clock.setTimer(() => {
      count(-1)
      if (streamed) response.end(CHAT_EVENTS.slice(2).join(''))
      else json(response, 200, CHAT_ANSWER)
    }, answerMs)
  }
  const { url } = await bench.upstream((_, response) => {
    seen.arrivalsMs.push(clock.nowMs())
    if (isUp()) answer(response)
    else json(response, 503, { error: { message: 'down' } })
  })
  return { url, seen }
}

interface Client {
  readonly name: string
  /** When it asked first. */
  readonly askedAtMs: number
  tries: number
  isAnswered: boolean
}

interface Scene extends Pace {
  /** Platforms, in their order; those in `down` fail in the middle. */
  readonly names: string
  readonly down: string
  /** New clients in each step. */
  readonly perStep: number
  /** Who was refused comes back when this next divides the time, all at the same moment, whatever it was told. */
  readonly retryEveryMs: number
}

/** Clients come at a steady rate, before an outage, in it and behind it. */
async function play(scene: Scene): Promise<{ upstreams: readonly Seen[]; clients: readonly Client[] }> {
  const { streamed, names, down, perStep, retryEveryMs } = scene
  const clock = new FakeClock()
  const isOutage = (): boolean => clock.nowMs() >= WARM_UP_MS && clock.nowMs() < UP_AT_MS
  const upstreams = await Promise.all(
    [...names].map((name) => slow(clock, scene, () => !isOutage() || !down.includes(name))),
  )
  const providers = upstreams.map(
    ({ url }, i) => `  ${names.charAt(i)}: { protocol: openai-chat, baseUrl: "${url}/v1" }`,
  )
  const platforms = [...names].map((name) => `${name}/x`)
  const yaml = `providers:\n${providers.join('\n')}\nmodels:\n  m: { platforms: [${platforms}] }\ndefaults: { profile: customer }\n`
  const gateway = startGateway(yaml, { clock, random: () => 0.5 })
  const clients: Client[] = []
  const pending = new Set<Promise<void>>()
  const visit = async (client: Client): Promise<void> => {
    const body = { ...CHAT_REQUEST, stream: streamed, messages: [{ role: 'user', content: client.name }] }
    // Straight to the engine: a runtime's own limit on requests at once is over clients and upstreams together.
    const request = new Request(`${gateway.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-stainless-retry-count': String(client.tries) },
      body: JSON.stringify(body),
    })
    client.tries += 1
    const response = await gateway.engine.fetch(request)
    const text = await response.text().catch(() => 'broken off')
    client.isAnswered = response.ok && (text.includes('[DONE]') || !streamed)
    if (!client.isAnswered) clock.setTimer(() => start(client), retryEveryMs - (clock.nowMs() % retryEveryMs))
  }
  const start = (client: Client): void => {
    const each = visit(client).finally(() => pending.delete(each))
    pending.add(each)
  }
  const endMs = UP_AT_MS + AFTER_MS
  while (clock.nowMs() < endMs || pending.size > 0) {
    for (let i = 0; i < perStep && clock.nowMs() < endMs; i++) {
      const client = { name: `client ${clients.length}`, askedAtMs: clock.nowMs(), tries: 0, isAnswered: false }
      clients.push(client)
      start(client)
    }
    // Turns in which sockets get where they are going.
    for (let turn = 0; turn < 3; turn++) await new Promise<void>((resolve) => void setTimeout(resolve, 0))
    clock.advance(STEP_MS)
  }
  await gateway.stop(0)
  return { upstreams: upstreams.map(({ seen }) => seen), clients }
}

/** When the first probe after the outage is sent. */
const probedAtMs = ({ inFlight }: Seen): number => inFlight.find(({ atMs }) => atMs >= UP_AT_MS)?.atMs ?? Number.NaN

/** What sockets and turns of the clock may blur, ms. */
const BLUR_MS = 60

/** At every moment of the first second, no more at once than what 20 have grown to. */
function expectRamp({ inFlight }: Seen, fromMs: number): void {
  const growing = inFlight.filter(({ atMs }) => atMs >= fromMs && atMs < fromMs + RAMP_MS)
  expect(growing.length).toBeGreaterThan(20)
  const above = growing.filter(({ atMs, count }) => count > 20 * 50 ** ((atMs - fromMs + BLUR_MS) / RAMP_MS))
  expect(above).toEqual([])
}

describe.each([
  ['streamed', true],
  ['not streamed', false],
])('after an outage, %s', (_, streamed) => {
  test('a lone platform meets no herd: what waited comes back from 20 at once, and a second later nobody is refused', async () => {
    const answerMs = 1_000
    const scene = { streamed, answerMs, names: 'a', down: 'a', perStep: 1, retryEveryMs: 100 }
    const { upstreams, clients } = await play(scene)
    const [seen] = upstreams
    if (seen === undefined) throw new Error('no upstream')
    // In the outage, once the last answer from before it is over, probes alone.
    const probes = seen.arrivalsMs.filter((atMs) => atMs >= WARM_UP_MS + answerMs && atMs < UP_AT_MS)
    expect(probes.length).toBeLessThanOrEqual(OUTAGE_MS / 1_000 + 2)
    const probeMs = probedAtMs(seen)
    expect(probeMs - UP_AT_MS).toBeLessThanOrEqual(1_000)
    // It is the last resort: a stream's first content lets others through.
    const fromMs = probeMs + (streamed ? answerMs / 2 : answerMs)
    expectRamp(seen, fromMs)
    const later = clients.filter(({ askedAtMs }) => askedAtMs >= fromMs + RAMP_MS + BLUR_MS)
    expect(later.length).toBeGreaterThan(50)
    expect(later.filter(({ tries }) => tries !== 1)).toEqual([])
    expect(clients.filter(({ isAnswered }) => !isAnswered)).toEqual([])
  }, 60_000)

  test('the first of two gets its load back likewise, the rest goes on to the second, and nobody notices', async () => {
    // 400 a second: 80 at once.
    const scene = { streamed, answerMs: 200, names: 'ab', down: 'a', perStep: 8, retryEveryMs: 1_000 }
    const { upstreams, clients } = await play(scene)
    const [first, second] = upstreams
    if (first === undefined || second === undefined) throw new Error('no upstream')
    const fromMs = probedAtMs(first) + 200
    expectRamp(first, fromMs)
    const behind = ({ arrivalsMs }: Seen): number => arrivalsMs.filter((atMs) => atMs >= fromMs + RAMP_MS).length
    expect(behind(first)).toBeGreaterThan(200)
    expect(behind(second)).toBe(0)
    expect(clients.filter(({ isAnswered, tries }) => !isAnswered || tries !== 1)).toEqual([])
  }, 60_000)
})
