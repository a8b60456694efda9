import Anthropic from '@anthropic-ai/sdk'
import { toolsOf } from './answers.ts'
import { type Ask, type ClientPath, conclude, type Draft, readArguments, type Session } from './client-path.ts'

/** `for await` over the events: text and arguments are joined, and the loop's end is the answer's end. */
const raw: ClientPath = {
  name: 'anthropic raw iterator',
  protocol: 'anthropic',
  streamed: true,
  ask: (ask) =>
    conclude(ask, async (session) => {
      const { draft, signal } = session
      const calls = new Map<number, { name: string; input: string }>()
      const stream = await clientFor(ask, session).messages.create({ ...question(ask), stream: true }, { signal })
      for await (const event of stream) {
        if (event.type === 'content_block_start' && event.content_block.type === 'tool_use')
          calls.set(event.index, { name: event.content_block.name, input: '' })
        if (event.type === 'content_block_delta' && event.delta.type === 'text_delta') draft.text += event.delta.text
        if (event.type === 'content_block_delta' && event.delta.type === 'input_json_delta') {
          const call = calls.get(event.index)
          if (call !== undefined) call.input += event.delta.partial_json
        }
        if (event.type === 'message_delta') draft.stop = event.delta.stop_reason ?? draft.stop
        draft.toolCalls = [...calls.values()]
      }
      draft.toolCalls = [...calls.values()].map(({ name, input }) => ({ name, input: readArguments(input) }))
    }),
}

/** `.stream()`, then `finalMessage()`: what it resolves to is the answer. */
const helper: ClientPath = {
  name: 'anthropic `.stream()`',
  protocol: 'anthropic',
  streamed: true,
  ask: (ask) =>
    conclude(ask, async (session) => {
      const stream = clientFor(ask, session).messages.stream(question(ask), { signal: session.signal })
      read(await stream.finalMessage(), session.draft)
    }),
}

/** `create()` without streaming: what it resolves to is the answer. */
const whole: ClientPath = {
  name: 'anthropic `.create()`',
  protocol: 'anthropic',
  streamed: false,
  ask: (ask) =>
    conclude(ask, async (session) => {
      const { signal, draft } = session
      read(await clientFor(ask, session).messages.create(question(ask), { signal }), draft)
    }),
}

export const ANTHROPIC_PATHS: readonly ClientPath[] = [raw, helper, whole]

/** Fails, as applications do, where there is no content to loop over. */
function read({ content, stop_reason }: Anthropic.Message, draft: Draft): void {
  draft.text = content.map((block) => (block.type === 'text' ? block.text : '')).join('')
  draft.toolCalls = content.flatMap((block) =>
    block.type === 'tool_use' ? [{ name: block.name, input: block.input }] : [],
  )
  draft.stop = stop_reason ?? undefined
}

function clientFor({ url, headers }: Ask, { fetch }: Session): Anthropic {
  return new Anthropic({
    apiKey: 'k',
    baseURL: url,
    maxRetries: 0,
    logLevel: 'off',
    fetch,
    defaultHeaders: { ...headers },
  })
}

function question({ model, scenario }: Ask): {
  model: string
  max_tokens: number
  messages: Anthropic.MessageParam[]
  tools?: Anthropic.Tool[]
} {
  const tools = toolsOf(scenario).map(({ name, schema }) => ({
    name,
    input_schema: { ...schema, type: 'object' as const },
  }))
  const messages: Anthropic.MessageParam[] = [{ role: 'user', content: 'When is high tide?' }]
  return { model, max_tokens: 100, messages, ...(tools.length > 0 && { tools }) }
}
