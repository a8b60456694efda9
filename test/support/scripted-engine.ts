import { expect } from 'bun:test'
import { createHash } from 'node:crypto'
import { parseConfig } from '../../src/config/index.ts'
import { Engine } from '../../src/engine/index.ts'
import type { ExchangeEvidence } from '../../src/evidence/index.ts'
import { FakeClock } from './fake-clock.ts'

/** One request upstream, which is answered when somebody says so. */
export interface ScriptedCall {
  readonly body: string
  readonly respond: (response: Response) => void
  /** Fullstop has given it up. */
  isAborted: boolean
}

/** What a client has in its hands in the end. */
export interface Heard {
  readonly status: number
  readonly replayed: boolean
  /** All text of the answer; `undefined`: the body broke off. */
  readonly says: string | undefined
}

/** A client's request. */
export class Asked {
  readonly #leaving = new AbortController()
  heard: Heard | undefined
  /** According to the rules. */
  expected: Heard | undefined
  hasLeft = false

  get signal(): AbortSignal {
    return this.#leaving.signal
  }

  leave(): void {
    this.hasLeft = true
    this.#leaving.abort()
  }

  /** It has heard what it is to hear, if anything. */
  get isSettled(): boolean {
    return this.hasLeft || (this.heard === undefined) === (this.expected === undefined)
  }
}

/** An engine in this process on fake time, one platform, and two tenants `t` and `u`, whose keys are their names. */
export class ScriptedEngine {
  readonly clock: FakeClock = new FakeClock()
  readonly calls: ScriptedCall[] = []
  readonly asked: Asked[] = []
  readonly evidence: ExchangeEvidence[] = []
  readonly engine: Engine

  constructor(yaml: string) {
    const hash = (key: string): string => `sha256:${createHash('sha256').update(key).digest('hex')}`
    const clients = ['t', 'u'].map((name) => `  ${name}: { keyHash: "${hash(name)}", tenant: ${name} }`)
    const text = `providers:\n  a: { protocol: openai-chat, baseUrl: "http://127.0.0.1:1/v1" }
models:\n  m: { platforms: [a/x] }\nclients:\n${clients.join('\n')}\n${yaml}\n`
    const result = parseConfig(text, { source: 'test.yaml', env: {} })
    if (!result.ok) throw new Error(JSON.stringify(result.problems))
    let id = 0
    this.engine = new Engine(
      { config: result.config },
      {
        clock: this.clock,
        random: () => 0.5,
        newId: () => `id${id++}`,
        sink: (evidence) => void this.evidence.push(evidence),
        upstream: { decodesBodies: true, showsFraming: false, fetch: (_, request) => this.#call(request) },
      },
    )
  }

  #call({ signal, body }: { readonly signal: AbortSignal; readonly body?: unknown }): Promise<Response> {
    return new Promise((respond, reject) => {
      const call = { body: String(body), respond, isAborted: false }
      signal.addEventListener('abort', () => {
        call.isAborted = true
        reject(new Error('aborted'))
      })
      this.calls.push(call)
    })
  }

  send(tenant: string, content: string, { stream = false, headers = {} }: SendOptions = {}): Asked {
    const asked = new Asked()
    this.asked.push(asked)
    const body = { model: 'm', messages: [{ role: 'user', content }], ...(stream && { stream }) }
    void this.#ask(asked.signal, body, { authorization: `Bearer ${tenant}`, ...headers }).then((heard) => {
      asked.heard = heard
    })
    return asked
  }

  async #ask(signal: AbortSignal, body: object, headers: Readonly<Record<string, string>>): Promise<Heard> {
    const url = 'http://gateway/v1/chat/completions'
    const request = new Request(url, { method: 'POST', headers, body: JSON.stringify(body), signal })
    const response = await this.engine.fetch(request)
    const replayed = response.headers.get('x-fullstop-replayed') === '1'
    const text = await textOf(response, signal).catch(() => undefined)
    const says =
      text === undefined ? undefined : [...text.matchAll(/"content":"([^"]*)"/g)].map((match) => match[1]).join('')
    return { status: response.status, replayed, says }
  }

  /** Upstream is asked so often, and whoever is there hears what it is to hear, and nothing else, and nobody another's. */
  async expectHeard(calls: number): Promise<void> {
    await this.settle(() => this.calls.length === calls && this.asked.every(({ isSettled }) => isSettled))
    expect(this.calls.length).toBe(calls)
    for (const { heard, expected, hasLeft } of this.asked) if (!hasLeft) expect(heard).toEqual(expected as Heard)
    expect(this.strangers).toEqual([])
  }

  /** Turns of the event loop until it is as it should be, and two more for what should not be. */
  async settle(isSo: () => boolean): Promise<void> {
    const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0))
    for (let turns = 0; turns < 500 && !isSo(); turns++) {
      await turn()
      // What is due now, such as the turn between an error event and the abort behind it.
      this.clock.advance(0)
    }
    await turn()
    await turn()
  }

  /** Nobody was given another tenant's answer. */
  get strangers(): readonly ExchangeEvidence[] {
    const tenantOf = new Map(this.evidence.map(({ id, tenant }) => [id, tenant]))
    return this.evidence.filter(
      ({ replayOf, tenant }) => replayOf !== undefined && tenantOf.has(replayOf) && tenantOf.get(replayOf) !== tenant,
    )
  }
}

/** The body to its end; a client that leaves cancels it. */
async function textOf({ body }: Response, signal: AbortSignal): Promise<string> {
  const reader = body?.getReader()
  signal.addEventListener('abort', () => void reader?.cancel())
  const decoder = new TextDecoder()
  let text = ''
  for (let read = await reader?.read(); read?.done === false; read = await reader?.read())
    text += decoder.decode(read.value, { stream: true })
  return text
}

export interface SendOptions {
  readonly stream?: boolean
  readonly headers?: Readonly<Record<string, string>>
}

export function wholeAnswer(content: string): Response {
  const choices = [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }]
  return Response.json({ id: 'c', object: 'chat.completion', created: 1, model: 'm', choices })
}
