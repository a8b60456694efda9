import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { FakeClock } from '../../../test/support/fake-clock.ts'
import { FullstopError } from '../../errors.ts'
import type { Approval, ApprovalSubject, Decision, Resolution } from './approval.ts'
import { Approvals, WAITING_AT_ONCE, WAITING_AT_ONCE_PER_CLIENT, WAITING_BYTES } from './approvals.ts'

const ANSWER: ApprovalSubject['answer'] = {
  id: 'a',
  model: 'm',
  created: 1,
  choices: [{ content: [{ type: 'text', text: 'Pay 18.' }], stop: { kind: 'end', raw: undefined } }],
  usage: {},
}

const subject = (id: string, more: Partial<ApprovalSubject> = {}): ApprovalSubject => ({
  id,
  protocol: 'openai-chat',
  model: 'm',
  workflow: undefined,
  platform: 'a/x',
  degraded: undefined,
  client: 'shop',
  clientKeyHash: 'hash-of-shop',
  tenant: 'shop',
  request: {},
  answer: ANSWER,
  accepts: () => true,
  ...more,
})

const APPROVERS = {
  alice: { name: 'alice', keyHash: 'hash-of-alice' },
  bob: { name: 'bob', keyHash: 'hash-of-bob' },
  selfByName: { name: 'shop', keyHash: 'hash-of-another' },
  selfByKey: { name: 'carol', keyHash: 'hash-of-shop' },
} as const

const codeOf = (error: unknown): string => (error instanceof FullstopError ? error.code : String(error))

const approver = fc.constantFrom('alice' as const, 'bob' as const, 'selfByName' as const, 'selfByKey' as const)
const decision = fc.constantFrom('approve' as const, 'edit' as const, 'reject' as const)
const which = fc.nat(3)
const command = fc.oneof(
  fc.record({ do: fc.constant('submit' as const), timeoutMs: fc.integer({ min: 1, max: 5_000 }) }),
  fc.record({ do: fc.constant('decide' as const), which, approver, decision, isRight: fc.boolean() }),
  // Two people at the same time.
  fc.record({ do: fc.constant('both' as const), which, first: decision, second: decision }),
  fc.record({
    do: fc.constant('cancel' as const),
    which,
    as: fc.constantFrom('cancelled' as const, 'shutdown' as const),
  }),
  fc.record({ do: fc.constant('advance' as const), ms: fc.integer({ min: 0, max: 4_000 }) }),
)

/** What became of each, said again without a state machine. */
interface Known {
  readonly approval: Approval
  readonly sinceMs: number
  readonly untilMs: number
  end: string | undefined
  resolutions: Resolution[]
}

test('an answer that waits ends once, by who may, about itself, in its time', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(command, { maxLength: 30 }), async (commands) => {
      const clock = new FakeClock()
      let told = 0
      const approvals = new Approvals({ clock, onPending: () => void (told += 1) })
      const all: Known[] = []
      const make = (name: Decision['decision'], digest: string): Decision =>
        name === 'edit' ? { decision: name, digest, text: 'Pay 81.' } : { decision: name, digest }
      const decide = (known: Known, who: keyof typeof APPROVERS, name: Decision['decision'], digest: string) =>
        approvals.decide(known.approval.subject.id, APPROVERS[who], make(name, digest)).then(
          ({ state }) => state as string,
          (error: unknown) => codeOf(error),
        )
      const past = { approve: 'approved', edit: 'edited', reject: 'rejected' } as const
      for (const each of commands) {
        if (each.do === 'submit') {
          const approval = await approvals.submit(subject(`fs_${all.length}`), each.timeoutMs)
          const nowMs = clock.nowMs()
          const known: Known = {
            approval,
            sinceMs: nowMs,
            untilMs: nowMs + each.timeoutMs,
            end: undefined,
            resolutions: [],
          }
          void approval.result.then((resolution) => known.resolutions.push(resolution))
          all.push(known)
        }
        if (each.do === 'advance') {
          clock.advance(each.ms)
          for (const known of all) if (clock.nowMs() >= known.untilMs) known.end ??= 'timed-out'
        }
        const known = 'which' in each ? all[each.which] : undefined
        if (known !== undefined && each.do === 'cancel') {
          known.approval.cancel(each.as)
          known.end ??= each.as
        }
        if (known !== undefined && each.do === 'decide') {
          const isSelf = each.approver.startsWith('self')
          const found = await decide(
            known,
            each.approver,
            each.decision,
            each.isRight ? known.approval.digest : '0'.repeat(64),
          )
          if (known.end !== undefined) expect(found).toBe('approval-conflict')
          else if (isSelf) expect(found).toBe('self-approval')
          else if (!each.isRight) expect(found).toBe('approval-conflict')
          else expect(found).toBe((known.end = past[each.decision]))
        }
        if (known !== undefined && each.do === 'both') {
          const { digest } = known.approval
          const both = await Promise.all([
            decide(known, 'alice', each.first, digest),
            decide(known, 'bob', each.second, digest),
          ])
          const done = both.filter((found) => found !== 'approval-conflict')
          expect(done).toHaveLength(known.end === undefined ? 1 : 0)
          known.end ??= done[0]
        }
        // Promises of ends that came by the clock.
        await Bun.sleep(0)
        const waiting = all.filter(({ end }) => end === undefined).map(({ approval }) => approval.subject.id)
        expect(approvals.pending({}).map(({ id }) => id)).toEqual(waiting)
      }
      expect(told).toBe(all.length)
      for (const { approval, end, resolutions, sinceMs, untilMs } of all) {
        expect(resolutions.map(({ evidence }) => evidence.outcome as string)).toEqual(end === undefined ? [] : [end])
        const [resolution] = resolutions
        if (resolution === undefined) continue
        const { evidence, answer } = resolution
        expect(evidence.waitedMs).toBeLessThanOrEqual(untilMs - sinceMs)
        expect(evidence.digest).toBe(approval.digest)
        expect(evidence.approver === undefined).toBe(!['approved', 'edited', 'rejected'].includes(evidence.outcome))
        // Nothing is delivered but what somebody approved of or wrote.
        const text = answer?.choices[0]?.content[0]
        const expected = { approved: 'Pay 18.', edited: 'Pay 81.' }[evidence.outcome as 'approved']
        expect(text?.type === 'text' ? text.text : undefined).toBe(expected)
        expect(evidence.editedDigest === undefined).toBe(evidence.outcome !== 'edited')
      }
      expect(clock.pendingTimers).toBe(all.filter(({ end }) => end === undefined).length)
    }),
    { numRuns: 150 },
  )
}, 60_000)

test('so many wait at once, so many of one client, and so much', async () => {
  const approvals = new Approvals({ clock: new FakeClock(), onPending: () => undefined })
  const mine = Array.from({ length: WAITING_AT_ONCE_PER_CLIENT }, () => approvals.reserve('mine'))
  expect(() => approvals.reserve('mine')).toThrow('wait for a person already')
  const owners = WAITING_AT_ONCE / WAITING_AT_ONCE_PER_CLIENT
  for (let owner = 1; owner < owners; owner++)
    for (let i = 0; i < WAITING_AT_ONCE_PER_CLIENT; i++) approvals.reserve(`owner ${owner}`)
  expect(() => approvals.reserve('another')).toThrow('wait for a person already')
  const [giveBack] = mine
  giveBack?.()
  giveBack?.()
  approvals.reserve('another')
  expect(() => approvals.reserve('one more')).toThrow('wait for a person already')

  const large = { text: 'x'.repeat(WAITING_BYTES / 2 - 10_000) }
  const held = await approvals.submit(subject('fs_large', { request: large }), 1_000)
  await expect(approvals.submit(subject('fs_next', { request: { text: 'x'.repeat(10_000) } }), 1_000)).rejects.toThrow(
    'wait for a person already',
  )
  held.cancel('cancelled')
  await held.result
  await approvals.submit(subject('fs_then', { request: large }), 1_000)
})

test('an answer that is over can be seen without its content, by whom it could be seen before', async () => {
  const approvals = new Approvals({ clock: new FakeClock(), onPending: () => undefined })
  const approval = await approvals.submit(subject('fs_1', { workflow: 'w' }), 1_000)
  const views = [{}, { tenants: ['shop'] }, { workflows: ['w'] }, { tenants: ['other'] }, { workflows: ['v'] }] as const
  const seen = (): boolean[] =>
    views.map((view) => approvals.pending(view).length + approvals.decided(view).length === 1)
  expect(seen()).toEqual([true, true, true, false, false])
  await approvals.decide('fs_1', APPROVERS.alice, { decision: 'approve', digest: approval.digest })
  expect(seen()).toEqual([true, true, true, false, false])
  expect('answer' in approvals.get('fs_1', {})).toBe(false)
  expect(() => approvals.get('fs_1', { tenants: ['other'] })).toThrow('No answer of this id')
})
