import type { IncomingMessage, ServerResponse } from 'node:http'
import { anthropicProtocol } from './anthropic-protocol.ts'
import { readAnthropicPrompt } from './anthropic-request.ts'
import { chatProtocol } from './chat-protocol.ts'
import { composeAnswer } from './composer.ts'
import { Connection } from './connection.ts'
import type { Sleep } from './connection.ts'
import type { Counters, Outcome } from './counts.ts'
import { refuse, rejectionOf, toRejection } from './error-replies.ts'
import { effectsOf, sampleFaults } from './fault-selection.ts'
import type { ChosenFault } from './fault-selection.ts'
import type { FaultEffects } from './faults.ts'
import type { JsonRecord } from './json-checks.ts'
import { modelEntry, modelList } from './model-list.ts'
import { selectModel } from './model-selection.ts'
import { playBody, playStream } from './playback.ts'
import type { ProviderProtocol } from './provider-protocol.ts'
import { createRandom, hashText } from './random.ts'
import { readJsonBody } from './request-body.ts'
import { findRoute } from './routes.ts'
import type { Route } from './routes.ts'
import { drawScenarioFault } from './scenarios.ts'
import type { Scenario } from './scenarios.ts'
import { simulatedModels } from './simulated-models.ts'
import { Writer } from './writer.ts'

export interface ProviderSiteOptions {
  readonly platforms: readonly string[]
  readonly seed: number
  readonly scenario: Scenario
  readonly tokenDelayMs: number
}

export interface ProviderSiteDeps {
  readonly counters: Counters
  readonly nowMs: () => number
  readonly sleep: Sleep
}

// Bounds the memory of which bodies were seen; beyond it the oldest body counts as new again.
const REMEMBERED_BODIES = 100_000

/** Serves every platform: routes, refuses what real providers refuse, strikes the faults and answers. */
export class ProviderSite {
  readonly #options: ProviderSiteOptions
  readonly #deps: ProviderSiteDeps
  readonly #writer = new Writer()
  #serial = 0
  readonly #repetitions = new Map<string, number>()

  constructor(options: ProviderSiteOptions, deps: ProviderSiteDeps) {
    this.#options = options
    this.#deps = deps
  }

  reset(): void {
    this.#repetitions.clear()
  }

  /** Answers one HTTP request; never rejects. */
  async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const route = findRoute(request, this.#options.platforms)
    const protocol = route.protocol === 'anthropic' ? anthropicProtocol : chatProtocol
    const end = route.kind === 'answer' ? this.#deps.counters.begin(route.platform) : undefined
    const requestId = `req_${createRandom('request', this.#deps.nowMs(), (this.#serial += 1)).identifier(24)}`
    let outcome: Outcome = 'clientLeft'
    try {
      outcome = await this.#handle(request, response, route, protocol, requestId)
    } catch (error) {
      outcome = 'rejected'
      refuse(response, toRejection(error), protocol, requestId)
    } finally {
      end?.(outcome)
    }
  }

  async #handle(
    request: IncomingMessage,
    response: ServerResponse,
    route: Route,
    protocol: ProviderProtocol,
    requestId: string,
  ): Promise<Outcome> {
    if (route.kind === 'refused') throw route.rejection
    if (route.kind === 'index') return json(response, route.body)
    protocol.authenticate((name) => headerOf(request, name))
    if (route.kind === 'models') return json(response, modelList(protocol.name))
    if (route.kind === 'model') {
      const model = simulatedModels.find(({ id }) => id === route.id)
      if (model === undefined) throw protocol.unknownModel(route.id)
      return json(response, modelEntry(model, protocol.name))
    }
    const { text, body } = await readJsonBody(request, protocol.name)
    if (route.kind === 'count') {
      const { model } = selectModel(body, protocol)
      return json(response, { input_tokens: readAnthropicPrompt(body, model).inputTokens })
    }
    return this.#answer(response, route.platform, { text, body }, protocol, requestId)
  }

  async #answer(
    response: ServerResponse,
    platform: string,
    { text, body }: { readonly text: string; readonly body: JsonRecord },
    protocol: ProviderProtocol,
    requestId: string,
  ): Promise<Outcome> {
    const { model, chosen } = selectModel(body, protocol)
    // The order in which concurrent requests arrive must not matter, so a request is known by its body and by how
    // often that body came before, not by a running number.
    const seedParts = [
      this.#options.seed,
      platform,
      hashText(text),
      this.#repetitionOf(`${platform} ${hashText(text)}`),
    ]
    const effects = this.#strike(platform, chosen, seedParts)
    const connection = new Connection(response, { sleep: this.#deps.sleep, byteDelayMs: effects.byteDelayMs ?? 0 })
    if (effects.before === 'reset') {
      await connection.reset()
      return 'cut'
    }
    if (effects.before === 'silence') {
      await connection.hang()
      return 'cut'
    }
    const headers = protocol.headers(requestId)
    if (effects.rejection !== undefined) {
      refuse(response, rejectionOf(effects.rejection, protocol), protocol, requestId, effects.retryAfterSeconds)
      return 'rejected'
    }
    const asked = protocol.read(body, model)
    const answers = Array.from({ length: asked.choices }, (_, choice) => {
      const greedy = asked.prompt.temperature === 0 ? ['greedy'] : undefined
      const own = asked.seed === undefined ? undefined : ['seed', asked.seed]
      const shared = own ?? greedy
      const parts = shared === undefined ? seedParts : [...shared, model.id, hashText(asked.prompt.text)]
      return composeAnswer(asked.prompt, model, effects, {
        writer: this.#writer,
        random: createRandom('answer', ...parts, choice),
      })
    })
    const context = {
      model,
      random: createRandom('render', ...seedParts),
      nowMs: this.#deps.nowMs(),
      writer: this.#writer,
    }
    const asStream = asked.stream && effects.instead !== 'json'
    const parts = {
      headers,
      effects,
      errorText: asStream
        ? protocol.errorEvent(requestId)
        : protocol.errorBody(protocol.statusRejection(500), requestId),
      giantEvent: (letters: number) => protocol.giantEvent(model, letters),
      tokenDelayMs: this.#options.tokenDelayMs,
    }
    const tokens = answers.reduce((sum, answer) => sum + answer.outputTokens, 0)
    return asStream
      ? await playStream(connection, asked.toEvents(answers, context), parts)
      : await playBody(connection, asked.toBody(answers, context), tokens, parts)
  }

  #strike(platform: string, chosen: readonly ChosenFault[], seedParts: readonly (string | number)[]): FaultEffects {
    const random = createRandom('faults', ...seedParts)
    const staged = drawScenarioFault(this.#options.scenario, platform, random)
    const struck = [...(staged === undefined ? [] : [staged]), ...sampleFaults(chosen, random)]
    for (const { name } of struck) this.#deps.counters.struck(platform, name)
    return effectsOf(struck)
  }

  #repetitionOf(key: string): number {
    const seen = this.#repetitions.get(key) ?? 0
    this.#repetitions.delete(key)
    this.#repetitions.set(key, seen + 1)
    if (this.#repetitions.size > REMEMBERED_BODIES) {
      const oldest = this.#repetitions.keys().next()
      if (oldest.done !== true) this.#repetitions.delete(oldest.value)
    }
    return seen
  }
}

function json(response: ServerResponse, value: unknown): Outcome {
  response.writeHead(200, { 'content-type': 'application/json' })
  response.end(JSON.stringify(value))
  return 'answered'
}

function headerOf(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name]
  return Array.isArray(value) ? value[0] : value
}
