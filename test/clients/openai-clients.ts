import OpenAI from 'openai'
import type { ChatCompletion, ChatCompletionTool } from 'openai/resources/chat/completions'
import { type Scenario, toolsOf } from './answers.ts'
import { type Ask, type ClientPath, conclude, type Draft, readArguments, type Session } from './client-path.ts'
import { baseUrlOf } from './wires.ts'

/** `for await` over the chunks: text and arguments are joined, and the loop's end is the answer's end. */
const raw: ClientPath = {
  name: 'openai raw iterator',
  protocol: 'openai-chat',
  streamed: true,
  ask: (ask) =>
    conclude(ask, async (session) => {
      const { draft, signal } = session
      const calls: { name: string; input: string; isCustom: boolean }[] = []
      const stream = await clientFor(ask, session).chat.completions.create(
        { ...question(ask), stream: true },
        { signal },
      )
      for await (const { choices } of stream) {
        const choice = choices[0]
        draft.text += choice?.delta.content ?? ''
        draft.stop = choice?.finish_reason ?? draft.stop
        for (const { index, function: json, ...rest } of choice?.delta.tool_calls ?? []) {
          const custom = (rest as { custom?: { name?: string; input?: string } }).custom
          const call = (calls[index] ??= { name: '', input: '', isCustom: custom !== undefined })
          call.name += json?.name ?? custom?.name ?? ''
          call.input += json?.arguments ?? custom?.input ?? ''
          draft.toolCalls[index] = { name: call.name, input: call.input }
        }
      }
      draft.toolCalls = calls.map(({ name, input, isCustom }) => ({
        name,
        input: isCustom ? input : readArguments(input),
      }))
    }),
}

/** `.stream()`, then `finalChatCompletion()`: what it resolves to is the answer. */
const helper: ClientPath = {
  name: 'openai `.stream()`',
  protocol: 'openai-chat',
  streamed: true,
  ask: (ask) =>
    conclude(ask, async (session) => {
      const stream = clientFor(ask, session).chat.completions.stream(question(ask), { signal: session.signal })
      read(await stream.finalChatCompletion(), session.draft)
    }),
}

/** `create()` without streaming: what it resolves to is the answer. */
const whole: ClientPath = {
  name: 'openai `.create()`',
  protocol: 'openai-chat',
  streamed: false,
  ask: (ask) =>
    conclude(ask, async (session) => {
      const { signal, draft } = session
      read(await clientFor(ask, session).chat.completions.create(question(ask), { signal }), draft)
    }),
}

export const OPENAI_PATHS: readonly ClientPath[] = [raw, helper, whole]

function read({ choices }: ChatCompletion, draft: Draft): void {
  const choice = choices[0]
  // What an application does that does not expect less: it reads the first choice, and fails where there is none.
  if (choice === undefined) throw new TypeError('the completion has no choice')
  draft.text = choice.message.content ?? ''
  draft.stop = choice.finish_reason
  draft.toolCalls = (choice.message.tool_calls ?? []).map((call) =>
    call.type === 'custom'
      ? { name: call.custom.name, input: call.custom.input }
      : { name: call.function.name, input: readArguments(call.function.arguments) },
  )
}

function clientFor({ url, headers }: Ask, { fetch }: Session): OpenAI {
  const baseURL = baseUrlOf(url, 'openai-chat')
  return new OpenAI({ apiKey: 'k', baseURL, maxRetries: 0, logLevel: 'off', fetch, defaultHeaders: { ...headers } })
}

function question({ model, scenario }: Ask): {
  model: string
  max_tokens: number
  messages: { role: 'user'; content: string }[]
  tools?: ChatCompletionTool[]
} {
  const tools = toChatTools(scenario)
  const messages = [{ role: 'user' as const, content: 'When is high tide?' }]
  return { model, max_tokens: 100, messages, ...(tools.length > 0 && { tools }) }
}

function toChatTools(scenario: Scenario): ChatCompletionTool[] {
  return toolsOf(scenario).map(({ name, kind, schema }) =>
    kind === 'custom'
      ? { type: 'custom', custom: { name } }
      : { type: 'function', function: { name, parameters: { ...schema } } },
  )
}
