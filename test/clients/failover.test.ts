import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { ProtocolName } from '../../src/protocols/core/index.ts'
import type { RunningServer } from '../../src/server/index.ts'
import { answerOf, contentOf, type Scenario } from './answers.ts'
import type { ClientPath, Reading } from './client-path.ts'
import { CLIENT_PATHS } from './clients.ts'
import { alone, backed, hasCustomTools, startGateway } from './gateway.ts'
import { inParallel } from './pool.ts'
import { type Fault, FAULTS, type Script, scriptsFor, toModel, whole } from './script.ts'
import { type ScriptedUpstream, startUpstream } from './upstream.ts'

let upstream: ScriptedUpstream
let gateway: RunningServer
beforeAll(async () => {
  upstream = await startUpstream()
  gateway = startGateway({ upstreamUrl: upstream.url, patienceMs: 800 })
})
afterAll(async () => {
  await gateway.stop(0)
  await upstream.stop()
})

/** For hundreds of exchanges, some of which wait for a time-out; they take a tenth of this. */
const LIMIT_MS = 60_000

interface Case {
  readonly path: ClientPath
  readonly script: Script
  readonly first: ProtocolName
  readonly second: ProtocolName
  readonly delivery: 'live' | 'hold'
}

/** For each protocol another one, all four in turn; the sixteen pairs are in completion.test.ts. */
const OTHER: Readonly<Record<ProtocolName, ProtocolName>> = {
  anthropic: 'openai-chat',
  'openai-chat': 'gemini',
  gemini: 'openai-responses',
  'openai-responses': 'anthropic',
}

/** Both platforms speak as the client does, or neither, or only the faulty one. */
function routesFor({ protocol }: ClientPath): readonly (readonly [ProtocolName, ProtocolName])[] {
  const translated = OTHER[protocol]
  return [
    [protocol, protocol],
    [translated, translated],
    [protocol, translated],
  ]
}

function casesFor(path: ClientPath, delivery: 'live' | 'hold'): readonly Case[] {
  return routesFor(path).flatMap(([first, second]) => {
    const scenarios: readonly Scenario[] = [path.protocol, first, second].every(hasCustomTools)
      ? ['text', 'tool', 'parallel', 'custom']
      : ['text', 'tool', 'parallel']
    const asked = { provider: first, streamed: path.streamed }
    const scripts = scenarios.flatMap((scenario) => FAULTS.flatMap((fault) => scriptsFor(scenario, fault, asked)))
    return scripts.map((script) => ({ path, script, first, second, delivery }))
  })
}

const ENDING_FAULTS: ReadonlySet<Fault> = new Set(['noterm', 'nostop', 'bad-arguments'])

/** Text has reached the client of a live stream when the fault comes. Tool calls never do before the proof. */
function isAfterText({ script, path, delivery }: Case): boolean {
  if (!path.streamed || delivery === 'hold' || script.fault === 'wrong-type') return false
  const hasText = answerOf(script.scenario, 'first').text.length > 0
  return hasText && (ENDING_FAULTS.has(script.fault) || script.position !== 'start')
}

function ask({ path, script, first, second, delivery }: Case): Promise<Reading> {
  const headers = { 'x-fullstop-delivery': delivery }
  return path.ask({ url: gateway.url, model: backed(script, first, second), scenario: script.scenario, headers })
}

/** Nothing but the second platform's answer, and the headers that say so. */
function isInvisible({ script, second }: Case, { outcome, text, toolCalls, headers }: Reading): boolean {
  const due = contentOf(answerOf(script.scenario, 'second'))
  const platform = alone(whole(script.scenario, 'second'), second)
  const isFromSecond = headers.get('x-fullstop-attempts') === '2' && headers.get('x-fullstop-platform') === platform
  return outcome === 'success' && isFromSecond && Bun.deepEquals({ text, toolCalls }, due)
}

/** What was delivered cannot be taken back, and no other platform's words may follow it. */
function isHonest({ script }: Case, { outcome, text, toolCalls, error }: Reading): boolean {
  const first = contentOf(answerOf(script.scenario, 'first')).text
  const isOurError = outcome === 'error' && error.includes('No complete answer after 1 attempt')
  return isOurError && first.startsWith(text) && toolCalls.length === 0
}

interface Seen {
  readonly each: Case
  readonly reading: Reading
}

function play(cases: readonly Case[]): Promise<readonly Seen[]> {
  return inParallel(cases, async (each) => ({ each, reading: await ask(each) }))
}

/** Few of them tell as much as all. */
function described(wrong: readonly Seen[]): readonly string[] {
  const lines = wrong.map(({ each, reading }) => `${place(each)}: ${JSON.stringify(reading)}`)
  return wrong.length <= 5 ? lines : [`${wrong.length} cases, among them`, ...lines.slice(0, 5)]
}

async function expectInvisible(cases: readonly Case[]): Promise<void> {
  const seen = await play(cases)
  expect(described(seen.filter(({ each, reading }) => !isInvisible(each, reading)))).toEqual([])
}

function place({ script, first, second, delivery }: Case): string {
  return `${toModel(script)} ${first}+${second} ${delivery}`
}

const STREAMED = CLIENT_PATHS.filter(({ streamed }) => streamed)
const NOT_STREAMED = CLIENT_PATHS.filter(({ streamed }) => !streamed)

describe('with a healthy platform behind the faulty one', () => {
  test.concurrent.each(STREAMED)(
    '$name, live: every fault before the first delivered text is invisible',
    async (path) => {
      const cases = casesFor(path, 'live').filter((each) => !isAfterText(each))
      expect(cases.length).toBeGreaterThan(50)
      await expectInvisible(cases)
    },
    LIMIT_MS,
  )

  test.concurrent.each(STREAMED)(
    '$name, live: a fault after delivered text is an error, with nothing behind it',
    async (path) => {
      const seen = await play(casesFor(path, 'live').filter(isAfterText))
      const honest = seen.filter(({ each, reading }) => isHonest(each, reading))
      // On a busy machine text and fault may arrive in one piece; then nothing was delivered, and the second answers.
      const rest = seen.filter(({ each, reading }) => !isHonest(each, reading))
      expect(described(rest.filter(({ each, reading }) => !isInvisible(each, reading)))).toEqual([])
      expect(honest.length).toBeGreaterThan(seen.length / 2)
    },
    LIMIT_MS,
  )

  test.concurrent.each(STREAMED)(
    '$name, hold: every fault is invisible',
    async (path) => {
      const cases = casesFor(path, 'hold')
      expect(cases.length).toBeGreaterThan(100)
      await expectInvisible(cases)
    },
    LIMIT_MS,
  )

  test.concurrent.each(NOT_STREAMED)(
    '$name: every fault is invisible',
    async (path) => {
      const cases = casesFor(path, 'live')
      expect(cases.length).toBeGreaterThan(50)
      await expectInvisible(cases)
    },
    LIMIT_MS,
  )
})
