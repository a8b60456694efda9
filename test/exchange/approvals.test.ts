import { describe, expect, test } from 'bun:test'
import { createHash } from 'node:crypto'
import Anthropic from '@anthropic-ai/sdk'
import OpenAI, { PermissionDeniedError } from 'openai'
import type { ApprovalDetail, ApprovalsList, ApprovalSummary } from '../../src/server/index.ts'
import { dying } from '../support/dying-upstream.ts'
import { FakeClock } from '../support/fake-clock.ts'
import { FOUR_CLIENTS } from '../support/four-clients.ts'
import { CHAT_REQUEST, type TestGateway } from '../support/gateway.ts'
import { useBench } from '../support/gateways.ts'
import { CHAT_ANSWER, CHAT_EVENTS, json, sse, type UpstreamHandler } from '../support/upstream.ts'

const bench = useBench()

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
const bearer = (key: string): { authorization: string } => ({ authorization: `Bearer ${key}` })
const good: UpstreamHandler = (request, response) =>
  request.body.includes('"stream":true') ? sse(response, CHAT_EVENTS.join('')) : json(response, 200, CHAT_ANSWER)

const hashes = (...names: readonly string[]): readonly string[] =>
  names.map((name) => `  ${name}: { keyHash: "sha256:${sha256(`key-of-${name}`)}"`)

interface WorldOptions {
  readonly handler?: UpstreamHandler
  readonly defaults?: string
  /** More of what its provider is. */
  readonly provider?: string
  readonly more?: string
  readonly clock?: FakeClock
  readonly keepAliveMs?: number
}

interface World {
  readonly gateway: TestGateway
  readonly api: (path: string, key: string | undefined, body?: object) => Promise<Response>
  /** The one that waits, once it does. */
  readonly waiting: () => Promise<ApprovalDetail>
  readonly decide: (approval: ApprovalSummary, decision: object, key?: string) => Promise<Response>
}

async function world({
  handler = good,
  defaults = 'profile: critical',
  provider = '',
  more = '',
  ...options
}: WorldOptions = {}): Promise<World> {
  const upstream = await bench.upstream(handler)
  const [shop, rival, alice, bob] = hashes('shop', 'rival', 'alice', 'bob')
  const gateway = bench.gateway(
    `providers:\n  a: { protocol: openai-chat, baseUrl: "${upstream.url}/v1", apiKey: upstream-key${provider} }\nmodels:\n  m: { platforms: [a/x] }\ndefaults: { ${defaults} }\nclients:\n${shop}, tenant: shop }\n${rival}, tenant: rival }\napprovals:\n  approvers:\n  ${alice} }\n  ${bob}, tenants: [rival] }\n${more}`,
    options,
  )
  const api: World['api'] = (path, key, body) =>
    fetch(`${gateway.controlUrl}/api/approvals${path}`, {
      headers: key === undefined ? {} : bearer(key),
      ...(body !== undefined && { method: 'POST', body: JSON.stringify(body) }),
    })
  const waiting = async (): Promise<ApprovalDetail> => {
    for (;;) {
      const { pending } = (await (await api('', 'key-of-alice')).json()) as ApprovalsList
      const [first] = pending
      if (first !== undefined) return (await (await api(`/${first.id}`, 'key-of-alice')).json()) as ApprovalDetail
      await Bun.sleep(2)
    }
  }
  const decide: World['decide'] = ({ id, digest }, decision, key = 'key-of-alice') =>
    api(`/${id}`, key, { digest, ...decision })
  return { gateway, api, waiting, decide }
}

const SHOP = bearer('key-of-shop')
const codeOf = async (response: Response): Promise<string> => {
  const { error } = (await response.json()) as { error: { code: string } }
  return error.code
}

describe.each(FOUR_CLIENTS.map((client) => [client.name, client] as const))('%s', (_, client) => {
  test('what is approved is what is delivered, and nothing before', async () => {
    const { gateway, waiting, decide } = await world()
    const asked = client.ask(gateway, SHOP)
    const approval = await waiting()
    expect(await Promise.race([asked, Bun.sleep(20)])).toBeUndefined()
    expect(approval).toMatchObject({ client: 'shop', tenant: 'shop', model: 'm', platform: 'a/x', state: 'pending' })
    expect(approval.answer.choices[0]?.content).toEqual([{ type: 'text', text: 'All is well.' }])
    const decided = await decide(approval, { decision: 'approve' })
    expect([decided.status, ((await decided.json()) as ApprovalSummary).state]).toEqual([200, 'approved'])
    const response = await asked
    const body = await response.text()
    expect([response.status, response.headers.get('x-fullstop-approval')]).toEqual([200, 'approved'])
    expect(body.replaceAll(/\\n|\s/g, '')).toContain('Alliswell.')
    expect(gateway.evidence[0]).toMatchObject({
      outcome: 'delivered',
      platform: 'a/x',
      delivery: 'hold',
      approval: { outcome: 'approved', approver: 'alice', digest: approval.digest, editedDigest: undefined },
    })
    expect(JSON.stringify(gateway.evidence)).not.toContain('well')
  })

  test('an edited answer is delivered in the approver’s words, with a digest of its own', async () => {
    const { gateway, waiting, decide } = await world()
    const asked = client.ask(gateway, SHOP)
    const approval = await waiting()
    await (await decide(approval, { decision: 'edit', text: 'A person says otherwise.' })).text()
    const response = await asked
    const body = await response.text()
    expect(response.headers.get('x-fullstop-approval')).toBe('edited')
    expect(body).toContain('A person says otherwise.')
    expect(body).not.toContain('well')
    const evidence = gateway.evidence[0]?.approval
    expect(evidence).toMatchObject({ outcome: 'edited', approver: 'alice', digest: approval.digest })
    expect(evidence?.editedDigest).toMatch(/^[0-9a-f]{64}$/)
    expect(evidence?.editedDigest).not.toBe(approval.digest)
  })

  test('a rejected answer is an error that says so and why', async () => {
    const { gateway, waiting, decide } = await world()
    const asked = client.ask(gateway, SHOP)
    await (await decide(await waiting(), { decision: 'reject', reason: 'Wrong amount.' })).text()
    const response = await asked
    const body = await response.text()
    expect([response.status, response.headers.get('x-should-retry')]).toEqual([403, 'false'])
    expect(body).toContain('approval-rejected')
    expect(body).toContain('Wrong amount.')
    expect(body).not.toContain('well')
    expect(gateway.evidence[0]).toMatchObject({
      outcome: 'refused',
      errorCode: 'approval-rejected',
      usage: undefined,
      approval: { outcome: 'rejected', approver: 'alice' },
    })
    expect(JSON.stringify(gateway.evidence)).not.toContain('amount')
  })
})

test.each([true, false])(
  'under continue the whole answer waits, and half of it where nobody goes on (stream: %p)',
  async (stream) => {
    const said = (content: string, finish_reason: string): object => ({
      ...CHAT_ANSWER,
      choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason }],
    })
    for (const [rest, whole] of [
      [' well. Good', 'All is well. Good night.'],
      [undefined, 'All is we'],
    ] as const) {
      const handler: UpstreamHandler = ({ body }, response) => {
        const last = JSON.parse(body).messages.at(-1)
        const before: string = last.role === 'assistant' ? last.content : ''
        const [text, reason] =
          before === '' ? ['All is we', 'length'] : before === 'All is' ? [rest, 'length'] : [' Good night.', 'stop']
        if (text === undefined) return json(response, 400, {})
        if (!stream) return json(response, 200, said(text, reason ?? ''))
        const chunk = (delta: object, finish_reason?: string): string =>
          `data: ${JSON.stringify({ ...CHAT_ANSWER, object: 'chat.completion.chunk', choices: [{ index: 0, delta, finish_reason }] })}\n\n`
        return sse(response, `${chunk({ content: text })}${chunk({}, reason)}data: [DONE]\n\n`)
      }
      const { gateway, waiting, decide } = await world({
        handler,
        defaults: 'profile: critical, limited: continue',
        provider: ', prefill: accepted',
      })
      const asked = gateway.post('/v1/chat/completions', { ...CHAT_REQUEST, stream }, SHOP)
      const approval = await waiting()
      expect(approval.answer.choices[0]?.content).toEqual([{ type: 'text', text: whole }])
      await decide(approval, { decision: 'approve' })
      const body = await (await asked).text()
      expect(body).toContain(rest === undefined ? '"length"' : '"stop"')
      expect(gateway.evidence).toMatchObject([
        {
          outcome: 'delivered',
          verdict: rest === undefined ? 'limited' : 'complete',
          approval: { outcome: 'approved' },
        },
      ])
    }
  },
)

test('the digest is the SHA-256 of the answer as it is shown, in canonical JSON', async () => {
  const { gateway, waiting, decide } = await world()
  const asked = gateway.post('/v1/chat/completions', CHAT_REQUEST, SHOP)
  const approval = await waiting()
  const ordered = (value: unknown): unknown =>
    Array.isArray(value)
      ? value.map(ordered)
      : typeof value === 'object' && value !== null
        ? Object.fromEntries(
            Object.entries(value)
              .toSorted(([a], [b]) => (a < b ? -1 : 1))
              .map(([name, each]) => [name, ordered(each)]),
          )
        : value
  expect(sha256(JSON.stringify(ordered(approval.answer)))).toBe(approval.digest)
  await (await decide(approval, { decision: 'approve' })).text()
  const answer = (await (await asked).json()) as { id: string; model: string; created: number }
  expect(answer).toMatchObject({
    id: approval.answer.id,
    model: approval.answer.model,
    created: approval.answer.created,
  })
})

describe('who decides', () => {
  test('is not who asked, under a name or a key of theirs', async () => {
    const upstream = await bench.upstream(good)
    const gateway = bench.gateway(
      `providers:\n  a: { protocol: openai-chat, baseUrl: "${upstream.url}/v1" }\nmodels:\n  m: { platforms: [a/x] }\ndefaults: { profile: critical }\nclients:\n  alice: { keyHash: "sha256:${sha256('key-of-client-alice')}" }\napprovals: { approvers: { alice: { keyHash: "sha256:${sha256('key-of-approver-alice')}" } } }\n`,
    )
    const gone = new AbortController()
    const asked = fetch(`${gateway.url}/v1/chat/completions`, {
      method: 'POST',
      body: JSON.stringify(CHAT_REQUEST),
      headers: bearer('key-of-client-alice'),
      signal: gone.signal,
    }).catch(() => undefined)
    const api = (path: string, body?: object, key = 'key-of-approver-alice'): Promise<Response> =>
      fetch(`${gateway.controlUrl}/api/approvals${path}`, {
        headers: bearer(key),
        ...(body !== undefined && { method: 'POST', body: JSON.stringify(body) }),
      })
    let list: ApprovalsList
    do list = (await (await api('')).json()) as ApprovalsList
    while (list.pending.length === 0)
    const [{ id, digest } = { id: '', digest: '' }] = list.pending
    const refused = await api(`/${id}`, { decision: 'approve', digest })
    expect([refused.status, await codeOf(refused)]).toEqual([403, 'self-approval'])
    // The client's own key is nobody's on the control plane: from the machine itself it sees that something waits, no more.
    const asClient = await api(`/${id}`, { decision: 'approve', digest }, 'key-of-client-alice')
    expect([asClient.status, await codeOf(asClient)]).toEqual([403, 'approver-needed'])
    gone.abort()
    await asked
  })

  test('is an approver: nobody, another key and who runs the gateway are refused, and see no content', async () => {
    const { gateway, api, waiting, decide } = await world({
      more: `control: { keyHash: "sha256:${sha256('control-key')}" }\n`,
    })
    const asked = gateway.post('/v1/chat/completions', CHAT_REQUEST, SHOP)
    const approval = await waiting()
    const refusals: readonly (readonly [string | undefined, number, string])[] = [
      [undefined, 401, 'missing-key'],
      ['key-of-shop', 401, 'unknown-key'],
      ['another-key', 401, 'unknown-key'],
      ['control-key', 403, 'approver-needed'],
      // An approver of another tenant's: it does not exist for him.
      ['key-of-bob', 404, 'unknown-approval'],
    ]
    for (const [key, status, code] of refusals) {
      const shown = await api(`/${approval.id}`, key)
      expect([key, shown.status, await codeOf(shown)]).toEqual([key, status, code])
      const decided = await api(`/${approval.id}`, key, { decision: 'approve', digest: approval.digest })
      expect([key, decided.status, await codeOf(decided)]).toEqual([key, status, code])
    }
    const listed = await (await api('', 'control-key')).text()
    expect(listed).toContain(approval.id)
    expect(listed).not.toContain('well')
    expect(listed).not.toContain('How is it')
    expect(((await (await api('', 'key-of-bob')).json()) as ApprovalsList).pending).toEqual([])
    // An approver's key opens nothing else.
    const exchanges = await fetch(`${gateway.controlUrl}/api/exchanges`, { headers: bearer('key-of-alice') })
    expect([exchanges.status, await codeOf(exchanges)]).toEqual([401, 'unknown-key'])
    await (await decide(approval, { decision: 'approve' })).text()
    expect((await asked).status).toBe(200)
  })

  test('decides once, about the answer that waits, in words that are understood', async () => {
    const { gateway, api, waiting, decide } = await world()
    const asked = gateway.post('/v1/chat/completions', CHAT_REQUEST, SHOP)
    const approval = await waiting()
    const wrong = await decide({ ...approval, digest: '0'.repeat(64) }, { decision: 'approve' })
    expect([wrong.status, await codeOf(wrong)]).toEqual([409, 'approval-conflict'])
    const bad: readonly (readonly [object, string])[] = [
      [{ decision: 'approve', digest: 'short' }, 'digest: expected a SHA-256'],
      [{ decision: 'allow' }, 'decision: expected approve, edit or reject'],
      [{ decision: 'approve', text: 'x' }, 'expected no other keys than its own; text came'],
      [{ decision: 'edit', text: '' }, 'text: expected a text that is not empty'],
      [{ decision: 'reject', reason: 'x'.repeat(501) }, 'reason: expected a text of at most 500 characters'],
    ]
    for (const [decision, message] of bad) {
      const response = await decide(approval, decision)
      expect(response.status).toBe(400)
      expect(await response.text()).toContain(message)
    }
    const large = await decide(approval, { decision: 'edit', text: 'x'.repeat(1_048_576) })
    expect([large.status, await codeOf(large)]).toEqual([413, 'body-too-large'])
    expect((await decide(approval, { decision: 'approve' })).status).toBe(200)
    for (const decision of ['approve', 'reject']) {
      const second = await decide(approval, { decision })
      expect([second.status, await codeOf(second)]).toEqual([409, 'approval-conflict'])
    }
    expect((await asked).status).toBe(200)
    // Of one that was decided only that is known.
    const shown = await (await api(`/${approval.id}`, 'key-of-alice')).text()
    expect(shown).toContain('"approved"')
    expect(shown).not.toContain('well')
    const unknown = await decide({ ...approval, id: 'fs_0' }, { decision: 'approve' })
    expect([unknown.status, await codeOf(unknown)]).toEqual([404, 'unknown-approval'])
  })
})

test('the operator’s address is told of each that begins to wait, without content, and of nothing else', async () => {
  const hook = await bench.upstream((_, response) => json(response, 200, {}))
  const { gateway, api, waiting, decide } = await world({
    more: `  webhook: { url: "${hook.url}/hook", secret: 0123456789abcdef }\n`,
  })
  const asked = gateway.post('/v1/chat/completions', CHAT_REQUEST, SHOP)
  const approval = await waiting()
  while (((await (await api('', 'key-of-alice')).json()) as ApprovalsList).webhook.sent === 0) await Bun.sleep(2)
  await (await decide(approval, { decision: 'approve' })).text()
  await (await asked).text()
  expect(hook.received).toHaveLength(1)
  const [{ method, path, headers, body } = { method: '', path: '', headers: {}, body: '' }] = hook.received
  expect([method, path, headers['webhook-id']]).toEqual(['POST', '/hook', approval.id])
  expect(JSON.parse(body)).toMatchObject({
    type: 'approval.pending',
    approval: { id: approval.id, state: 'pending', client: 'shop' },
  })
  expect(body).not.toContain('well')
  expect(body).not.toContain('How is it')
})

describe('what can be edited', () => {
  const call = { id: 'call_1', type: 'function', function: { name: 'pay', arguments: '{"amount":18}' } }
  const calling: UpstreamHandler = (_, response) =>
    json(response, 200, {
      ...CHAT_ANSWER,
      choices: [
        { index: 0, message: { role: 'assistant', content: null, tool_calls: [call] }, finish_reason: 'tool_calls' },
      ],
    })

  test('a call of a tool is shown, approved as it is or rejected', async () => {
    const { gateway, waiting, decide } = await world({ handler: calling })
    const tool = { type: 'function', function: { name: 'pay', parameters: { type: 'object' } } }
    const asked = gateway.post('/v1/chat/completions', { ...CHAT_REQUEST, tools: [tool] }, SHOP)
    const approval = await waiting()
    expect(JSON.stringify(approval.answer)).toContain('amount')
    const edited = await decide(approval, { decision: 'edit', text: 'Nothing is paid.' })
    expect(edited.status).toBe(400)
    expect(await edited.text()).toContain('approved or rejected only')
    await (await decide(approval, { decision: 'approve' })).text()
    const answer = (await (await asked).json()) as { choices: { message: { tool_calls: unknown[] } }[] }
    expect(answer.choices[0]?.message.tool_calls).toEqual([call])
  })

  test('where JSON was asked for, other words are JSON too', async () => {
    const answer = JSON.parse(JSON.stringify(CHAT_ANSWER).replace('All is well.', '{\\"all\\":\\"well\\"}')) as object
    const { gateway, waiting, decide } = await world({ handler: (_, response) => json(response, 200, answer) })
    const body = { ...CHAT_REQUEST, response_format: { type: 'json_object' } }
    const asked = gateway.post('/v1/chat/completions', body, SHOP)
    const approval = await waiting()
    const prose = await decide(approval, { decision: 'edit', text: 'Never mind.' })
    expect(prose.status).toBe(400)
    await prose.text()
    expect((await decide(approval, { decision: 'edit', text: '{"mind":"never"}' })).status).toBe(200)
    expect(await (await asked).text()).toContain('never')
  })
})

describe('who waits', () => {
  test('a stream is kept alive, and a rejection then is the protocol’s error event and an abort', async () => {
    const { gateway, waiting, decide } = await world({ keepAliveMs: 15 })
    const response = await gateway.post('/v1/chat/completions', { ...CHAT_REQUEST, stream: true }, SHOP)
    const reader = response.body?.getReader()
    let text = ''
    let isDecided = false
    const decoder = new TextDecoder()
    const reading = (async () => {
      for (;;) {
        const { value, done } = (await reader?.read()) ?? { value: undefined, done: true }
        if (done) return
        text += decoder.decode(value)
        if (isDecided || text.split(':').length < 4) continue
        isDecided = true
        await (await decide(await waiting(), { decision: 'reject' })).text()
      }
    })()
    await expect(reading).rejects.toThrow()
    expect(text).toContain('approval-rejected')
    expect(text).not.toContain('well')
    expect(gateway.evidence[0]).toMatchObject({ outcome: 'broken-off', approval: { outcome: 'rejected' } })
  })

  test('a client that goes away takes its answer with it', async () => {
    const { gateway, api, waiting, decide } = await world()
    const gone = new AbortController()
    const asked = fetch(`${gateway.url}/v1/chat/completions`, {
      method: 'POST',
      body: JSON.stringify(CHAT_REQUEST),
      headers: SHOP,
      signal: gone.signal,
    })
    const approval = await waiting()
    gone.abort()
    await expect(asked).rejects.toThrow()
    while (gateway.evidence.length === 0) await Bun.sleep(2)
    const late = await decide(approval, { decision: 'approve' })
    expect([late.status, await codeOf(late)]).toEqual([409, 'approval-conflict'])
    expect(gateway.evidence[0]).toMatchObject({
      outcome: 'client-gone',
      approval: { outcome: 'cancelled', approver: undefined },
    })
    const { pending, decided } = (await (await api('', 'key-of-alice')).json()) as ApprovalsList
    expect([pending.length, decided[0]?.state]).toEqual([0, 'cancelled'])
  })

  test('the deadline does not count a person’s time, and their own time does', async () => {
    const clock = new FakeClock()
    const { gateway, waiting } = await world({
      clock,
      defaults: 'profile: critical, deadline: 1m, approval: { timeout: 30m }',
    })
    const asked = gateway.post('/v1/chat/completions', CHAT_REQUEST, SHOP)
    await waiting()
    clock.advance(29 * 60_000)
    expect(await Promise.race([asked, Bun.sleep(20)])).toBeUndefined()
    clock.advance(60_000)
    const response = await asked
    expect([response.status, response.headers.get('x-should-retry')]).toEqual([504, 'false'])
    expect(await response.text()).toContain('approval-timed-out')
    expect(gateway.evidence[0]?.approval).toMatchObject({ outcome: 'timed-out', waitedMs: 1_800_000 })
  })

  test('who joins under a key waits for the person as long', async () => {
    const clock = new FakeClock()
    const { gateway, waiting, decide } = await world({
      clock,
      defaults: 'profile: critical, deadline: 1m, approval: { timeout: 30m }',
    })
    const headers = { ...SHOP, 'idempotency-key': 'k' }
    const asked = gateway.post('/v1/chat/completions', CHAT_REQUEST, headers)
    const approval = await waiting()
    const joined = gateway.post('/v1/chat/completions', CHAT_REQUEST, headers)
    await Bun.sleep(20)
    clock.advance(29 * 60_000)
    expect(await Promise.race([joined, Bun.sleep(20)])).toBeUndefined()
    await (await decide(approval, { decision: 'approve' })).text()
    const [first, second] = [await asked, await joined]
    expect([first.status, second.status, second.headers.get('x-fullstop-replayed')]).toEqual([200, 200, '1'])
    expect(await second.text()).toBe(await first.text())
  })

  test('after the time the fixed answer is given where the workflow says so, and labelled', async () => {
    const clock = new FakeClock()
    const { gateway, waiting } = await world({
      clock,
      more: 'workflows: { w: { approval: { timeout: 1m, onTimeout: answer }, degrade: { answer: "Somebody will write." } } }\n',
    })
    const headers = { ...SHOP, 'x-fullstop-workflow': 'w' }
    const asked = gateway.post('/v1/chat/completions', CHAT_REQUEST, headers)
    await waiting()
    clock.advance(60_000)
    const response = await asked
    expect([response.status, response.headers.get('x-fullstop-degraded')]).toEqual([200, 'answer'])
    expect(response.headers.get('x-fullstop-platform')).toBeNull()
    expect(await response.text()).toContain('Somebody will write.')
    expect(gateway.evidence[0]).toMatchObject({
      outcome: 'degraded',
      degraded: 'answer',
      platform: undefined,
      approval: { outcome: 'timed-out' },
    })
  })

  test('a shutdown ends the wait honestly', async () => {
    const { gateway, waiting } = await world()
    const asked = gateway.post('/v1/chat/completions', CHAT_REQUEST, SHOP)
    await waiting()
    const stopped = gateway.stop(10)
    const response = await asked
    expect(response.status).toBe(503)
    expect(await response.text()).toContain('shutting-down')
    await stopped
    expect(gateway.evidence[0]?.approval).toMatchObject({ outcome: 'shutdown' })
  })

  test('while it shuts down, a client can still come for its answer, and nobody new is let in', async () => {
    const { gateway, waiting, decide } = await world()
    const accepted = await gateway.post('/v1/chat/completions', CHAT_REQUEST, { ...SHOP, prefer: 'respond-async' })
    const { fullstop } = (await accepted.json()) as { fullstop: { poll: string } }
    const approval = await waiting()
    const stopped = gateway.stop(2_000)
    const poll = (): Promise<Response> => fetch(gateway.url + fullstop.poll, { headers: SHOP })
    expect((await poll()).status).toBe(202)
    expect((await gateway.post('/v1/chat/completions', CHAT_REQUEST, SHOP)).status).toBe(503)
    await (await decide(approval, { decision: 'approve' })).text()
    await stopped
    expect(gateway.evidence[0]).toMatchObject({ outcome: 'kept', approval: { outcome: 'approved' } })
  })

  test('the official SDKs wait, and get the answer or an error of their own', async () => {
    const { gateway, waiting, decide } = await world()
    const openai = new OpenAI({ apiKey: 'key-of-shop', baseURL: `${gateway.url}/v1`, maxRetries: 2 })
    const anthropic = new Anthropic({ apiKey: 'key-of-shop', baseURL: gateway.url, maxRetries: 2 })
    const messages = [{ role: 'user' as const, content: 'How is it?' }]
    const approved = async <T>(asked: Promise<T>, decision = 'approve'): Promise<T> => {
      asked.catch(() => undefined)
      await (await decide(await waiting(), { decision })).text()
      return asked
    }
    const chat = await approved(openai.chat.completions.stream({ model: 'm', messages }).finalChatCompletion())
    expect(chat.choices[0]?.message.content).toBe('All is well.')
    const message = await approved(anthropic.messages.create({ model: 'm', max_tokens: 9, messages }))
    expect(message.content[0]).toMatchObject({ type: 'text', text: 'All is well.' })
    const response = await approved(openai.responses.stream({ model: 'm', input: 'How is it?' }).finalResponse())
    expect(response.output_text).toBe('All is well.')
    const refused = approved(openai.chat.completions.create({ model: 'm', messages }), 'reject')
    expect(refused).rejects.toThrow(PermissionDeniedError)
    await refused.catch(() => undefined)
    // A rejection is not tried again.
    expect(gateway.evidence).toHaveLength(4)
  })
})

describe('profiles', () => {
  test('a header makes a request critical, and none leaves it', async () => {
    const { gateway, waiting, decide } = await world({ defaults: 'profile: prototype, delivery: live' })
    const asked = gateway.post('/v1/chat/completions', CHAT_REQUEST, { ...SHOP, 'x-fullstop-profile': 'critical' })
    await (await decide(await waiting(), { decision: 'approve' })).text()
    expect((await asked).headers.get('x-fullstop-approval')).toBe('approved')
    expect(gateway.evidence[0]?.delivery).toBe('hold')

    const strict = await world()
    const headers = { ...SHOP, 'x-fullstop-profile': 'prototype', 'x-fullstop-delivery': 'live' }
    const held = strict.gateway.post('/v1/chat/completions', { ...CHAT_REQUEST, stream: true }, headers)
    const approval = await strict.waiting()
    await (await strict.decide(approval, { decision: 'approve' })).text()
    await (await held).text()
    expect(strict.gateway.evidence[0]).toMatchObject({ delivery: 'hold', approval: { outcome: 'approved' } })
  })

  test('counting tokens waits for nobody', async () => {
    const { gateway } = await world()
    const response = await gateway.post('/v1/responses/input_tokens', { model: 'm', input: 'How is it?' }, SHOP)
    expect(await response.text()).toContain('no call for it')
  })
})

describe('Prefer: respond-async', () => {
  const ASYNC = { ...SHOP, prefer: 'respond-async, wait=5' }
  interface Pending {
    readonly fullstop: { readonly status: string; readonly exchange: string; readonly poll: string }
  }

  test.each([false, true])(
    'answers with where to ask, then with the answer in the form that was asked for; streamed: %p',
    async (stream) => {
      const { gateway, waiting, decide } = await world()
      const accepted = await gateway.post('/v1/chat/completions', { ...CHAT_REQUEST, stream }, ASYNC)
      const { fullstop } = (await accepted.json()) as Pending
      const { headers } = accepted
      expect(accepted.status).toBe(202)
      expect([headers.get('location'), headers.get('preference-applied')]).toEqual([fullstop.poll, 'respond-async'])
      expect(fullstop).toEqual({
        status: 'pending',
        exchange: headers.get('x-fullstop-id') ?? '',
        poll: `/v1/approvals/${fullstop.exchange}`,
      })
      const poll = (key?: string): Promise<Response> =>
        fetch(gateway.url + fullstop.poll, { headers: key === undefined ? {} : bearer(key) })
      const approval = await waiting()
      const pending = await poll('key-of-shop')
      expect([pending.status, pending.headers.get('retry-after')]).toEqual([202, '5'])
      await pending.text()
      // To others it does not exist, before and after.
      const strangers = async (): Promise<void> => {
        for (const [key, status] of [
          ['key-of-rival', 404],
          ['key-of-alice', 401],
          [undefined, 401],
        ] as const) {
          const response = await poll(key)
          expect([key, response.status]).toEqual([key, status])
          expect(await response.text()).not.toContain('well')
        }
      }
      await strangers()
      await (await decide(approval, { decision: 'approve' })).text()
      while (gateway.evidence.length === 0) await Bun.sleep(2)
      await strangers()
      for (let times = 0; times < 2; times++) {
        const response = await poll('key-of-shop')
        expect([response.status, response.headers.get('x-fullstop-id')]).toEqual([200, fullstop.exchange])
        expect(response.headers.get('content-type')).toContain(stream ? 'text/event-stream' : 'application/json')
        expect(await response.text()).toContain('well.')
      }
      expect(gateway.evidence[0]).toMatchObject({ outcome: 'kept', platform: 'a/x', approval: { outcome: 'approved' } })
    },
  )

  test('a rejection is what the poll answers with', async () => {
    const { gateway, waiting, decide } = await world()
    const accepted = await gateway.post('/v1/chat/completions', CHAT_REQUEST, ASYNC)
    const { fullstop } = (await accepted.json()) as Pending
    await (await decide(await waiting(), { decision: 'reject' })).text()
    while (gateway.evidence.length === 0) await Bun.sleep(2)
    const response = await fetch(gateway.url + fullstop.poll, { headers: SHOP })
    expect([response.status, response.headers.get('x-should-retry')]).toEqual([403, 'false'])
    expect(await response.text()).toContain('approval-rejected')
  })

  test('whether the client’s connection is still there says nothing of whether it comes back', async () => {
    const left = Promise.withResolvers<void>()
    const { gateway, waiting, decide } = await world({
      handler: async (request, response, ordinal) => {
        await left.promise
        if (ordinal === 1) json(response, 503, { error: { message: 'down' } })
        else good(request, response, ordinal)
      },
    })
    const gone = new AbortController()
    const init = { method: 'POST', headers: ASYNC, body: JSON.stringify(CHAT_REQUEST), signal: gone.signal }
    const accepted = await gateway.engine.fetch(new Request(`${gateway.url}/v1/chat/completions`, init))
    const { fullstop } = (await accepted.json()) as Pending
    gone.abort()
    left.resolve()
    await (await decide(await waiting(), { decision: 'approve' })).text()
    while (gateway.evidence.length === 0) await Bun.sleep(2)
    expect((await fetch(gateway.url + fullstop.poll, { headers: SHOP })).status).toBe(200)
  })

  test('is nothing that anybody else is answered by', async () => {
    const { gateway } = await world({ defaults: 'profile: customer' })
    const response = await gateway.post('/v1/chat/completions', CHAT_REQUEST, ASYNC)
    expect(response.status).toBe(200)
    await response.text()
  })
})

describe('what nobody looked at', () => {
  const later = { ...SHOP, 'x-fullstop-profile': 'critical', 'idempotency-key': 'k' }

  test('is not given under its key to a request that a person has to decide about', async () => {
    const { gateway, waiting, decide } = await world({ defaults: 'profile: customer' })
    const first = await gateway.post('/v1/chat/completions', CHAT_REQUEST, { ...SHOP, 'idempotency-key': 'k' })
    await first.text()
    const second = gateway.post('/v1/chat/completions', CHAT_REQUEST, later)
    await (await decide(await waiting(), { decision: 'approve' })).text()
    expect((await second).headers.get('x-fullstop-approval')).toBe('approved')
    await (await second).text()
    const third = await gateway.post('/v1/chat/completions', CHAT_REQUEST, later)
    expect([third.status, third.headers.get('x-fullstop-replayed')]).toEqual([200, '1'])
    await third.text()
  })

  test('is not given after a cut to a request that a person has to decide about', async () => {
    const { gateway, waiting, decide } = await world({
      defaults: 'profile: customer, attempts: 1',
      handler: dying({ streams: (ordinal) => (ordinal === 1 ? 'dies' : 'ends') }),
    })
    const body = { ...CHAT_REQUEST, stream: true }
    const cut = await gateway.post('/v1/chat/completions', body, SHOP)
    await expect(cut.text()).rejects.toThrow()
    while (!gateway.evidence.some(({ outcome }) => outcome === 'kept')) await Bun.sleep(2)
    const headers = { ...SHOP, 'x-fullstop-profile': 'critical' }
    const again = gateway.post('/v1/chat/completions', body, headers)
    await (await decide(await waiting(), { decision: 'reject' })).text()
    await (await again).text().catch(() => undefined)
    expect((await again).headers.get('x-fullstop-replayed')).toBeNull()
  })
})

describe('in an outage', () => {
  const down: UpstreamHandler = (_, response) => json(response, 503, { error: { message: 'down' } })

  test('the operator’s words wait for nobody; a kept answer is looked at again', async () => {
    let handler = good
    const { gateway, waiting, decide } = await world({
      handler: (...args) => handler(...args),
      more: 'workflows: { w: { attempts: 1, degrade: { cache: 1h, answer: "Somebody will write." } } }\n',
    })
    const headers = { ...SHOP, 'x-fullstop-workflow': 'w' }
    const first = gateway.post('/v1/chat/completions', CHAT_REQUEST, headers)
    await (await decide(await waiting(), { decision: 'approve' })).text()
    await (await first).text()
    handler = down
    const again = gateway.post('/v1/chat/completions', CHAT_REQUEST, headers)
    const approval = await waiting()
    expect([approval.degraded, approval.platform]).toEqual(['cache', undefined])
    await (await decide(approval, { decision: 'approve' })).text()
    expect((await again).headers.get('x-fullstop-degraded')).toBe('cache')
    await (await again).text()
    const other = await gateway.post('/v1/chat/completions', { ...CHAT_REQUEST, seed: 1 }, headers)
    expect([other.status, other.headers.get('x-fullstop-degraded')]).toEqual([200, 'answer'])
    await other.text()
  })
})

describe('an answer that nobody could be shown', () => {
  const nested = (depth: number): string => '{"a":'.repeat(depth) + '1' + '}'.repeat(depth)
  const head = { id: 'm', type: 'message', role: 'assistant', model: 'x', content: [], stop_reason: null, usage: {} }
  /** One block, with an input as deep as this. */
  const deep = (block: string, depth: number): string =>
    `{"type":"${block}","id":"t","name":"web_search","input":${nested(depth)}}`
  const whole = (block: string): string =>
    `{"id":"m","type":"message","role":"assistant","model":"x","content":[${block}],"stop_reason":"end_turn","usage":{"input_tokens":1,"output_tokens":1}}`
  const event = (type: string, data: string): string => `event: ${type}\ndata: {"type":"${type}",${data}}\n\n`
  const streamed = (block: string): string =>
    [
      event('message_start', `"message":${JSON.stringify(head)}`),
      event('content_block_start', `"index":0,"content_block":${block}`),
      event('content_block_stop', '"index":0'),
      event('message_delta', '"delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":1}'),
      event('message_stop', '"x":1'),
    ].join('')

  const deepUpstream =
    (depth: number): UpstreamHandler =>
    (request, response) => {
      const isStream = request.body.includes('"stream":true')
      const block = deep('server_tool_use', depth)
      response.writeHead(200, { 'content-type': isStream ? 'text/event-stream' : 'application/json' })
      response.end(isStream ? streamed(block) : whole(block))
    }

  async function over(handler: UpstreamHandler, second: UpstreamHandler): Promise<TestGateway> {
    const [one, two] = [await bench.upstream(handler), await bench.upstream(second)]
    const [shop, alice] = hashes('shop', 'alice')
    return bench.gateway(
      `providers:\n  a: { protocol: anthropic, baseUrl: "${one.url}", apiKey: k }\n  b: { protocol: openai-chat, baseUrl: "${two.url}/v1", apiKey: k }\nmodels:\n  m: { platforms: [a/x, b/x] }\ndefaults: { profile: critical, approval: { timeout: 300ms } }\nclients:\n${shop} }\napprovals:\n  approvers:\n  ${alice} }\n`,
      { random: () => 0 },
    )
  }

  const asks = [
    ['/v1/messages', { model: 'm', max_tokens: 9, messages: [{ role: 'user', content: 'How is it?' }] }],
    ['/v1/chat/completions', CHAT_REQUEST],
  ] as const
  const cases = asks.flatMap(([path, body]) =>
    [false, true].flatMap((stream) =>
      [12_000, 50_000, 100_000].map((depth) => [path, stream, depth, { ...body, stream }] as const),
    ),
  )

  test.each(cases)('%s, stream %p, %d levels: is a failed attempt, and another platform’s is shown', async (...all) => {
    const [path, , , body] = all
    const gateway = await over(deepUpstream(all[2]), good)
    const answered = await gateway.post(path, body, SHOP)
    // The one that could be read waits, and nobody decides about it.
    expect(await answered.text()).not.toContain('internal')
    const [first, second] = gateway.evidence[0]?.attempts ?? []
    expect(gateway.evidence[0]?.errorCode).toBe('approval-timed-out')
    if (first?.verdict === 'complete') return
    expect([first?.provider, first?.verdict]).toEqual(['a', 'malformed'])
    expect(['not-this-protocol', 'arguments-not-json']).toContain(first?.reason ?? '')
    expect([second?.provider, second?.verdict]).toEqual(['b', 'complete'])
  })

  test.each([false, true])('is no-complete-answer where there is no other, stream %p', async (stream) => {
    const gateway = await over(deepUpstream(50_000), (_, response) => json(response, 403, { error: { message: 'no' } }))
    const answered = await gateway.post('/v1/messages', { ...asks[0][1], stream }, SHOP)
    expect(await answered.text()).toContain('a/x malformed (not-this-protocol)')
    const { outcome, errorCode, attempts } = gateway.evidence[0] ?? {}
    expect([outcome, errorCode, attempts?.length]).toEqual(['refused', 'no-complete-answer', 4])
  })

  test('a request that nobody could be shown is refused before anything is asked', async () => {
    const gateway = await over(good, good)
    const text = `${JSON.stringify(asks[0][1]).slice(0, -1)},"metadata":${nested(50_000)}}`
    const response = await gateway.post('/v1/messages', text, SHOP)
    expect(response.status).toBe(400)
    expect(gateway.evidence[0]).toMatchObject({ errorCode: 'invalid-request', attempts: [] })
  })
})
