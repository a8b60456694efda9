import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { ProtocolName } from '../../src/protocols/core/index.ts'
import type { RunningServer } from '../../src/server/index.ts'
import { PROTOCOLS } from '../support/corpus.ts'
import { answerOf, contentOf, type Scenario } from './answers.ts'
import type { ClientPath, Reading } from './client-path.ts'
import { CLIENT_PATHS } from './clients.ts'
import { alone, hasCustomTools, startGateway } from './gateway.ts'
import { inParallel } from './pool.ts'
import { FAULTS, type Script, scriptsFor, toModel, whole } from './script.ts'
import { type ScriptedUpstream, startUpstream } from './upstream.ts'

let upstream: ScriptedUpstream
let gateway: RunningServer
beforeAll(async () => {
  upstream = await startUpstream()
  gateway = startGateway({ upstreamUrl: upstream.url })
})
afterAll(async () => {
  await gateway.stop(0)
  await upstream.stop()
})

/** For hundreds of exchanges, some of which wait for a time-out; they take a tenth of this. */
const LIMIT_MS = 60_000

type Delivery = 'live' | 'hold'

const DELIVERIES: readonly Delivery[] = ['live', 'hold']
const ROUTES = CLIENT_PATHS.flatMap((path) =>
  PROTOCOLS.map((provider) => ({ path, provider, name: nameOf(path, provider) })),
)

function nameOf(path: ClientPath, provider: ProtocolName): string {
  return `${path.name}, ${provider} upstream`
}

function scenariosFor({ protocol }: ClientPath, provider: ProtocolName): readonly Scenario[] {
  const both = hasCustomTools(protocol) && hasCustomTools(provider)
  return both ? ['text', 'tool', 'parallel', 'custom'] : ['text', 'tool', 'parallel']
}

interface Case {
  readonly path: ClientPath
  readonly provider: ProtocolName
  readonly script: Script
  readonly delivery: Delivery
}

function ask({ path, provider, script, delivery }: Case): Promise<Reading> {
  const headers = { 'x-fullstop-delivery': delivery }
  return path.ask({ url: gateway.url, model: alone(script, provider), scenario: script.scenario, headers })
}

describe('a whole answer is a success with the same content', () => {
  test.each(ROUTES)('$name', async ({ path, provider }) => {
    const scenarios: readonly Scenario[] = [...scenariosFor(path, provider), 'empty-arguments', 'limited-text']
    const cases = scenarios.flatMap((scenario) =>
      DELIVERIES.map((delivery): Case => ({ path, provider, delivery, script: whole(scenario) })),
    )
    await inParallel(cases, async (each) => {
      const { outcome, text, toolCalls, error, headers } = await ask(each)
      const got = { outcome, error, text, toolCalls, attempts: headers.get('x-fullstop-attempts') }
      const { scenario } = each.script
      expect(got).toEqual({ outcome: 'success', error: '', attempts: '1', ...contentOf(answerOf(scenario, 'first')) })
    })
  })
})

describe('with one platform that always fails, an incomplete answer is never a success', () => {
  test.concurrent.each(ROUTES)(
    '$name',
    async ({ path, provider }) => {
      const scripts = scenariosFor(path, provider).flatMap((scenario) =>
        FAULTS.flatMap((fault) => scriptsFor(scenario, fault, { provider, streamed: path.streamed })),
      )
      // An answer that is not streamed is held in any case.
      const deliveries: readonly Delivery[] = path.streamed ? DELIVERIES : ['live']
      const cases = scripts.flatMap((script) =>
        deliveries.map((delivery): Case => ({ path, provider, delivery, script })),
      )
      const wrong = await inParallel(cases, async (each) => {
        const reading = await ask(each)
        const place = `${toModel(each.script)} ${each.delivery}`
        if (reading.outcome === 'success') return [`${place}: success with ${JSON.stringify(reading.text)}`]
        if (reading.timedOut) return [`${place}: the client was left waiting`]
        if (reading.toolCalls.length > 0) return [`${place}: a tool call was shown`]
        if (each.delivery === 'hold' && reading.text !== '') return [`${place}: text was shown`]
        if (!isExplained(reading)) return [`${place}: not our error: ${reading.error}`]
        return []
      })
      expect(wrong.flat()).toEqual([])
      expect(cases.length).toBeGreaterThan(path.streamed ? 100 : 25)
    },
    LIMIT_MS,
  )
})

/** The client shows Fullstop's own words, not merely a connection that broke. */
function isExplained({ error }: Reading): boolean {
  return error.includes('No complete answer after')
}
