import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { FakeClock } from '../../../test/support/fake-clock.ts'
import { advance, playHistories, type Step } from '../../../test/support/histories.ts'
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

/** What became of each, said again without a state machine. */
interface Known {
  readonly approval: Approval
  readonly sinceMs: number
  readonly untilMs: number
  end: string | undefined
  readonly resolutions: Resolution[]
}

interface Model {
  nowMs: number
  readonly all: Known[]
}

class Real {
  readonly clock: FakeClock = new FakeClock()
  told = 0
  readonly approvals: Approvals = new Approvals({ clock: this.clock, onPending: () => void (this.told += 1) })

  /** The state that it led to, or the error's code. */
  decide(
    { approval }: Known,
    who: Approver,
    name: Decision['decision'],
    digest: string = approval.digest,
  ): Promise<string> {
    const decision: Decision =
      name === 'edit' ? { decision: name, digest, text: 'Pay 81.' } : { decision: name, digest }
    return this.approvals.decide(approval.subject.id, APPROVERS[who], decision).then(({ state }) => state, codeOf)
  }
}

type Approver = keyof typeof APPROVERS

const submit = (timeoutMs: number): Step<Model, Real> => ({
  name: `submit for ${timeoutMs}`,
  async act({ all, nowMs }, { approvals }) {
    const approval = await approvals.submit(subject(`fs_${all.length}`), timeoutMs)
    const resolutions: Resolution[] = []
    void approval.result.then((resolution) => resolutions.push(resolution))
    all.push({ approval, sinceMs: nowMs, untilMs: nowMs + timeoutMs, end: undefined, resolutions })
  },
})

const decide = (which: number, who: Approver, name: Decision['decision'], isRight: boolean): Step<Model, Real> => ({
  name: `${who} decides on ${isRight ? '' : 'what is not '}${which}: ${name}`,
  canHappen: ({ all }) => which < all.length,
  async act({ all }, real) {
    const known = all[which] as Known
    const found = await real.decide(known, who, name, isRight ? undefined : '0'.repeat(64))
    if (known.end !== undefined) expect(found).toBe('approval-conflict')
    else if (who.startsWith('self')) expect(found).toBe('self-approval')
    else if (!isRight) expect(found).toBe('approval-conflict')
    else expect(found).toBe((known.end = PAST[name]))
  },
})

const PAST = { approve: 'approved', edit: 'edited', reject: 'rejected' } as const

/** Two people at the same time. */
const decideBoth = (which: number, first: Decision['decision'], second: Decision['decision']): Step<Model, Real> => ({
  name: `${which}: ${first} and ${second} at once`,
  canHappen: ({ all }) => which < all.length,
  async act({ all }, real) {
    const known = all[which] as Known
    const both = await Promise.all([real.decide(known, 'alice', first), real.decide(known, 'bob', second)])
    const done = both.filter((found) => found !== 'approval-conflict')
    expect(done).toHaveLength(known.end === undefined ? 1 : 0)
    known.end ??= done[0]
  },
})

const cancel = (which: number, as: 'cancelled' | 'shutdown'): Step<Model, Real> => ({
  name: `${which} is ${as}`,
  canHappen: ({ all }) => which < all.length,
  act({ all }) {
    const known = all[which] as Known
    known.approval.cancel(as)
    known.end ??= as
  },
})

const approver = fc.constantFrom<Approver>('alice', 'bob', 'selfByName', 'selfByKey')
const decision = fc.constantFrom<Decision['decision']>('approve', 'edit', 'reject')
const which = fc.nat(3)

test('an answer that waits ends once, by who may, about itself, in its time, over any history', async () => {
  await playHistories<Model, Real>({
    setUp: () => ({ model: { nowMs: 0, all: [] }, real: new Real() }),
    steps: [
      fc.integer({ min: 1, max: 5_000 }).map(submit),
      fc.tuple(which, approver, decision, fc.boolean()).map((each) => decide(...each)),
      fc.tuple(which, decision, decision).map((each) => decideBoth(...each)),
      fc
        .tuple(which, fc.constantFrom<'cancelled' | 'shutdown'>('cancelled', 'shutdown'))
        .map((each) => cancel(...each)),
      fc.integer({ min: 0, max: 4_000 }).map(advance<Model, Real>),
    ],
    async check({ all, nowMs }, { approvals, clock, told }) {
      for (const known of all) if (nowMs >= known.untilMs) known.end ??= 'timed-out'
      // Promises of ends that came by the clock.
      await Bun.sleep(0)
      const waiting = all.filter(({ end }) => end === undefined)
      expect(approvals.pending({}).map(({ id }) => id)).toEqual(waiting.map(({ approval }) => approval.subject.id))
      expect(clock.pendingTimers).toBe(waiting.length)
      expect(told).toBe(all.length)
      for (const known of all) expectResolved(known)
    },
    longest: 30,
    count: 150,
  })
}, 60_000)

function expectResolved({ approval, end, resolutions, sinceMs, untilMs }: Known): void {
  expect(resolutions.map(({ evidence }) => evidence.outcome as string)).toEqual(end === undefined ? [] : [end])
  const [resolution] = resolutions
  if (resolution === undefined) return
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
