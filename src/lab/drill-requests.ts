import { createRandom } from './random.ts'

/** One request of a drill's client. */
export interface DrillRequest {
  readonly protocol: 'anthropic' | 'openai-chat'
  readonly stream: boolean
  /** Whether the answer is a tool call instead of text. */
  readonly usesTool: boolean
  readonly path: string
  readonly body: string
}

/** The model that the drill's clients ask for. */
export const DRILL_MODEL = 'sim-sonnet'
/** Shares of the mix; see `drillRequest`. */
export const DRILL_MIX = { anthropic: 0.5, code: 0.5, tools: 0.2, streamed: 0.8 } as const

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

/**
 * Request number `index` of a drill: half of them in each protocol, chat and code prompts in turn, a fifth with a
 * tool, a fifth not streamed. Every answer is asked to prove itself whole by a checksum.
 */
export function drillRequest(seed: number, index: number): DrillRequest {
  const random = createRandom('drill', seed, index)
  const protocol = random.next() < DRILL_MIX.anthropic ? 'anthropic' : 'openai-chat'
  const prompt = random.pick(random.next() < DRILL_MIX.code ? CODE_PROMPTS : CHAT_PROMPTS)
  const usesTool = random.next() < DRILL_MIX.tools
  const stream = random.next() < DRILL_MIX.streamed
  // The number makes every body different, so that no cache and no replay can answer for the provider.
  const messages = [{ role: 'user', content: `${prompt} (Case ${seed}-${index}.) [[checksum]]` }]
  const shared = { model: DRILL_MODEL, max_tokens: MAX_TOKENS, stream, messages }
  return protocol === 'anthropic'
    ? {
        protocol,
        stream,
        usesTool,
        path: '/v1/messages',
        body: JSON.stringify(
          usesTool
            ? { ...shared, tools: [{ name: TOOL_NAME, description: TOOL_DESCRIPTION, input_schema: TOOL_SCHEMA }] }
            : shared,
        ),
      }
    : {
        protocol,
        stream,
        usesTool,
        path: '/v1/chat/completions',
        body: JSON.stringify(
          usesTool
            ? {
                ...shared,
                tools: [
                  {
                    type: 'function',
                    function: { name: TOOL_NAME, description: TOOL_DESCRIPTION, parameters: TOOL_SCHEMA },
                  },
                ],
              }
            : shared,
        ),
      }
}
