import OpenAI from 'openai'
import type { Response as Answer, Tool } from 'openai/resources/responses/responses'
import { type Scenario, toolsOf } from './answers.ts'
import { type Ask, type ClientPath, conclude, type Draft, readArguments, type Session } from './client-path.ts'
import { baseUrlOf } from './upstream.ts'

/** `for await` over the events: text and calls are gathered as they are done, and the loop's end is the answer's end. */
const raw: ClientPath = {
  name: 'openai Responses raw iterator',
  protocol: 'openai-responses',
  streamed: true,
  ask: (ask) =>
    conclude(ask, async (session) => {
      const { draft, signal } = session
      const stream = await clientFor(ask, session).responses.create({ ...question(ask), stream: true }, { signal })
      for await (const event of stream) {
        if (event.type === 'response.output_text.delta') draft.text += event.delta
        if (event.type === 'response.output_item.done') draft.toolCalls.push(...callsIn([event.item]))
        if (event.type === 'response.completed' || event.type === 'response.incomplete')
          draft.stop = stopOf(event.response)
      }
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

function read(answer: Answer, draft: Draft): void {
  draft.text = answer.output_text
  draft.stop = stopOf(answer)
  draft.toolCalls = callsIn(answer.output)
}

function stopOf({ status, incomplete_details: details }: Answer): string | undefined {
  return details?.reason ?? status
}

function callsIn(output: Answer['output']): Draft['toolCalls'] {
  return output.flatMap((item) => {
    if (item.type === 'function_call') return [{ name: item.name, input: readArguments(item.arguments) }]
    return item.type === 'custom_tool_call' ? [{ name: item.name, input: item.input }] : []
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
  const tools = toResponsesTools(scenario)
  return { model, max_output_tokens: 100, input: 'When is high tide?', ...(tools.length > 0 && { tools }) }
}

function toResponsesTools(scenario: Scenario): Tool[] {
  return toolsOf(scenario).map(({ name, kind, schema }): Tool =>
    kind === 'custom' ? { type: 'custom', name } : { type: 'function', name, parameters: { ...schema }, strict: false },
  )
}
