import type { ProviderResponse } from './provider-http.ts'
import { RateLimit, WaitingLine } from './capacity.ts'
import { Connection } from './connection.ts'
import type { Sleep } from './connection.ts'
import type { Counters, Outcome } from './counts.ts'
import { refuse, rejectionOf } from './error-replies.ts'
import { effectsOf, sampleFaults } from './fault-selection.ts'
import type { ChosenFault } from './fault-selection.ts'
import type { FaultEffects } from './faults.ts'
import { forgetOldest } from './forget-oldest.ts'
import type { PlaybackEnd } from './playback.ts'
import type { ProviderProtocol } from './protocols/provider-protocol.ts'
import { createRandom, hashText } from './random.ts'
import { drawScenarioFault } from './scenarios.ts'
import type { Scenario } from './scenarios.ts'

/** One request to a model, as far as faults are concerned. */
export interface StagedCall {
  readonly response: ProviderResponse
  readonly platform: string
  readonly protocol: ProviderProtocol
  readonly requestId: string
  /** What makes the request the same request: its body, and its model where the address names it. */
  readonly text: string
  readonly chosen: readonly ChosenFault[]
}

/** What a call is answered with, once it is known that it is answered at all. */
export interface Performance {
  readonly connection: Connection
  readonly effects: FaultEffects
  readonly seedParts: readonly (string | number)[]
}

export interface StageOptions {
  readonly seed: number
  readonly scenario: Scenario
  readonly counters: Counters
  readonly sleep: Sleep
  readonly nowMs: () => number
}

const TOO_MANY_REQUESTS = 429

// Bounds the memory of which bodies were seen; beyond it the oldest body counts as new again.
const REMEMBERED_BODIES = 100_000

/** Strikes the faults of a call, and plays what comes before an answer: resets, silence, refusals. */
export class Stage {
  readonly #options: StageOptions
  readonly #repetitions = new Map<string, number>()
  readonly #rateLimits = new Map<string, RateLimit>()
  readonly #lines = new Map<string, WaitingLine>()
  #beganAtMs = 0

  constructor(options: StageOptions) {
    this.#options = options
    this.reset()
  }

  /** Begins the scenario and its seeded sampling anew. */
  reset(): void {
    const { scenario, sleep, nowMs } = this.#options
    this.#repetitions.clear()
    this.#rateLimits.clear()
    this.#beganAtMs = nowMs()
    for (const [platform, limit] of Object.entries(scenario.requestsPerMinute ?? {}))
      this.#rateLimits.set(platform, new RateLimit(limit, { elapsedMs: this.#elapsedMs }))
    this.#lines.clear()
    for (const [platform, capacity] of Object.entries(scenario.capacity ?? {}))
      this.#lines.set(platform, new WaitingLine(capacity, { elapsedMs: this.#elapsedMs, sleep }))
  }

  readonly #elapsedMs = (): number => this.#options.nowMs() - this.#beganAtMs

  async play(call: StagedCall, perform: (performance: Performance) => Promise<PlaybackEnd>): Promise<Outcome> {
    const { response, platform, protocol, requestId, chosen, text } = call
    // The order in which concurrent requests arrive must not matter, so a request is known by its body and by how
    // often that body came before, not by a running number.
    const hash = hashText(text)
    const seedParts = [this.#options.seed, platform, hash, this.#repetitionOf(`${platform} ${hash}`)]
    const room = this.#rateLimits.get(platform)?.take()
    if (room?.isTaken === false) {
      this.#options.counters.struck(platform, 'rate-limit')
      refuse(response, protocol.statusRejection(TOO_MANY_REQUESTS), protocol, requestId, room.retryAfterSeconds)
      return 'rejected'
    }
    const effects = this.#strike(platform, chosen, seedParts)
    const connection = new Connection(response, { sleep: this.#options.sleep, byteDelayMs: effects.byteDelayMs ?? 0 })
    if (effects.before === 'reset') {
      await connection.reset()
      return 'cut'
    }
    if (effects.before === 'silence') {
      await connection.hang()
      return 'cut'
    }
    if (effects.rejection !== undefined) {
      refuse(response, rejectionOf(effects.rejection, protocol), protocol, requestId, effects.retryAfterSeconds)
      return 'rejected'
    }
    await this.#lines.get(platform)?.turn()
    // Its turn is used up all the same.
    if (connection.isGone) return 'clientLeft'
    return perform({ connection, effects, seedParts })
  }

  #strike(platform: string, chosen: readonly ChosenFault[], seedParts: readonly (string | number)[]): FaultEffects {
    const random = createRandom('faults', ...seedParts)
    const staged = drawScenarioFault(this.#options.scenario, { platform, elapsedMs: this.#elapsedMs() }, random)
    const struck = [...(staged === undefined ? [] : [staged]), ...sampleFaults(chosen, random)]
    for (const { name } of struck) this.#options.counters.struck(platform, name)
    return effectsOf(struck)
  }

  #repetitionOf(key: string): number {
    const seen = this.#repetitions.get(key) ?? 0
    this.#repetitions.delete(key)
    this.#repetitions.set(key, seen + 1)
    forgetOldest(this.#repetitions, REMEMBERED_BODIES)
    return seen
  }
}
