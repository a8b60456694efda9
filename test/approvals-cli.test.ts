import { expect, test } from 'bun:test'
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { renderApproval } from '../src/cli/approvals-text.ts'
import type { ApprovalDetail, ApprovalsList } from '../src/server/index.ts'
import { CHAT_REQUEST } from './support/gateway.ts'
import { useBench } from './support/gateways.ts'
import { CHAT_ANSWER, json } from './support/upstream.ts'

const bench = useBench()
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

interface Finished {
  readonly code: number
  readonly out: string
  readonly err: string
}

async function fullstop(
  args: readonly string[],
  env: Record<string, string> = {},
  input: string | Uint8Array<ArrayBuffer> = '',
): Promise<Finished> {
  const child = Bun.spawn([join(import.meta.dir, '../bin/fullstop'), ...args], {
    env: { PATH: process.env.PATH ?? '', ...env },
    stdin: typeof input === 'string' ? new TextEncoder().encode(input) : input,
    stdout: 'pipe',
    stderr: 'pipe',
  })
  const [out, err, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ])
  return { code, out, err }
}

test('an approver sees what waits, looks at it, decides about it, and the trace has it', async () => {
  const upstream = await bench.upstream((_, response) => json(response, 200, CHAT_ANSWER))
  const gateway = bench.gateway(
    `providers:\n  a: { protocol: openai-chat, baseUrl: "${upstream.url}/v1" }\nmodels:\n  m: { platforms: [a/x] }\ndefaults: { profile: critical }\nclients: { shop: { keyHash: "sha256:${sha256('shop-key')}" } }\napprovals: { approvers: { alice: { keyHash: "sha256:${sha256('alice-key')}" } } }\n`,
  )
  const env = { FULLSTOP_APPROVER_KEY: 'alice-key' }
  const run = (args: readonly string[], input?: string | Uint8Array<ArrayBuffer>): Promise<Finished> =>
    fullstop(['approvals', ...args, '--url', gateway.controlUrl], env, input)
  const ask = async (): Promise<{
    readonly asked: Promise<Response>
    readonly id: string
    readonly digest: string
  }> => {
    const asked = gateway.post('/v1/chat/completions', CHAT_REQUEST, { authorization: 'Bearer shop-key' })
    for (;;) {
      const { pending } = JSON.parse((await run(['list', '--json'])).out) as ApprovalsList
      const [first] = pending
      if (first !== undefined) return { asked, id: first.id, digest: first.digest }
    }
  }

  expect((await run(['list'])).out).toBe('No answer waits for a person.\n')
  const first = await ask()
  const listed = await run(['list'])
  expect(listed.out).toContain(`${first.id}  m, client shop`)
  expect(listed.out).not.toContain('well')
  const shown = await run(['show', first.id])
  expect(shown.out).toContain('All is well.')
  expect(shown.out).toContain('How is it?')
  expect(shown.out).toContain(`fullstop approvals approve ${first.id} --digest ${first.digest}`)
  const wrong = await run(['approve', first.id, '--digest', '0'.repeat(64)])
  expect([wrong.code, wrong.out]).toEqual([1, ''])
  expect(wrong.err).toContain('digest: expected the one of the answer that waits')
  const approved = await run(['approve', first.id, '--digest', first.digest])
  expect([approved.code, approved.err]).toEqual([0, ''])
  expect(approved.out).toContain('approved by alice after')
  expect((await first.asked).status).toBe(200)
  const trace = await fullstop(['trace', first.id, '--url', gateway.controlUrl])
  expect(trace.out).toContain('approval  approved by alice after')
  expect(trace.out).toContain(`sha256 ${first.digest}`)

  const second = await ask()
  const neither = await run(['edit', second.id, '--digest', second.digest])
  expect([neither.code, neither.err]).toEqual([
    2,
    'Expected the new text, as --text TEXT or --file FILE (- is standard input).\n',
  ])
  expect((await run(['edit', second.id, '--digest', second.digest, '--file', '/nowhere'])).code).toBe(2)
  // "Grüße" in Latin-1: nobody is to be told other words than the approver's.
  const garbled = await run(
    ['edit', second.id, '--digest', second.digest, '--file', '-'],
    Uint8Array.of(71, 114, 252, 223, 101),
  )
  expect([garbled.code, garbled.err]).toEqual([2, '/dev/stdin: expected text in UTF-8, got other bytes\n'])
  const edited = await run(['edit', second.id, '--digest', second.digest, '--file', '-', '--json'], 'A person’s words.')
  expect(JSON.parse(edited.out)).toMatchObject({ state: 'edited', decision: { approver: 'alice' } })
  expect(await (await second.asked).text()).toContain('A person’s words.')

  const third = await ask()
  const rejected = await run(['reject', third.id, '--digest', third.digest, '--reason', 'Not this.'])
  expect(rejected.out).toContain('rejected by alice after')
  expect(await (await third.asked).text()).toContain('Not this.')
  const again = await run(['reject', third.id, '--digest', third.digest])
  expect([again.code, again.out]).toEqual([1, ''])
  expect((await run(['list'])).out).toContain('decided')
}, 60_000)

test('what is shown as JSON has nothing that a terminal obeys or nobody sees, and says the same', async () => {
  const said = 'Pay 18.\u009b2K\r\u007fPay 81.\u202e\u2066\u200b\u2028\u{e0041}\ufe0f\u00ad Grüße, 😀'
  const answer = { ...CHAT_ANSWER, choices: [{ index: 0, message: { content: said }, finish_reason: 'stop' }] }
  const upstream = await bench.upstream((_, response) => json(response, 200, answer))
  const gateway = bench.gateway(
    `providers:\n  a: { protocol: openai-chat, baseUrl: "${upstream.url}/v1" }\nmodels:\n  m: { platforms: [a/x] }\ndefaults: { profile: critical }\nclients: { shop: { keyHash: "sha256:${sha256('shop-key')}" } }\napprovals: { approvers: { alice: { keyHash: "sha256:${sha256('alice-key')}" } } }\n`,
  )
  const run = (...args: readonly string[]): Promise<Finished> =>
    fullstop(['approvals', ...args, '--json', '--url', gateway.controlUrl], { FULLSTOP_APPROVER_KEY: 'alice-key' })
  const asked = gateway.post('/v1/chat/completions', CHAT_REQUEST, { authorization: 'Bearer shop-key' })
  let id: string | undefined
  while (id === undefined) id = (JSON.parse((await run('list')).out) as ApprovalsList).pending[0]?.id
  const { out } = await run('show', id)
  expect(out.trimEnd()).toMatch(/^[\u0020-\u007eüß😀]+$/u)
  expect(out).toContain(
    'Pay 18.\\u009b2K\\r\\u007fPay 81.\\u202e\\u2066\\u200b\\u2028\\udb40\\udc41\\ufe0f\\u00ad Grüße, 😀',
  )
  const shown = JSON.parse(out) as ApprovalDetail
  expect(shown.answer.choices[0]?.content).toEqual([{ type: 'text', text: said }])
  await run('reject', id, '--digest', shown.digest)
  expect((await asked).status).toBe(403)
}, 60_000)

test('an answer cannot hide from its approver behind what a terminal obeys', () => {
  const approval: ApprovalDetail = {
    id: 'fs_1',
    state: 'pending',
    protocol: 'openai-chat',
    model: 'm',
    workflow: undefined,
    platform: 'a/x',
    degraded: undefined,
    client: 'shop',
    tenant: undefined,
    createdAtMs: 0,
    expiresAtMs: 10_000,
    digest: 'd',
    decision: undefined,
    request: {},
    answer: {
      id: 'a',
      model: 'm',
      choices: [
        {
          content: [
            { type: 'text', text: 'Pay 18.\u001b[2K\rPay 81.\nDone\u202e.\u{e0041}\ufe0f\u00ad' },
            { type: 'tool-call', kind: 'json', id: 'c', name: 'pay', input: '{"to":"\u0007me"}' },
          ],
          stop: { kind: 'end', raw: undefined },
        },
      ],
      usage: {},
    },
  }
  const text = renderApproval(approval, 0)
  expect(text).toContain('  Pay 18.\\u001b[2K\\u000dPay 81.\n  Done\\u202e.\\u{e0041}\\ufe0f\\u00ad')
  expect(text).toContain('  [calls pay] {"to":"\\u0007me"}')
  expect(text).toContain('for 10.00 s more')
  expect(renderApproval({ ...approval, model: 'a/x\n\u202eb' }, 0)).toContain('fs_1  a/x\\u000a\\u202eb, client shop')
})
