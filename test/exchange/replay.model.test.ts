import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { type Heard, ScriptedEngine, wholeAnswer } from '../support/scripted-engine.ts'

const KEY_WINDOW_MS = 3_600_000

/** One client's request, and what it is to hear according to the rules. */
interface Asked {
  readonly leaving: AbortController
  heard: Heard | undefined
  expected: Heard | undefined
  hasLeft: boolean
  /** Among those who wait for the answer; the first of them is whom it is made for. */
  readonly place: string
}

interface Running {
  call: number
  readonly body: string
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

class Real extends ScriptedEngine {
  readonly asked: Asked[] = []

  constructor() {
    super('defaults: { attempts: 1 }\nreplay: { keyWindow: 1h }')
  }

  send(asked: Asked, tenant: string, key: string, content: string): void {
    const { signal } = asked.leaving
    const body = { model: 'm', messages: [{ role: 'user', content }] }
    this.asked.push(asked)
    void this.ask(tenant, body, { signal, headers: { 'idempotency-key': key } }).then((heard) => {
      asked.heard = heard
    })
  }
}

const answerOf = (call: number): string => `answer ${call}`

abstract class Step implements fc.AsyncCommand<Model, Real> {
  check(_model: Readonly<Model>): boolean {
    return true
  }

  async run(model: Model, real: Real): Promise<void> {
    this.act(model, real)
    const isOver = ({ heard, expected, hasLeft }: Asked): boolean =>
      hasLeft || (heard === undefined) === (expected === undefined)
    await real.settle(() => real.calls.length === model.calls && real.asked.every(isOver))
    expect(real.calls.length).toBe(model.calls)
    for (const { heard, expected, hasLeft } of real.asked) if (!hasLeft) expect(heard).toEqual(expected as Heard)
    expect(real.strangers).toEqual([])
  }

  abstract act(model: Model, real: Real): void
  abstract toString(): string
}

class Ask extends Step {
  readonly tenant: string
  readonly key: string
  readonly body: string
  constructor(tenant: string, key: string, body: string) {
    super()
    this.tenant = tenant
    this.key = key
    this.body = body
  }
  act(model: Model, real: Real): void {
    const { tenant, key, body } = this
    const place = `${tenant} ${key}`
    const leaving = new AbortController()
    const asked: Asked = { leaving, heard: undefined, expected: undefined, hasLeft: false, place }
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
    real.send(asked, tenant, key, body)
  }
  toString(): string {
    return `${this.tenant} asks ${this.body} under ${this.key}`
  }
}

/** Both tenants at once, with the same key and the same words. */
class AskTogether extends Step {
  readonly key: string
  readonly body: string
  constructor(key: string, body: string) {
    super()
    this.key = key
    this.body = body
  }
  act(model: Model, real: Real): void {
    for (const each of ['t', 'u']) new Ask(each, this.key, `${this.body} of ${each}`).act(model, real)
  }
  /** Which of the two came first upstream is told by what they say. */
  override async run(model: Model, real: Real): Promise<void> {
    const before = model.calls
    await super.run(model, real)
    for (const running of model.running.values())
      if (running.call >= before)
        running.call = real.calls.findIndex(
          ({ body }, ordinal) => ordinal >= before && body.includes(`"${running.body}"`),
        )
  }
  toString(): string {
    return `both ask ${this.body} under ${this.key}`
  }
}

/** An upstream request comes to its end. */
class End extends Step {
  readonly pick: number
  readonly isGood: boolean
  constructor(pick: number, isGood: boolean) {
    super()
    this.pick = pick
    this.isGood = isGood
  }
  override check({ running }: Readonly<Model>): boolean {
    return running.size > 0
  }
  act(model: Model, real: Real): void {
    const places = [...model.running]
    const [place, { call, body, waiting }] = places[this.pick % places.length] ?? [
      '',
      { call: 0, body: '', waiting: [] },
    ]
    model.running.delete(place)
    const says = answerOf(call)
    const { isGood } = this
    for (const [index, asked] of waiting.entries())
      asked.expected = isGood ? { status: 200, replayed: index > 0, says } : { status: 503, replayed: false, says: '' }
    if (isGood) model.kept.set(place, { body, says, untilMs: model.nowMs + KEY_WINDOW_MS })
    const failed = Response.json({ error: { message: 'down' } }, { status: 503 })
    real.calls[call]?.respond(isGood ? wholeAnswer(says) : failed)
  }
  toString(): string {
    return `request ${this.pick} upstream ${this.isGood ? 'is answered' : 'fails'}`
  }
}

/** A client leaves; what it waited for goes on. */
class Leave extends Step {
  readonly pick: number
  constructor(pick: number) {
    super()
    this.pick = pick
  }
  act(model: Model, real: Real): void {
    const waiting = [...model.running.values()].flatMap((each) => each.waiting).filter(({ hasLeft }) => !hasLeft)
    const asked = waiting[this.pick % Math.max(1, waiting.length)]
    if (asked === undefined) return
    asked.hasLeft = true
    asked.leaving.abort()
    expect(real.calls.filter(({ isAborted }) => isAborted).length).toBe(0)
  }
  toString(): string {
    return `client ${this.pick} leaves`
  }
}

class Advance extends Step {
  readonly ms: number
  constructor(ms: number) {
    super()
    this.ms = ms
  }
  // While something runs its deadline would end it, which is not what this is about.
  override check({ running }: Readonly<Model>): boolean {
    return running.size === 0
  }
  act(model: Model, { clock }: Real): void {
    clock.advance(this.ms)
    model.nowMs += this.ms
  }
  toString(): string {
    return `advance ${this.ms}`
  }
}

const tenant = fc.constantFrom('t', 'u')
const key = fc.constantFrom('k1', 'k2')
const body = fc.constantFrom('a', 'a', 'b')
const steps = [
  fc.tuple(tenant, key, body).map((each) => new Ask(...each)),
  fc.tuple(tenant, key, body).map((each) => new Ask(...each)),
  fc.tuple(tenant, key, body).map((each) => new Ask(...each)),
  fc.tuple(key, body).map((each) => new AskTogether(...each)),
  fc.tuple(fc.nat(5), fc.boolean()).map((each) => new End(...each)),
  fc.nat(5).map((each) => new End(each, true)),
  fc.nat(5).map((pick) => new Leave(pick)),
  fc.constantFrom(0, 1, KEY_WINDOW_MS - 1, KEY_WINDOW_MS, KEY_WINDOW_MS + 1, 86_400_000).map((ms) => new Advance(ms)),
]

test('a key means one answer for its tenant, over any history', async () => {
  await fc.assert(
    fc.asyncProperty(fc.commands(steps, { maxCommands: 30, size: 'max' }), async (commands) => {
      await fc.asyncModelRun(() => ({ model: new Model(), real: new Real() }), commands)
    }),
    { numRuns: 100 },
  )
}, 60_000)
