import OpenAI from 'openai'
import { zodTextFormat } from 'openai/helpers/zod'
import type { Response, ResponseInput } from 'openai/resources/responses/responses'
import { ASKED_SCHEMA, type ChatClient, MAX_TOKENS, runTool, type Settings, TICKET } from './conversation.ts'

/** Responses, with nothing stored: every item, encrypted reasoning too, goes back as it came. */
export const openAiResponses: ChatClient = {
  name: 'openai Responses',
  protocol: 'openai-responses',
  converse: (settings) => {
    const history: ResponseInput = []
    return {
      say: async (words) => {
        history.push({ role: 'user', content: words })
        for (;;) {
          const { output, output_text } = await next(settings, history)
          history.push(...(output as ResponseInput))
          const calls = output.filter((item) => item.type === 'function_call')
          if (calls.length === 0) return output_text
          for (const { name, arguments: input, call_id } of calls) {
            const text = runTool(settings, name, JSON.parse(input))
            history.push({ type: 'function_call_output', call_id, output: text })
          }
        }
      },
    }
  },
  extract: async (settings, words) => {
    const { output_parsed } = await clientFor(settings).responses.parse({
      model: settings.model,
      input: words,
      store: false,
      text: { format: zodTextFormat(TICKET, 'ticket') },
    })
    return output_parsed
  },
}

async function next(settings: Settings, input: ResponseInput): Promise<Response> {
  const { model, tools, reasoning, streamed, signal, onText } = settings
  const body = {
    model,
    input,
    store: false,
    max_output_tokens: MAX_TOKENS,
    // Also where nobody asked for reasoning: some models always do, and want it back.
    include: ['reasoning.encrypted_content' as const],
    ...(reasoning && { reasoning: { effort: 'medium' as const } }),
    ...(tools.length > 0 && {
      tools: tools.map(({ name, description }) => {
        return { type: 'function' as const, name, description, parameters: ASKED_SCHEMA, strict: true }
      }),
    }),
  }
  const client = clientFor(settings)
  if (!streamed) return client.responses.create(body, { signal })
  const stream = client.responses.stream(body, { signal })
  if (onText !== undefined) stream.on('response.output_text.delta', ({ delta }) => onText(delta))
  return stream.finalResponse()
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
