import { expect, test } from 'bun:test'
import { createHmac } from 'node:crypto'
import { FakeClock } from '../../test/support/fake-clock.ts'
import type { ApprovalDetail, UpstreamRequest } from '../exchange/index.ts'
import { ApprovalWebhook, WEBHOOKS_AT_ONCE } from './approval-webhook.ts'

const detail = (id: string): ApprovalDetail => ({
  id,
  state: 'pending',
  protocol: 'openai-chat',
  model: 'm',
  workflow: 'w',
  platform: 'a/x',
  degraded: undefined,
  client: 'shop',
  tenant: 'shop',
  createdAtMs: 1,
  expiresAtMs: 2,
  digest: 'd',
  decision: undefined,
  request: { secret: 'canary-request' },
  answer: {
    id: 'a',
    model: 'm',
    choices: [{ content: [{ type: 'text', text: 'canary-answer' }], stop: { kind: 'end', raw: undefined } }],
    usage: {},
  },
})

const aborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(new Error('aborted')))
  })

type Answer = () => Promise<Response>

function scene(answer: Answer): {
  readonly webhook: ApprovalWebhook
  readonly sent: readonly (UpstreamRequest & { readonly url: string })[]
  readonly clock: FakeClock
  readonly settle: (ms?: number) => Promise<void>
} {
  const clock = new FakeClock()
  const sent: (UpstreamRequest & { url: string })[] = []
  const upstream = {
    decodesBodies: false,
    showsFraming: true,
    fetch: (url: string, init: UpstreamRequest) => {
      sent.push({ ...init, url })
      return Promise.race([answer(), aborted(init.signal)])
    },
  }
  const settle = async (ms = 0): Promise<void> => {
    // Signing is the runtime's own, and takes its turns.
    for (let i = 0; i < 5; i++) await Bun.sleep(1)
    clock.advance(ms)
    for (let i = 0; i < 5; i++) await Bun.sleep(1)
  }
  return { webhook: new ApprovalWebhook({ clock, random: () => 0.5, upstream }), sent, clock, settle }
}

const HOOK = { url: new URL('https://ops.example/hook?token=1'), secret: 'a-secret-of-the-operator', content: false }
const ok: Answer = () => Promise.resolve(new Response(null, { status: 204 }))

test('one message for each, signed over its id, its time and its body, and without content', async () => {
  const { webhook, sent, clock, settle } = scene(ok)
  webhook.tell(HOOK, detail('fs_1'), () => true)
  await settle()
  const [message] = sent
  const { 'webhook-id': id, 'webhook-timestamp': at, 'webhook-signature': signature } = message?.headers ?? {}
  expect([message?.url, message?.method, id, at]).toEqual([
    'https://ops.example/hook?token=1',
    'POST',
    'fs_1',
    '1800000000',
  ])
  const body = String(message?.body)
  const expected = createHmac('sha256', HOOK.secret).update(`${id}.${at}.${body}`).digest('base64')
  expect(signature).toBe(`v1,${expected}`)
  expect(JSON.parse(body)).toMatchObject({
    type: 'approval.pending',
    approval: { id: 'fs_1', workflow: 'w', digest: 'd' },
  })
  expect(body).not.toContain('canary')
  expect(webhook.report).toEqual({ sent: 1, failed: 0, dropped: 0 })
  expect(clock.pendingTimers).toBe(0)
})

test('with content where the operator asks for it, and under a secret in the standard’s own form', async () => {
  const { webhook, sent, settle } = scene(ok)
  const secret = `whsec_${Buffer.from('0123456789abcdef').toString('base64')}`
  webhook.tell({ ...HOOK, secret, content: true }, detail('fs_1'), () => true)
  await settle()
  const body = String(sent[0]?.body)
  expect(body).toContain('canary-answer')
  expect(body).toContain('canary-request')
  const at = sent[0]?.headers['webhook-timestamp']
  const expected = createHmac('sha256', '0123456789abcdef').update(`fs_1.${at}.${body}`).digest('base64')
  expect(sent[0]?.headers['webhook-signature']).toBe(`v1,${expected}`)
})

test('what is refused or cut is told again, ever more rarely, under the same id, and given up in the end', async () => {
  let tries = 0
  const { webhook, sent, settle } = scene(() => {
    tries += 1
    return tries % 2 === 0 ? Promise.reject(new Error('reset')) : Promise.resolve(new Response(null, { status: 500 }))
  })
  webhook.tell(HOOK, detail('fs_1'), () => true)
  for (let i = 0; i < 20; i++) await settle(15_000)
  expect(sent.map(({ headers }) => headers['webhook-id'])).toEqual(Array.from({ length: 6 }, () => 'fs_1'))
  expect(webhook.report).toEqual({ sent: 0, failed: 1, dropped: 0 })
})

test('an address that answers nothing is left after ten seconds; nothing is told of what is decided', async () => {
  let isPending = true
  const { webhook, sent, settle } = scene(() => new Promise(() => undefined))
  webhook.tell(HOOK, detail('fs_1'), () => isPending)
  await settle()
  expect(sent[0]?.signal.aborted).toBe(false)
  await settle(10_000)
  expect(sent[0]?.signal.aborted).toBe(true)
  await settle(20_000)
  expect(sent).toHaveLength(2)
  isPending = false
  for (let i = 0; i < 5; i++) await settle(20_000)
  expect(sent).toHaveLength(2)
  expect(webhook.report.failed).toBe(1)
})

test('so many are under way at most, and a stop ends them', async () => {
  const { webhook, sent, settle } = scene(() => new Promise(() => undefined))
  for (let i = 0; i < WEBHOOKS_AT_ONCE + 3; i++) webhook.tell(HOOK, detail(`fs_${i}`), () => true)
  await settle()
  expect([sent.length, webhook.report.dropped]).toEqual([WEBHOOKS_AT_ONCE, 3])
  webhook.stop()
  expect(sent.every(({ signal }) => signal.aborted)).toBe(true)
})
