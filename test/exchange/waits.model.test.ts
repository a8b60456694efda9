import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { advance, playHistories, type Step } from '../support/histories.ts'
import { type Asked, ScriptedEngine, wholeAnswer } from '../support/scripted-engine.ts'

const ATTEMPTS = 3

/** An exchange that is not over: it is upstream, or waits until its next attempt is due. */
interface Exchange {
  readonly asked: Asked
  readonly content: string
  attempts: number
  /** `undefined`: it is upstream. */
  dueAtMs: number | undefined
}

class Model {
  nowMs = 0
  calls = 0
  /** Requests upstream that were given up. */
  aborted = 0
  ordinal = 0
  /** Attempts of each exchange whose client has left. */
  readonly left: number[] = []
  open: Exchange[] = []

  pick(isWaiting: boolean, which: number): Exchange | undefined {
    const those = this.open.filter(({ dueAtMs }) => (dueAtMs !== undefined) === isWaiting)
    return those[which % Math.max(1, those.length)]
  }

  end(exchange: Exchange): void {
    this.open = this.open.filter((each) => each !== exchange)
  }

  leave(exchange: Exchange): void {
    exchange.asked.leave()
    this.left.push(exchange.attempts)
    if (exchange.dueAtMs === undefined) this.aborted += 1
    this.end(exchange)
  }

  /** What is due is tried again. */
  pass(): void {
    for (const exchange of this.open) {
      if (exchange.dueAtMs === undefined || this.nowMs < exchange.dueAtMs) continue
      exchange.dueAtMs = undefined
      exchange.attempts += 1
      this.calls += 1
    }
  }
}

/** What has to have happened in some history, or these prove nothing. */
const seen = new Set<string>()

const ask: Step<Model, ScriptedEngine> = {
  name: 'ask',
  act(model, real) {
    const content = `request ${model.ordinal++}.`
    model.open.push({ asked: real.send('t', content), content, attempts: 1, dueAtMs: undefined })
    model.calls += 1
  },
}

/** A request upstream fails, and the platform may ask for a wait, or is answered. */
const end = (which: number, how: 'answered' | { readonly retryAfterS: number }): Step<Model, ScriptedEngine> => ({
  name: `upstream ${which} ${how === 'answered' ? how : `fails, to be tried after ${how.retryAfterS} s`}`,
  canHappen: (model) => model.pick(false, which) !== undefined,
  act(model, real) {
    const exchange = model.pick(false, which) as Exchange
    const call = real.calls.findLast(({ body }) => body.includes(exchange.content))
    if (how === 'answered') {
      call?.respond(wholeAnswer(exchange.content))
      exchange.asked.expected = { status: 200, replayed: false, says: exchange.content }
      model.end(exchange)
      seen.add(exchange.attempts === 1 ? 'answered at once' : 'answered later')
      return
    }
    const headers = how.retryAfterS > 0 ? { 'retry-after': String(how.retryAfterS) } : undefined
    call?.respond(Response.json({ error: { message: 'down' } }, { status: 503, ...(headers && { headers }) }))
    // Half of 200 ms, doubled by each attempt, as the dice fall here, or what the platform asks for.
    exchange.dueAtMs = model.nowMs + Math.max(100 * 2 ** (exchange.attempts - 1), 1_000 * how.retryAfterS)
    if (exchange.attempts < ATTEMPTS) return
    exchange.asked.expected = { status: 503, replayed: false, says: '' }
    model.end(exchange)
    seen.add('given up')
  },
})

/** Until a waiting exchange's next attempt is due. */
const passUntilDue = (which: number): Step<Model, ScriptedEngine> => ({
  name: `advance until ${which} is due`,
  canHappen: (model) => model.pick(true, which) !== undefined,
  async act(model, real) {
    await advance<Model, ScriptedEngine>((model.pick(true, which)?.dueAtMs ?? 0) - model.nowMs).act(model, real)
  },
})

/** A client leaves while it waits, so long before or after its next attempt is due, or as it is. */
const leaveAround = (which: number, offMs: number): Step<Model, ScriptedEngine> => ({
  name: `waiting client ${which} leaves ${offMs} ms from when its next attempt is due`,
  canHappen: (model) => (model.pick(true, which)?.dueAtMs ?? 0) + offMs >= model.nowMs,
  async act(model, real) {
    const exchange = model.pick(true, which)
    if (exchange?.dueAtMs === undefined) return
    const ms = exchange.dueAtMs + offMs - model.nowMs
    real.clock.advance(ms)
    model.nowMs += ms
    if (offMs > 0) {
      model.pass()
      await real.settle(() => real.calls.length === model.calls)
    }
    // When it is due, nothing has happened yet between the timer and the client's leaving.
    model.leave(exchange)
    seen.add(offMs < 0 ? 'left before' : offMs === 0 ? 'left as it was due' : 'left after')
  },
})

const leave = (which: number): Step<Model, ScriptedEngine> => ({
  name: `client ${which} leaves what is upstream`,
  canHappen: (model) => model.pick(false, which) !== undefined,
  act: (model) => model.leave(model.pick(false, which) as Exchange),
})

const failures = fc
  .tuple(fc.nat(5), fc.constantFrom(0, 0, 0, 1))
  .map(([which, retryAfterS]) => end(which, { retryAfterS }))
const passing = fc.constantFrom(0, 1, 99, 100, 101, 200, 200, 999, 1_000).map(advance<Model, ScriptedEngine>)

test('who leaves while its exchange waits costs no further attempt, and nobody else waits longer, over any history', async () => {
  await playHistories<Model, ScriptedEngine>({
    setUp: () => ({ model: new Model(), real: new ScriptedEngine(`defaults: { attempts: ${ATTEMPTS} }`) }),
    steps: [
      fc.constant(ask),
      fc.nat(5).map((which) => end(which, 'answered')),
      failures,
      failures,
      failures,
      fc.tuple(fc.nat(5), fc.constantFrom(-1, 0, 1)).map((each) => leaveAround(...each)),
      fc.nat(5).map(leave),
      passing,
      fc.nat(5).map(passUntilDue),
      fc.nat(5).map(passUntilDue),
    ],
    async check(model, real) {
      model.pass()
      await real.expectHeard(model.calls)
      expect(real.calls.filter(({ isAborted }) => isAborted).length).toBe(model.aborted)
      const gone = real.evidence.filter(({ outcome }) => outcome === 'client-gone')
      expect(gone.map(({ attempts }) => attempts.length)).toEqual(model.left)
      // Each that is open has its deadline or the time of its next attempt, and who is gone has nothing.
      expect(real.clock.pendingTimers > 0).toBe(model.open.length > 0)
    },
    longest: 60,
    count: 60,
  })
  expect([...seen].toSorted()).toEqual([
    'answered at once',
    'answered later',
    'given up',
    'left after',
    'left as it was due',
    'left before',
  ])
}, 60_000)
