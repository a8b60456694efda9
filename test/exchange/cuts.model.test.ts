import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { Darkness } from '../../src/resilience/index.ts'
import { FakeClock } from '../support/fake-clock.ts'
import { type Heard, ScriptedEngine, wholeAnswer } from '../support/scripted-engine.ts'

const WINDOW_MS = 600_000
const LOOP_WINDOW_MS = 60_000

interface Asked {
  readonly leaving: AbortController
  heard: Heard | undefined
  expected: Heard | undefined
  hasLeft: boolean
}

/** A request upstream that is not over: a client's own, or one in the background. */
type Running =
  | {
      readonly kind: 'own'
      readonly call: number
      readonly id: string
      readonly stream: boolean
      readonly asked: Asked
      readonly isTracked: boolean
    }
  | { readonly kind: 'background'; readonly call: number; readonly id: string; readonly cut: Cut }

interface Cut {
  readonly atMs: number
  /** What was finished. */
  says: string | undefined
  taken: Asked | undefined
}

interface Loop {
  readonly sinceMs: number
  died: number
  hasAnswer: boolean
}

/** The rules again. The platform's darkness is what the resilience module says it is. */
class Model {
  readonly clock = new FakeClock()
  readonly darkness = new Darkness({ clock: this.clock })
  calls = 0
  running: Running[] = []
  readonly cuts = new Map<string, Cut[]>()
  readonly loops = new Map<string, Loop>()

  cutsOf(id: string): Cut[] {
    const live = (this.cuts.get(id) ?? []).filter(({ atMs }) => this.clock.nowMs() - atMs < WINDOW_MS)
    this.cuts.set(id, live)
    return live
  }

  drop(id: string, cut: Cut): void {
    this.cuts.set(
      id,
      this.cutsOf(id).filter((each) => each !== cut),
    )
  }

  loop(id: string): Loop | undefined {
    const loop = this.loops.get(id)
    return loop !== undefined && this.clock.nowMs() - loop.sinceMs < LOOP_WINDOW_MS ? loop : undefined
  }

  onAnswered(id: string): void {
    const loop = this.loop(id)
    if (loop !== undefined) loop.hasAnswer = true
  }

  left(id: string): number {
    const loop = this.loop(id)
    return loop === undefined || loop.hasAnswer ? 3 : Math.max(0, 3 - loop.died)
  }

  served(id: string, cut: Cut, asked: Asked): void {
    asked.expected = { status: 200, replayed: true, says: cut.says }
    this.drop(id, cut)
    this.onAnswered(id)
  }
}

class Real extends ScriptedEngine {
  readonly asked: Asked[] = []
  /** Of the streams that were answered. */
  readonly bodies = new Map<number, ReadableStreamDefaultController<Uint8Array>>()

  constructor() {
    super('defaults: { attempts: 1, delivery: live }')
  }

  send(asked: Asked, tenant: string, content: string, stream: boolean): void {
    this.asked.push(asked)
    const body = { model: 'm', messages: [{ role: 'user', content }], ...(stream && { stream }) }
    void this.ask(tenant, body, { signal: asked.leaving.signal }).then((heard) => {
      asked.heard = heard
    })
  }

  /** A stream's headers and its first words. */
  begin(call: number): void {
    const body = new ReadableStream<Uint8Array>({ start: (controller) => void this.bodies.set(call, controller) })
    this.write(call, chunk({ role: 'assistant', content: `begin ${call} ` }))
    this.calls[call]?.respond(new Response(body, { headers: { 'content-type': 'text/event-stream' } }))
  }

  write(call: number, text: string): void {
    this.bodies.get(call)?.enqueue(new TextEncoder().encode(text))
  }
}

const chunk = (delta: object, finish: string | null = null): string =>
  `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`
const refusal = (): Response =>
  Response.json({ error: { message: 'no', type: 'invalid_request_error' } }, { status: 400 })

abstract class Step implements fc.AsyncCommand<Model, Real> {
  check(_model: Readonly<Model>): boolean {
    return true
  }

  async run(model: Model, real: Real): Promise<void> {
    const before = real.calls.length
    this.act(model, real)
    const isOver = ({ heard, expected, hasLeft }: Asked): boolean =>
      hasLeft || (heard === undefined) === (expected === undefined)
    await real.settle(() => real.calls.length === model.calls && real.asked.every(isOver))
    expect(real.calls.length).toBe(model.calls)
    for (const { heard, expected, hasLeft } of real.asked) if (!hasLeft) expect(heard).toEqual(expected as Heard)
    expect(real.strangers).toEqual([])
    for (const each of model.running)
      if (each.kind === 'own' && each.stream && each.call >= before) real.begin(each.call)
    await real.settle(() => true)
  }

  abstract act(model: Model, real: Real): void
  abstract toString(): string
}

class Ask extends Step {
  readonly tenant: string
  readonly body: string
  readonly stream: boolean
  constructor(tenant: string, body: string, stream: boolean) {
    super()
    this.tenant = tenant
    this.body = body
    this.stream = stream
  }
  act(model: Model, real: Real): void {
    const { tenant, body, stream } = this
    const id = `${tenant} ${body}`
    const asked: Asked = { leaving: new AbortController(), heard: undefined, expected: undefined, hasLeft: false }
    const cut = model.cutsOf(id).find(({ taken }) => taken === undefined)
    if (cut !== undefined) {
      cut.taken = asked
      if (cut.says !== undefined) model.served(id, cut, asked)
    } else if (model.left(id) === 0) {
      asked.expected = { status: 503, replayed: false, says: '' }
    } else {
      model.running.push({ kind: 'own', call: model.calls, id, stream, asked, isTracked: model.left(id) < 3 })
      model.calls += 1
    }
    real.send(asked, tenant, body, stream)
  }
  toString(): string {
    return `${this.tenant} asks ${this.body}${this.stream ? ' as a stream' : ''}`
  }
}

/** A request upstream comes to its end, well or not: a client's stream is cut, anything else is refused. */
class End extends Step {
  readonly pick: number
  readonly isGood: boolean
  constructor(pick: number, isGood: boolean) {
    super()
    this.pick = pick
    this.isGood = isGood
  }
  override check({ running }: Readonly<Model>): boolean {
    return running.length > 0
  }
  act(model: Model, real: Real): void {
    const [running] = model.running.splice(this.pick % model.running.length, 1)
    if (running === undefined) return
    if (running.kind === 'background') this.#endBackground(running, model, real)
    else if (running.stream) this.#endStream(running, model, real)
    else this.#endWhole(running, model, real)
  }
  #endBackground({ id, call, cut }: Extract<Running, { kind: 'background' }>, model: Model, real: Real): void {
    const says = `answer ${call}`
    real.calls[call]?.respond(this.isGood ? wholeAnswer(says) : refusal())
    const asked = cut.taken
    if (this.isGood) {
      model.darkness.onSuccess()
      model.onAnswered(id)
      cut.says = says
      if (asked !== undefined) model.served(id, cut, asked)
      return
    }
    model.drop(id, cut)
    if (asked !== undefined) asked.expected = { status: 400, replayed: false, says: '' }
  }
  #endStream({ id, call, asked, isTracked }: Extract<Running, { kind: 'own' }>, model: Model, real: Real): void {
    const body = real.bodies.get(call)
    if (this.isGood) {
      real.write(call, `${chunk({ content: 'and end' })}${chunk({}, 'stop')}data: [DONE]\n\n`)
      body?.close()
      asked.expected = { status: 200, replayed: false, says: `begin ${call} and end` }
      model.darkness.onSuccess()
      if (isTracked) model.onAnswered(id)
      return
    }
    body?.error(new Error('reset'))
    asked.expected = { status: 200, replayed: false, says: undefined }
    model.darkness.onFailure()
    const loop = model.loop(id)
    if (loop === undefined) model.loops.set(id, { sinceMs: model.clock.nowMs(), died: 1, hasAnswer: false })
    else loop.died += 1
    if (model.left(id) === 0 || model.darkness.isDark) return
    const cut: Cut = { atMs: model.clock.nowMs(), says: undefined, taken: undefined }
    model.cutsOf(id).push(cut)
    model.running.push({ kind: 'background', call: model.calls, id, cut })
    model.calls += 1
  }
  #endWhole({ id, call, asked, isTracked }: Extract<Running, { kind: 'own' }>, model: Model, real: Real): void {
    const says = `answer ${call}`
    real.calls[call]?.respond(this.isGood ? wholeAnswer(says) : refusal())
    asked.expected = { status: this.isGood ? 200 : 400, replayed: false, says: this.isGood ? says : '' }
    if (!this.isGood) return
    model.darkness.onSuccess()
    if (isTracked) model.onAnswered(id)
  }
  toString(): string {
    return `request ${this.pick} upstream ${this.isGood ? 'is answered' : 'fails'}`
  }
}

/** Somebody leaves in the middle of an answer of their own, which is then nobody's. */
class LeaveOwn extends Step {
  readonly pick: number
  constructor(pick: number) {
    super()
    this.pick = pick
  }
  act(model: Model): void {
    const own = model.running.flatMap((each) => (each.kind === 'own' ? [each] : []))
    const running = own[this.pick % Math.max(1, own.length)]
    if (running === undefined) return
    model.running = model.running.filter((each) => each !== running)
    running.asked.hasLeft = true
    running.asked.leaving.abort()
  }
  toString(): string {
    return `client ${this.pick} leaves its own answer`
  }
}

/** Somebody who waits for what is finished in the background leaves, and makes room for the next one. */
class Leave extends Step {
  readonly pick: number
  constructor(pick: number) {
    super()
    this.pick = pick
  }
  act(model: Model): void {
    const waiting = model.running.flatMap((each) =>
      each.kind === 'background' && each.cut.taken !== undefined ? [each.cut] : [],
    )
    const cut = waiting[this.pick % Math.max(1, waiting.length)]
    if (cut?.taken === undefined) return
    cut.taken.hasLeft = true
    cut.taken.leaving.abort()
    cut.taken = undefined
  }
  toString(): string {
    return `waiting client ${this.pick} leaves`
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
    return running.length === 0
  }
  act(model: Model, { clock }: Real): void {
    clock.advance(this.ms)
    model.clock.advance(this.ms)
  }
  toString(): string {
    return `advance ${this.ms}`
  }
}

const tenant = fc.constantFrom('t', 't', 'u')
const body = fc.constantFrom('a', 'a', 'b')
const ask = fc.tuple(tenant, body, fc.constantFrom(true, true, false)).map((each) => new Ask(...each))
const steps = [
  ask,
  ask,
  ask,
  fc.tuple(fc.nat(5), fc.constantFrom(true, false)).map((each) => new End(...each)),
  fc.tuple(fc.nat(5), fc.constantFrom(true, false)).map((each) => new End(...each)),
  fc.nat(5).map((pick) => new End(pick, false)),
  fc.nat(5).map((pick) => new Leave(pick)),
  fc.nat(5).map((pick) => new LeaveOwn(pick)),
  fc
    .constantFrom(0, 1, LOOP_WINDOW_MS - 1, LOOP_WINDOW_MS, WINDOW_MS - 1, WINDOW_MS, 86_400_000)
    .map((ms) => new Advance(ms)),
]

test('what broke off is given once to its own, and loops end, over any history', async () => {
  await fc.assert(
    fc.asyncProperty(fc.commands(steps, { maxCommands: 30, size: 'max' }), async (commands) => {
      await fc.asyncModelRun(() => ({ model: new Model(), real: new Real() }), commands)
    }),
    { numRuns: 100 },
  )
}, 60_000)
