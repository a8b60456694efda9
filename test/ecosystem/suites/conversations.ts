import { deepEqual, equal, match, ok, rejects } from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, describe, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { isWholeObject, isWholeText } from '../../../src/lab/model/checksum.ts'
import { isJsonObject, parseJson } from '../../../src/protocols/core/index.ts'
import type { AppTool, ChatClient, Settings } from '../conversations/conversation.ts'
import { CHAT_CLIENTS } from '../conversations/index.ts'
import { modelAt, slowModelAt, startSimulated } from '../conversations/simulated.ts'
import { withoutStrayRejections } from '../conversations/stray-rejections.ts'
import { isServed, type ProtocolName, SERVED } from '../served.ts'

const gateway = await startSimulated()
after(() => gateway.stop())

/** A gateway that has seen a client go says so at once; a busy machine gets this long, ms. */
const NOTICE_LIMIT_MS = 10_000

function settingsFor(provider: ProtocolName, more: Partial<Settings>): Settings {
  return { url: gateway.url, model: modelAt(provider), streamed: false, reasoning: false, tools: [], ...more }
}

interface Tools {
  readonly tools: readonly AppTool[]
  readonly made: readonly string[]
}

/** Tools that note their calls, with results that nobody could guess. */
function notingTools(): Tools {
  const made: string[] = []
  const tools = ['get_tide', 'get_wind'].map((name): AppTool => {
    const run: AppTool['run'] = ({ harbour }) => {
      made.push(`${name} ${harbour}`)
      return `${resultOf(name, harbour)} and that is all`
    }
    return { name, description: `The ${name.slice(4)} of a harbour.`, run }
  })
  return { tools, made }
}

/** Without anything that JSON would write otherwise: some libraries wrap a result in an object. */
function resultOf(name: string, harbour: string): string {
  return `${name}: ${harbour.length * 7}`
}

function order(name: string, harbour: string): string {
  return `[[call ${name} ${JSON.stringify({ harbour })}]]`
}

function describeClient(client: ChatClient, provider: ProtocolName): void {
  for (const streamed of [true, false]) {
    const how = streamed ? 'streamed' : 'whole'

    test(`${how}: the text, proven by its own last words`, async () => {
      let shown = ''
      const onText = (text: string): void => void (shown += text)
      const conversation = client.converse(settingsFor(provider, { streamed, onText }))
      const text = await conversation.say('Tell me about the tides. [[checksum]]')
      ok(isWholeText(text), text)
      if (streamed) equal(shown, text)
    })

    for (const reasoning of [false, true])
      test(`${how}${reasoning ? ', with reasoning' : ''}: calls, results and answers over several turns`, async () => {
        const { tools, made } = notingTools()
        const conversation = client.converse(settingsFor(provider, { streamed, reasoning, tools }))
        const first = await conversation.say(
          `Both tides. ${order('get_tide', 'Bergen')} ${order('get_tide', 'Ålesund')}`,
        )
        deepEqual(made, ['get_tide Bergen', 'get_tide Ålesund'])
        match(first, new RegExp(resultOf('get_tide', 'Ålesund')))
        const second = await conversation.say(`And the wind. ${order('get_wind', 'Oslo "quay"')}`)
        deepEqual(made.slice(2), ['get_wind Oslo "quay"'])
        match(second, new RegExp(resultOf('get_wind', 'Oslo "quay"')))
        const last = await conversation.say('Thank you. [[say:Fair winds!]]')
        equal(last, 'Fair winds!')
      })
  }

  const { extract } = client
  if (extract !== undefined)
    test('an object that the client has checked against its schema', async () => {
      const object = await extract(settingsFor(provider, {}), 'Make a support ticket as JSON of this: my kettle sings.')
      ok(isWholeObject(object), JSON.stringify(object))
    })

  test('an abort in mid-stream lets the provider go', async () => {
    const run = randomUUID()
    const leaving = new AbortController()
    const { signal } = leaving
    const onText = (text: string): void => void (text !== '' && leaving.abort())
    const headers = { 'x-fullstop-run': run }
    const model = slowModelAt(provider)
    const conversation = client.converse(settingsFor(provider, { model, streamed: true, signal, onText, headers }))
    await withoutStrayRejections(() => rejects(() => conversation.say('Tell me a long story about the tides.')))
    ok(signal.aborted)
    equal(await outcomeOf(run), 'client-gone')
  })
}

/** How the gateway saw the exchange of this run end. */
async function outcomeOf(run: string): Promise<unknown> {
  for (let waitedMs = 0; waitedMs < NOTICE_LIMIT_MS; waitedMs += 50) {
    const listed = parseJson(await (await fetch(`${gateway.url}/api/exchanges`)).text())
    const exchanges = isJsonObject(listed) && Array.isArray(listed.exchanges) ? listed.exchanges : []
    const own = exchanges.find((exchange) => isJsonObject(exchange) && exchange.run === run)
    if (isJsonObject(own)) return own.outcome
    await pause(50)
  }
  return undefined
}

for (const client of CHAT_CLIENTS.filter(({ protocol }) => isServed(protocol)))
  for (const provider of SERVED)
    describe(`${client.name}, ${provider} provider`, { concurrency: 4 }, () => describeClient(client, provider))
