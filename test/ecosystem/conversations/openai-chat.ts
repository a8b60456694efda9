import OpenAI from 'openai'
import { zodResponseFormat } from 'openai/helpers/zod'
import type { ChatCompletionMessage, ChatCompletionMessageParam } from 'openai/resources/chat/completions'
import { ASKED_SCHEMA, type ChatClient, MAX_TOKENS, runTool, type Settings, TICKET } from './conversation.ts'

/** Chat Completions: the SDK's message goes into the history as it came. */
export const openAiChat: ChatClient = {
  name: 'openai',
  protocol: 'openai-chat',
  converse: (settings) => {
    const history: ChatCompletionMessageParam[] = []
    return {
      say: async (words) => {
        history.push({ role: 'user', content: words })
        for (;;) {
          const message = await next(settings, history)
          history.push(message)
          if (message.tool_calls === undefined || message.tool_calls.length === 0) return message.content ?? ''
          for (const call of message.tool_calls) {
            if (call.type !== 'function') throw new TypeError(`the model made a call of type ${call.type}`)
            const content = runTool(settings, call.function.name, JSON.parse(call.function.arguments))
            history.push({ role: 'tool', tool_call_id: call.id, content })
          }
        }
      },
    }
  },
  extract: async (settings, words) => {
    const completion = await clientFor(settings).chat.completions.parse({
      model: settings.model,
      messages: [{ role: 'user', content: words }],
      response_format: zodResponseFormat(TICKET, 'ticket'),
    })
    return completion.choices[0]?.message.parsed
  },
}

async function next(settings: Settings, messages: ChatCompletionMessageParam[]): Promise<ChatCompletionMessage> {
  const { model, tools, reasoning, streamed, signal, onText } = settings
  const body = {
    model,
    messages,
    max_completion_tokens: MAX_TOKENS,
    ...(reasoning && { reasoning_effort: 'medium' as const }),
    ...(tools.length > 0 && {
      tools: tools.map(({ name, description }) => {
        return { type: 'function' as const, function: { name, description, parameters: ASKED_SCHEMA } }
      }),
    }),
  }
  const client = clientFor(settings)
  if (!streamed) {
    const { choices } = await client.chat.completions.create(body, { signal })
    return firstOf(choices).message
  }
  const stream = client.chat.completions.stream(body, { signal })
  if (onText !== undefined) stream.on('content', onText)
  return firstOf((await stream.finalChatCompletion()).choices).message
}

function firstOf<Choice>([choice]: readonly Choice[]): Choice {
  if (choice === undefined) throw new TypeError('the completion has no choice')
  return choice
}

function clientFor({ url, headers }: Settings): OpenAI {
  return new OpenAI({
    apiKey: 'k',
    baseURL: `${url}/v1`,
    logLevel: 'off',
    maxRetries: 0,
    defaultHeaders: { ...headers },
  })
}
