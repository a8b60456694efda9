import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { advance, playHistories, type Step } from '../support/histories.ts'
import { type Asked, ScriptedEngine, wholeAnswer } from '../support/scripted-engine.ts'

const KEY_WINDOW_MS = 3_600_000

interface Running {
  call: number
  readonly body: string
  /** The first of them is whom it is made for. */
  readonly waiting: Asked[]
}

interface Kept {
  readonly body: string
  readonly says: string
  readonly untilMs: number
}

class Model {
  nowMs = 0
  calls = 0
  readonly running = new Map<string, Running>()
  readonly kept = new Map<string, Kept>()
}

const answerOf = (call: number): string => `answer ${call}`

const ask = (tenant: string, key: string, body: string): Step<Model, ScriptedEngine> => ({
  name: `${tenant} asks ${body} under ${key}`,
  act(model, real) {
    const place = `${tenant} ${key}`
    const asked = real.send(tenant, body, { headers: { 'idempotency-key': key } })
    const running = model.running.get(place)
    const kept = model.kept.get(place)
    const known = running ?? (kept !== undefined && model.nowMs < kept.untilMs ? kept : undefined)
    if (known === undefined) {
      model.kept.delete(place)
      model.running.set(place, { call: model.calls, body, waiting: [asked] })
      model.calls += 1
    } else if (known.body !== body) asked.expected = { status: 422, replayed: false, says: '' }
    else if ('waiting' in known) known.waiting.push(asked)
    else asked.expected = { status: 200, replayed: true, says: known.says }
  },
})

/** Both tenants at once, with the same key and the same words. */
const askTogether = (key: string, body: string): Step<Model, ScriptedEngine> => ({
  name: `both ask ${body} under ${key}`,
  async act(model, real) {
    const before = model.calls
    await Promise.all(['t', 'u'].map((each) => ask(each, key, `${body} of ${each}`).act(model, real)))
    await real.settle(() => real.calls.length === model.calls)
    // Which of the two came first upstream is told by what they say.
    for (const running of model.running.values())
      if (running.call >= before)
        running.call = real.calls.findIndex(
          (call, ordinal) => ordinal >= before && call.body.includes(`"${running.body}"`),
        )
  },
})

/** An upstream request comes to its end. */
const end = (pick: number, isGood: boolean): Step<Model, ScriptedEngine> => ({
  name: `request ${pick} upstream ${isGood ? 'is answered' : 'fails'}`,
  canHappen: ({ running }) => running.size > 0,
  act(model, real) {
    const [place, running] = [...model.running][pick % model.running.size] ?? []
    if (place === undefined || running === undefined) return
    model.running.delete(place)
    const { call, body, waiting } = running
    const says = answerOf(call)
    for (const [index, asked] of waiting.entries())
      asked.expected = isGood ? { status: 200, replayed: index > 0, says } : { status: 503, replayed: false, says: '' }
    if (isGood) model.kept.set(place, { body, says, untilMs: model.nowMs + KEY_WINDOW_MS })
    const failed = Response.json({ error: { message: 'down' } }, { status: 503 })
    real.calls[call]?.respond(isGood ? wholeAnswer(says) : failed)
  },
})

/** A client leaves; what it waited for goes on. */
const leave = (pick: number): Step<Model, ScriptedEngine> => ({
  name: `client ${pick} leaves`,
  act(model, real) {
    const waiting = [...model.running.values()].flatMap((each) => each.waiting).filter(({ hasLeft }) => !hasLeft)
    const asked = waiting[pick % Math.max(1, waiting.length)]
    if (asked === undefined) return
    asked.leave()
    expect(real.calls.filter(({ isAborted }) => isAborted).length).toBe(0)
  },
})

const pass = (ms: number): Step<Model, ScriptedEngine> => ({
  ...advance(ms),
  // While something runs its deadline would end it, which is not what this is about.
  canHappen: ({ running }) => running.size === 0,
})

const asks = fc.tuple(fc.constantFrom('t', 'u'), fc.constantFrom('k1', 'k2'), fc.constantFrom('a', 'a', 'b'))
const together = fc.tuple(fc.constantFrom('k1', 'k2'), fc.constantFrom('a', 'a', 'b'))

test('a key means one answer for its tenant, over any history', async () => {
  await playHistories<Model, ScriptedEngine>({
    setUp: () => ({
      model: new Model(),
      real: new ScriptedEngine('defaults: { attempts: 1 }\nreplay: { keyWindow: 1h }'),
    }),
    steps: [
      asks.map((each) => ask(...each)),
      asks.map((each) => ask(...each)),
      asks.map((each) => ask(...each)),
      together.map((each) => askTogether(...each)),
      fc.tuple(fc.nat(5), fc.boolean()).map((each) => end(...each)),
      fc.nat(5).map((each) => end(each, true)),
      fc.nat(5).map(leave),
      fc.constantFrom(0, 1, KEY_WINDOW_MS - 1, KEY_WINDOW_MS, KEY_WINDOW_MS + 1, 86_400_000).map(pass),
    ],
    check: (model, real) => real.expectHeard(model.calls),
    longest: 30,
    count: 100,
  })
}, 60_000)
