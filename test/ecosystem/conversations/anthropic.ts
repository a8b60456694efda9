import Anthropic from '@anthropic-ai/sdk'
import { zodOutputFormat } from '@anthropic-ai/sdk/helpers/zod'
import {
  ASKED_SCHEMA,
  type ChatClient,
  MAX_TOKENS,
  runTool,
  type Settings,
  THINKING_TOKENS,
  TICKET,
} from './conversation.ts'

/** Messages: the content, thinking with its signature too, goes back as it came. */
export const anthropic: ChatClient = {
  name: '@anthropic-ai/sdk',
  protocol: 'anthropic',
  converse: (settings) => {
    const history: Anthropic.MessageParam[] = []
    return {
      say: async (words) => {
        history.push({ role: 'user', content: words })
        for (;;) {
          const { content } = await next(settings, history)
          history.push({ role: 'assistant', content })
          const calls = content.filter((block) => block.type === 'tool_use')
          if (calls.length === 0) return content.map((block) => (block.type === 'text' ? block.text : '')).join('')
          history.push({
            role: 'user',
            content: calls.map(({ id, name, input }) => {
              return { type: 'tool_result', tool_use_id: id, content: runTool(settings, name, input) }
            }),
          })
        }
      },
    }
  },
  extract: async (settings, words) => {
    const { parsed_output } = await clientFor(settings).messages.parse({
      model: settings.model,
      max_tokens: MAX_TOKENS,
      messages: [{ role: 'user', content: words }],
      output_config: { format: zodOutputFormat(TICKET) },
    })
    return parsed_output
  },
}

async function next(settings: Settings, messages: Anthropic.MessageParam[]): Promise<Anthropic.Message> {
  const { model, tools, reasoning, streamed, signal, onText } = settings
  const body = {
    model,
    messages,
    max_tokens: MAX_TOKENS,
    ...(reasoning && { thinking: { type: 'enabled' as const, budget_tokens: THINKING_TOKENS } }),
    ...(tools.length > 0 && {
      tools: tools.map(({ name, description }) => ({ name, description, input_schema: ASKED_SCHEMA })),
    }),
  }
  const client = clientFor(settings)
  if (!streamed) return client.messages.create(body, { signal })
  const stream = client.messages.stream(body, { signal })
  if (onText !== undefined) stream.on('text', onText)
  return stream.finalMessage()
}

function clientFor({ url, headers }: Settings): Anthropic {
  return new Anthropic({ apiKey: 'k', baseURL: url, logLevel: 'off', maxRetries: 0, defaultHeaders: { ...headers } })
}
