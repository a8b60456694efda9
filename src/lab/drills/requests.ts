import { createRandom } from '../random.ts'

/** What a client of a drill wants to know, before anybody says in which protocol it is asked. */
export interface DrillQuestion {
  readonly prompt: string
  readonly protocol: DrillProtocol
  readonly stream: boolean
  /** Whether the answer is a tool call instead of text. */
  readonly usesTool: boolean
}

export type DrillProtocol = 'anthropic' | 'openai-chat'

/** A question as it is sent. */
export interface DrillRequest {
  readonly protocol: DrillProtocol
  readonly stream: boolean
  readonly usesTool: boolean
  readonly path: string
  readonly body: string
}

/** Shares of the questions, from 0 to 1. */
export interface DrillMix {
  readonly anthropic: number
  readonly code: number
  readonly tools: number
  readonly streamed: number
}

/** The model that the drill's clients ask for. */
export const DRILL_MODEL = 'sim-sonnet'
export const DRILL_MIX: DrillMix = { anthropic: 0.5, code: 0.5, tools: 0.2, streamed: 0.8 }

const MAX_TOKENS = 1024

const CHAT_PROMPTS = [
  'A customer asks where the parcel is. Write a short and friendly reply.',
  'What will the weather be like on the coast tomorrow, and should the ferry run?',
  'Explain to a customer why the invoice shows two charges for one order.',
  'The vessel is two hours late. Tell the depot what that means for the trucks.',
]
const CODE_PROMPTS = [
  'Write a TypeScript function that retries a request with a bound and jitter.',
  'Review this function: it opens a file and returns early when the header is wrong.',
  'Write a function that groups items by key, and say what it costs.',
  'This code reads a whole response into memory. How should it read the stream instead?',
]

const TOOL_NAME = 'file_ticket'
const TOOL_DESCRIPTION = 'Files a ticket about the request.'
const TOOL_SCHEMA = {
  type: 'object',
  properties: {
    title: { type: 'string' },
    priority: { enum: ['low', 'normal', 'high'] },
    hours: { type: 'integer', minimum: 1, maximum: 40 },
    checksum: { type: 'string' },
  },
  required: ['title', 'priority', 'hours', 'checksum'],
}

/** The fields that a tool call of a drill must have. */
export const TOOL_FIELDS: readonly string[] = TOOL_SCHEMA.required

/**
 * Question number `index` of a drill: by default half of them in each protocol, chat and code prompts in turn, a fifth with
 * a tool, a fifth not streamed. Every answer is asked to prove itself whole by a checksum.
 */
export function drillQuestion(seed: number, index: number, mix: DrillMix = DRILL_MIX): DrillQuestion {
  const random = createRandom('drill', seed, index)
  const protocol = random.next() < mix.anthropic ? 'anthropic' : 'openai-chat'
  const text = random.pick(random.next() < mix.code ? CODE_PROMPTS : CHAT_PROMPTS)
  const usesTool = random.next() < mix.tools
  const stream = random.next() < mix.streamed
  // The number makes every body different, so that no cache and no replay can answer for the provider.
  return { prompt: `${text} (Case ${seed}-${index}.) [[checksum]]`, protocol, stream, usesTool }
}

/** Which question a body asks, whatever protocol and model it was translated to. */
export function caseOf(body: unknown): string {
  return (typeof body === 'string' ? /\(Case (\d+-\d+)\.\)/.exec(body)?.[1] : undefined) ?? ''
}

/** The question as a request, in its own protocol or another, and by default of the drill's model. */
export function toRequest(question: DrillQuestion, model: string = DRILL_MODEL): DrillRequest {
  const { prompt, protocol, stream, usesTool } = question
  const shared = { model, max_tokens: MAX_TOKENS, stream, messages: [{ role: 'user', content: prompt }] }
  const isAnthropic = protocol === 'anthropic'
  const tool = isAnthropic
    ? { name: TOOL_NAME, description: TOOL_DESCRIPTION, input_schema: TOOL_SCHEMA }
    : { type: 'function', function: { name: TOOL_NAME, description: TOOL_DESCRIPTION, parameters: TOOL_SCHEMA } }
  return {
    protocol,
    stream,
    usesTool,
    path: isAnthropic ? '/v1/messages' : '/v1/chat/completions',
    body: JSON.stringify(usesTool ? { ...shared, tools: [tool] } : shared),
  }
}
