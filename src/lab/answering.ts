import { composeAnswer } from './model/composer.ts'
import type { JsonRecord } from './json-checks.ts'
import { playBody, playStream } from './playback.ts'
import type { PlaybackEnd, ReplyParts } from './playback.ts'
import type { ProviderProtocol, ReadContext, ReadRequest } from './protocols/provider-protocol.ts'
import { createRandom, hashText } from './random.ts'
import type { SimulatedModel } from './simulated-models.ts'
import type { Performance } from './stage.ts'
import type { Writer } from './model/writer.ts'

const SERVER_SENT_EVENTS = 'text/event-stream; charset=utf-8'

export interface Question {
  readonly body: JsonRecord
  readonly model: SimulatedModel
  readonly protocol: ProviderProtocol
  readonly requestId: string
  readonly context: ReadContext
}

export interface AnsweringDeps {
  readonly writer: Writer
  readonly nowMs: () => number
  readonly tokenDelayMs: number
}

/** Reads a request for an answer, has the answer written and sends it with its faults. */
export async function playAnswer(
  { body, model, protocol, requestId, context }: Question,
  performance: Performance,
  { writer, nowMs, tokenDelayMs }: AnsweringDeps,
): Promise<PlaybackEnd> {
  const { connection, effects, seedParts } = performance
  const asked = protocol.read(body, model, context)
  const answers = Array.from({ length: asked.choices }, (_, choice) =>
    composeAnswer(asked.prompt, model, effects, {
      writer,
      random: createRandom('answer', ...answerSeed(asked, model, seedParts), choice),
    }),
  )
  const rendering = {
    model,
    platform: context.platform,
    random: createRandom('render', ...seedParts),
    nowMs: nowMs(),
    writer,
    stopOnEveryChunk: effects.stopOnEveryChunk === true,
  }
  const asStream = asked.stream && effects.instead !== 'json'
  const parts: ReplyParts = {
    ...bodyParts(protocol, requestId, performance, tokenDelayMs),
    ...(asStream ? { errorText: protocol.errorEvent(requestId) } : {}),
    bareErrorText: protocol.bareError?.(requestId) ?? protocol.errorEvent(requestId),
    giantEvent: (letters) => protocol.giantEvent(model, letters),
    streamType: asked.streamType ?? SERVER_SENT_EVENTS,
  }
  const tokens = answers.reduce((sum, answer) => sum + answer.outputTokens, 0)
  return asStream
    ? playStream(connection, asked.toEvents(answers, rendering), tokens, parts)
    : playBody(connection, asked.toBody(answers, rendering), tokens, parts)
}

/** What a reply that is one body is made of, besides the body. */
export function bodyParts(
  protocol: ProviderProtocol,
  requestId: string,
  { effects }: Performance,
  tokenDelayMs: number,
): ReplyParts {
  return {
    headers: protocol.headers(requestId),
    effects,
    errorText: protocol.errorBody(protocol.statusRejection(500), requestId),
    bareErrorText: '',
    numbered: protocol.numbered ?? ((text) => text),
    streamType: SERVER_SENT_EVENTS,
    giantEvent: () => '',
    tokenDelayMs,
  }
}

// Greedy answers and those with a seed of the caller's are the same on every platform and each time.
function answerSeed(
  { prompt, seed }: ReadRequest,
  model: SimulatedModel,
  own: readonly (string | number)[],
): readonly (string | number)[] {
  const greedy = prompt.temperature === 0 ? ['greedy'] : undefined
  const shared = seed === undefined ? greedy : ['seed', seed]
  return shared === undefined ? own : [...shared, model.id, hashText(prompt.text)]
}
