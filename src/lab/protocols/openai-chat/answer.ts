import type { Answer, AnswerPart, AnswerStop } from '../../model/answer.ts'
import { piecesOf } from '../../pieces.ts'
import type { RenderContext, WireEvent } from '../provider-protocol.ts'
import type { ScoredToken } from '../../model/writer.ts'

const FINISH_REASONS: Readonly<Record<AnswerStop, string>> = {
  end: 'stop',
  tools: 'tool_calls',
  limit: 'length',
  context: 'length',
  'stop-sequence': 'stop',
  refusal: 'stop',
  aborted: 'abort',
}

export interface ChatOptions {
  readonly includeUsage: boolean
  readonly obfuscate: boolean
  /** How many alternatives per token; undefined when no log probabilities were asked for. */
  readonly topLogprobs: number | undefined
}

interface Delta {
  readonly delta: object
  readonly logprobs: object | null
}

/** The answers as a stream of chunks, choice beside choice. */
export function toChatEvents(answers: readonly Answer[], options: ChatOptions, context: RenderContext): WireEvent[] {
  const { random } = context
  const head = headOf('chat.completion.chunk', context)
  const chunk = (choices: readonly object[], usage: object | null, kind: WireEvent['kind']): WireEvent => {
    const fields = { ...head, choices, ...(options.includeUsage ? { usage } : {}) }
    const padding = options.obfuscate ? { obfuscation: random.identifier(random.integer(2, 15)) } : {}
    return { text: `data: ${JSON.stringify({ ...fields, ...padding })}\n\n`, kind }
  }
  const choice = (index: number, { delta, logprobs }: Delta, finishReason: string | null): object => ({
    index,
    delta,
    logprobs,
    finish_reason: finishReason,
  })
  const events: WireEvent[] = answers.map((answer, index) =>
    chunk([choice(index, { delta: roleDelta(answer), logprobs: null }, null)], null, 'start'),
  )
  const queues = answers.map((answer) => deltasOf(answer, options, context))
  for (let step = 0; queues.some((queue) => step < queue.length); step += 1) {
    for (const [index, queue] of queues.entries()) {
      const next = queue[step]
      if (next !== undefined) events.push(chunk([choice(index, next, null)], null, 'content'))
    }
  }
  for (const [index, answer] of answers.entries()) {
    const end = { delta: {}, logprobs: null }
    events.push(chunk([choice(index, end, FINISH_REASONS[answer.stop])], null, 'other'))
  }
  if (options.includeUsage) events.push(chunk([], usageOf(answers), 'other'))
  events.push({ text: 'data: [DONE]\n\n', kind: 'terminal' })
  return events
}

/** The answers as one JSON body. */
export function toChatBody(answers: readonly Answer[], options: ChatOptions, context: RenderContext): string {
  const { service_tier: tier, system_fingerprint: fingerprint, ...head } = headOf('chat.completion', context)
  const choices = answers.map((answer, index) => ({
    index,
    message: messageOf(answer, context),
    logprobs: options.topLogprobs === undefined ? null : wholeLogprobs(answer, options.topLogprobs, context),
    finish_reason: FINISH_REASONS[answer.stop],
  }))
  return JSON.stringify({
    ...head,
    choices,
    usage: usageOf(answers),
    service_tier: tier,
    system_fingerprint: fingerprint,
  })
}

function headOf(object: string, { model, random, nowMs }: RenderContext): Readonly<Record<string, unknown>> {
  return {
    id: `chatcmpl-${random.identifier(29)}`,
    object,
    created: Math.floor(nowMs / 1000),
    model: model.id,
    service_tier: 'default',
    system_fingerprint: `fp_${random.identifier(10).toLowerCase()}`,
  }
}

function roleDelta(answer: Answer): object {
  const content = answer.parts.some((part) => part.kind === 'text') || answer.parts.length === 0 ? '' : null
  return { role: 'assistant', content, refusal: null }
}

function deltasOf(answer: Answer, options: ChatOptions, context: RenderContext): Delta[] {
  let call = -1
  return answer.parts.flatMap((part): Delta[] => {
    if (part.kind === 'tool') call += 1
    return partDeltas(part, call, options, context)
  })
}

function partDeltas(part: AnswerPart, call: number, options: ChatOptions, context: RenderContext): Delta[] {
  const plain = (delta: object): Delta => ({ delta, logprobs: null })
  switch (part.kind) {
    case 'thinking':
      return showsThinking(context) ? part.tokens.map((token) => plain({ reasoning_content: token })) : []
    case 'refusal':
      return part.tokens.map((token) => plain({ refusal: token }))
    case 'text': {
      const scored = options.topLogprobs === undefined ? [] : context.writer.score(part.tokens, options.topLogprobs)
      return part.tokens.map((token, index) => ({
        delta: { content: token },
        logprobs: scored[index] === undefined ? null : { content: [logprobOf(scored[index])], refusal: null },
      }))
    }
    case 'tool': {
      const type = part.freeForm ? 'custom' : 'function'
      const body = (text: string, name?: string): object => ({
        [type]: { ...(name === undefined ? {} : { name }), [part.freeForm ? 'input' : 'arguments']: text },
      })
      const first = { index: call, id: `call_${context.random.identifier(24)}`, type, ...body('', part.name) }
      const pieces = piecesOf(part.tokens, context.random, 4)
      return [
        plain({ tool_calls: [first] }),
        ...pieces.map((piece) => plain({ tool_calls: [{ index: call, ...body(piece) }] })),
      ]
    }
  }
}

function messageOf(answer: Answer, context: RenderContext): object {
  const textOf = (kind: AnswerPart['kind']): string | null => {
    const parts = answer.parts.filter((part) => part.kind === kind)
    return parts.length === 0 ? null : parts.flatMap((part) => part.tokens).join('')
  }
  const calls = answer.parts.flatMap((part): object[] => {
    if (part.kind !== 'tool') return []
    const id = `call_${context.random.identifier(24)}`
    const text = part.tokens.join('')
    return part.freeForm
      ? [{ id, type: 'custom', custom: { name: part.name, input: text } }]
      : [{ id, type: 'function', function: { name: part.name, arguments: text } }]
  })
  const thinking = textOf('thinking')
  return {
    role: 'assistant',
    content: textOf('text'),
    ...(thinking !== null && showsThinking(context) ? { reasoning_content: thinking } : {}),
    ...(calls.length > 0 ? { tool_calls: calls } : {}),
    refusal: textOf('refusal'),
    annotations: [],
  }
}

// OpenAI keeps the thinking of its models to itself; hosts of other models send it as `reasoning_content`.
function showsThinking({ model }: RenderContext): boolean {
  return model.family === 'anthropic'
}

function wholeLogprobs(answer: Answer, top: number, { writer }: RenderContext): object {
  const tokens = answer.parts.flatMap((part) => (part.kind === 'text' ? part.tokens : []))
  return { content: writer.score(tokens, top).map(logprobOf), refusal: null }
}

/** A scored token as both of OpenAI’s protocols show it. */
export function logprobOf({ token, logprob, top }: ScoredToken): object {
  return {
    token,
    logprob,
    bytes: bytesOf(token),
    top_logprobs: top.map((next) => ({ ...next, bytes: bytesOf(next.token) })),
  }
}

function bytesOf(token: string): number[] {
  return [...new TextEncoder().encode(token)]
}

function usageOf(answers: readonly Answer[]): object {
  const sum = (of: (answer: Answer) => number): number => answers.reduce((total, answer) => total + of(answer), 0)
  const prompt = answers[0]?.inputTokens ?? 0
  const completion = sum((answer) => answer.outputTokens)
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: sum((answer) => answer.thinkingTokens),
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  }
}
