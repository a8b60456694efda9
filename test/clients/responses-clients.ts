import OpenAI from 'openai'
import type { Response, Tool } from 'openai/resources/responses/responses'
import { toolsOf } from './answers.ts'
import { type Ask, type ClientPath, conclude, type Draft, readArguments, type Session } from './client-path.ts'
import { baseUrlOf } from './wires.ts'

/** `for await` over the events: deltas are joined, and the loop's end is the answer's end. */
const raw: ClientPath = {
  name: 'openai Responses raw iterator',
  protocol: 'openai-responses',
  streamed: true,
  ask: (ask) =>
    conclude(ask, async (session) => {
      const { draft, signal } = session
      const calls = new Map<number, { name: string; input: string; isCustom: boolean }>()
      const stream = await clientFor(ask, session).responses.create({ ...question(ask), stream: true }, { signal })
      for await (const event of stream) {
        if (event.type === 'response.output_text.delta') draft.text += event.delta
        if (event.type === 'response.output_item.added') {
          const { item } = event
          const isCustom = item.type === 'custom_tool_call'
          if (isCustom || item.type === 'function_call')
            calls.set(event.output_index, { name: item.name, input: '', isCustom })
        }
        if (
          event.type === 'response.function_call_arguments.delta' ||
          event.type === 'response.custom_tool_call_input.delta'
        ) {
          const call = calls.get(event.output_index)
          if (call !== undefined) call.input += event.delta
        }
        if (event.type === 'response.completed' || event.type === 'response.incomplete')
          draft.stop = event.response.incomplete_details?.reason ?? event.response.status
        draft.toolCalls = [...calls.values()]
      }
      draft.toolCalls = [...calls.values()].map(({ name, input, isCustom }) => ({
        name,
        input: isCustom ? input : readArguments(input),
      }))
    }),
}

/** `.stream()`, then `finalResponse()`: what it resolves to is the answer. */
const helper: ClientPath = {
  name: 'openai Responses `.stream()`',
  protocol: 'openai-responses',
  streamed: true,
  ask: (ask) =>
    conclude(ask, async (session) => {
      const stream = clientFor(ask, session).responses.stream(question(ask), { signal: session.signal })
      read(await stream.finalResponse(), session.draft)
    }),
}

/** `create()` without streaming: what it resolves to is the answer. */
const whole: ClientPath = {
  name: 'openai Responses `.create()`',
  protocol: 'openai-responses',
  streamed: false,
  ask: (ask) =>
    conclude(ask, async (session) => {
      const { signal, draft } = session
      read(await clientFor(ask, session).responses.create(question(ask), { signal }), draft)
    }),
}

export const RESPONSES_PATHS: readonly ClientPath[] = [raw, helper, whole]

/** The text as the SDK joins it, and every call. */
function read(response: Response, draft: Draft): void {
  draft.text = response.output_text
  draft.stop = response.incomplete_details?.reason ?? response.status
  draft.toolCalls = response.output.flatMap((item) => {
    if (item.type === 'custom_tool_call') return [{ name: item.name, input: item.input }]
    return item.type === 'function_call' ? [{ name: item.name, input: readArguments(item.arguments) }] : []
  })
}

function clientFor({ url, headers }: Ask, { fetch }: Session): OpenAI {
  const baseURL = baseUrlOf(url, 'openai-responses')
  return new OpenAI({ apiKey: 'k', baseURL, maxRetries: 0, logLevel: 'off', fetch, defaultHeaders: { ...headers } })
}

function question({ model, scenario }: Ask): {
  model: string
  max_output_tokens: number
  input: string
  tools?: Tool[]
} {
  const tools = toolsOf(scenario).map(({ name, kind, schema }): Tool =>
    kind === 'custom' ? { type: 'custom', name } : { type: 'function', name, parameters: { ...schema }, strict: false },
  )
  return { model, max_output_tokens: 100, input: 'When is high tide?', ...(tools.length > 0 && { tools }) }
}
