import { test } from 'bun:test'
import fc from 'fast-check'
import { Darkness } from '../../src/resilience/index.ts'
import { FakeClock } from '../support/fake-clock.ts'
import { playHistories, type Step } from '../support/histories.ts'
import { type Asked, ScriptedEngine, wholeAnswer } from '../support/scripted-engine.ts'

const WINDOW_MS = 600_000
const LOOP_WINDOW_MS = 60_000

/** A client's own request upstream that is not over. */
interface Own {
  readonly kind: 'own'
  readonly call: number
  readonly id: string
  readonly stream: boolean
  readonly asked: Asked
  readonly isTracked: boolean
}

/** One in the background. */
interface Background {
  readonly kind: 'background'
  readonly call: number
  readonly id: string
  readonly cut: Cut
}

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
  running: (Own | Background)[] = []
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
  /** Of the streams that were answered. */
  readonly bodies = new Map<number, ReadableStreamDefaultController<Uint8Array>>()

  constructor() {
    super('defaults: { attempts: 1, delivery: live }')
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

const ask = (tenant: string, body: string, stream: boolean): Step<Model, Real> => ({
  name: `${tenant} asks ${body}${stream ? ' as a stream' : ''}`,
  act(model, real) {
    const id = `${tenant} ${body}`
    const asked = real.send(tenant, body, { stream })
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
  },
})

/** A request upstream comes to its end, well or not: a client's stream is cut, anything else is refused. */
const end = (pick: number, isGood: boolean): Step<Model, Real> => ({
  name: `request ${pick} upstream ${isGood ? 'is answered' : 'fails'}`,
  canHappen: ({ running }) => running.length > 0,
  act(model, real) {
    const [running] = model.running.splice(pick % model.running.length, 1)
    if (running === undefined) return
    if (running.kind === 'background') endBackground(running, isGood, model, real)
    else if (running.stream) endStream(running, isGood, model, real)
    else endWhole(running, isGood, model, real)
  },
})

function endBackground({ id, call, cut }: Background, isGood: boolean, model: Model, real: Real): void {
  const says = `answer ${call}`
  real.calls[call]?.respond(isGood ? wholeAnswer(says) : refusal())
  const asked = cut.taken
  if (isGood) {
    model.darkness.onSuccess()
    model.onAnswered(id)
    cut.says = says
    if (asked !== undefined) model.served(id, cut, asked)
    return
  }
  model.drop(id, cut)
  if (asked !== undefined) asked.expected = { status: 400, replayed: false, says: '' }
}

function endStream({ id, call, asked, isTracked }: Own, isGood: boolean, model: Model, real: Real): void {
  const body = real.bodies.get(call)
  if (isGood) {
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

function endWhole({ id, call, asked, isTracked }: Own, isGood: boolean, model: Model, real: Real): void {
  const says = `answer ${call}`
  real.calls[call]?.respond(isGood ? wholeAnswer(says) : refusal())
  asked.expected = { status: isGood ? 200 : 400, replayed: false, says: isGood ? says : '' }
  if (!isGood) return
  model.darkness.onSuccess()
  if (isTracked) model.onAnswered(id)
}

/** Somebody leaves in the middle of an answer of their own, which is then nobody's. */
const leaveOwn = (pick: number): Step<Model, Real> => ({
  name: `client ${pick} leaves its own answer`,
  act(model) {
    const own = model.running.flatMap((each) => (each.kind === 'own' ? [each] : []))
    const running = own[pick % Math.max(1, own.length)]
    if (running === undefined) return
    model.running = model.running.filter((each) => each !== running)
    running.asked.leave()
  },
})

/** Somebody who waits for what is finished in the background leaves, and makes room for the next one. */
const leave = (pick: number): Step<Model, Real> => ({
  name: `waiting client ${pick} leaves`,
  act(model) {
    const waiting = model.running.flatMap((each) =>
      each.kind === 'background' && each.cut.taken !== undefined ? [each.cut] : [],
    )
    const cut = waiting[pick % Math.max(1, waiting.length)]
    if (cut?.taken === undefined) return
    cut.taken.leave()
    cut.taken = undefined
  },
})

const pass = (ms: number): Step<Model, Real> => ({
  name: `advance ${ms}`,
  // While something runs its deadline would end it, which is not what this is about.
  canHappen: ({ running }) => running.length === 0,
  act(model, { clock }) {
    clock.advance(ms)
    model.clock.advance(ms)
  },
})

const asks = fc
  .tuple(fc.constantFrom('t', 't', 'u'), fc.constantFrom('a', 'a', 'b'), fc.constantFrom(true, true, false))
  .map((each) => ask(...each))
const ends = fc.tuple(fc.nat(5), fc.boolean()).map((each) => end(...each))
const boundary = fc.constantFrom(0, 1, LOOP_WINDOW_MS - 1, LOOP_WINDOW_MS, WINDOW_MS - 1, WINDOW_MS, 86_400_000)

test('what broke off is given once to its own, and loops end, over any history', async () => {
  await playHistories<Model, Real>({
    setUp: () => ({ model: new Model(), real: new Real() }),
    steps: [
      asks,
      asks,
      asks,
      ends,
      ends,
      fc.nat(5).map((pick) => end(pick, false)),
      fc.nat(5).map(leave),
      fc.nat(5).map(leaveOwn),
      boundary.map(pass),
    ],
    async check(model, real) {
      await real.expectHeard(model.calls)
      for (const each of model.running)
        if (each.kind === 'own' && each.stream && !real.bodies.has(each.call)) real.begin(each.call)
      await real.settle(() => true)
    },
    longest: 30,
    count: 100,
  })
}, 60_000)
