import { describe, expect, test } from 'bun:test'
import type { ServerResponse } from 'node:http'
import type { ProtocolName } from '../../src/protocols/core/index.ts'
import { PROTOCOLS } from '../support/corpus.ts'
import { type TestGateway } from '../support/gateway.ts'
import { useBench } from '../support/gateways.ts'
import { SDKS } from '../support/sdk-answers.ts'
import { deltaText, eventsIn, saying, tokensOf } from '../support/seam-bench.ts'
import { plainRequest } from '../support/translated-answer.ts'
import { json, sse, type UpstreamHandler } from '../support/upstream.ts'

// Over sockets, to the official SDKs: a text whose platform died is one whole answer for them.

const bench = useBench()

const TEXT = 'All is well here. The night was calm, and nobody has called since. We go home at six.'
const CALL = { id: 'call_1', name: 'look', input: '{"a":1}' }
const CUT = 12

async function gatewayOver(
  upstreams: readonly (readonly [ProtocolName, UpstreamHandler])[],
  defaults = '',
): Promise<TestGateway> {
  const lines: string[] = []
  for (const [at, [protocol, handler]] of upstreams.entries()) {
    const upstream = await bench.upstream(handler)
    const url = `${upstream.url}${protocol.startsWith('openai') ? '/v1' : ''}`
    const prefill = at === 0 ? '' : ', prefill: accepted'
    lines.push(`  p${at}: { protocol: ${protocol}, baseUrl: "${url}"${prefill} }`)
  }
  const platforms = upstreams.map((_, at) => `p${at}/x`).join(', ')
  const gateway = bench.gateway(
    `providers:\n${lines.join('\n')}\nmodels:\n  m: { platforms: [${platforms}] }\ndefaults: { profile: customer${defaults} }\n`,
  )
  return gateway
}

const dying =
  (protocol: ProtocolName): UpstreamHandler =>
  (_, response) =>
    sse(
      response,
      eventsIn(protocol, saying({ text: TEXT }))
        .slice(0, CUT)
        .join(''),
    )

/** Continues what it is handed, and calls a tool then. */
const continuing =
  (protocol: ProtocolName): UpstreamHandler =>
  ({ body }, response) => {
    const handed = tokensOf(TEXT).reduce((longest, _, index, tokens) => {
      const beginning = tokens.slice(0, index + 1).join('')
      return body.includes(JSON.stringify(beginning)) ? beginning : longest
    }, '')
    sse(response, eventsIn(protocol, saying({ text: TEXT.slice(handed.length), calls: [CALL] })).join(''))
  }

const restarting =
  (protocol: ProtocolName): UpstreamHandler =>
  ({ body }, response) =>
    // Whoever is handed a half answer must refuse it here, so that the other way is gone.
    body.includes('All is well')
      ? json(response, 400, { type: 'error', error: { type: 'invalid_request_error', message: 'no prefill' } })
      : sse(response, eventsIn(protocol, saying({ text: TEXT, calls: [CALL] })).join(''))

describe.each([...SDKS.keys()])('the official SDK for %s', (client) => {
  const ask = SDKS.get(client)

  test.each(
    PROTOCOLS.flatMap((upstream) =>
      (['anthropic', 'openai-chat', 'gemini'] as const).map((target) => [upstream, target] as const),
    ),
  )('has the whole answer where %s dies and %s continues it', async (upstream, target) => {
    const gateway = await gatewayOver([
      [upstream, dying(upstream)],
      [target, continuing(target)],
    ])
    const answer = await ask?.(gateway.url, 'm')
    expect(answer).toMatchObject({ text: TEXT, calls: [{ name: 'look', arguments: { a: 1 } }], thinking: '' })
    expect(gateway.evidence[0]?.seams).toMatchObject([{ kind: 'prefill', outcome: 'joined' }])
    expect(answer?.usage.input).toBe(gateway.evidence[0]?.usage?.inputTokens ?? -1)
  })

  test.each(PROTOCOLS)('has it where %s dies and an answer made anew says the same', async (upstream) => {
    const gateway = await gatewayOver([
      [upstream, dying(upstream)],
      ['anthropic', restarting('anthropic')],
    ])
    expect(await ask?.(gateway.url, 'm')).toMatchObject({ text: TEXT, calls: [{ name: 'look' }] })
    expect(gateway.evidence[0]?.seams).toMatchObject([
      { kind: 'prefill', outcome: 'failed' },
      { kind: 'regenerate', outcome: 'joined' },
    ])
  })

  test('is told of a failure where nobody goes on', async () => {
    const gateway = await gatewayOver([[client, dying(client)]], ', attempts: 2')
    await expect(Promise.resolve(ask?.(gateway.url, 'm'))).rejects.toThrow()
    expect(gateway.evidence[0]).toMatchObject({ outcome: 'broken-off', verdict: 'truncated' })
  })
})

test.each(PROTOCOLS)(
  'a client of %s that has read the beginning goes on reading when the connection is lost',
  async (client) => {
    let read = (): void => undefined
    const seen = new Promise<void>((resolve) => (read = resolve))
    const losing = async (_: unknown, response: ServerResponse): Promise<void> => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write(
        eventsIn(client, saying({ text: TEXT }))
          .slice(0, CUT)
          .join(''),
      )
      await seen
      response.destroy()
    }
    const gateway = await gatewayOver([
      [client, losing],
      ['anthropic', continuing('anthropic')],
    ])
    const path = {
      anthropic: '/v1/messages',
      'openai-chat': '/v1/chat/completions',
      'openai-responses': '/v1/responses',
      gemini: '/v1beta/models/m:streamGenerateContent?alt=sse',
    }[client]
    const response = await gateway.post(path, {
      ...plainRequest(client, true),
      ...(client !== 'gemini' && { model: 'm' }),
    })
    const pieces: Uint8Array[] = []
    if (response.body === null) throw new Error('no body')
    for await (const piece of response.body) {
      pieces.push(piece)
      if (deltaText(client, Buffer.concat(pieces)).includes('calm')) read()
    }
    expect(deltaText(client, Buffer.concat(pieces))).toBe(TEXT)
    // Who answered is said of the first, since the headers had left; the record has the whole story.
    expect(response.headers.get('x-fullstop-platform')).toBe('p0/x')
    expect(gateway.evidence[0]).toMatchObject({
      platform: 'p1/x',
      attempts: [{ reason: 'connection-lost' }, { cause: 'seam' }],
      seams: [{ kind: 'prefill', outcome: 'joined', charactersAdded: expect.any(Number) }],
    })
    const shown = await (
      await fetch(`${gateway.controlUrl}/api/exchanges/${response.headers.get('x-fullstop-id')}`)
    ).json()
    expect(shown).toMatchObject({ seams: [{ kind: 'prefill', attempt: 2 }] })
  },
)
